// A chart as a file of its own: its styles written into it, so that it looks the same without the page.

const PROPERTIES = ["fill", "stroke", "stroke-width", "stroke-dasharray", "stroke-linejoin", "stroke-linecap", "opacity", "paint-order", "font-family", "font-size", "font-weight", "letter-spacing", "text-anchor"];

function standalone(chart: SVGSVGElement): { text: string; width: number; height: number } {
  const clone = chart.cloneNode(true) as SVGSVGElement;
  const originals = chart.querySelectorAll<SVGElement>("*");
  clone.querySelectorAll<SVGElement>("*").forEach((element, i) => {
    const style = getComputedStyle(originals[i]!);
    for (const name of PROPERTIES) {
      element.removeAttribute(name);
      const value = style.getPropertyValue(name);
      if (value && value !== "none 0s ease 0s") element.style.setProperty(name, value);
    }
    element.removeAttribute("class");
    element.removeAttribute("data-tip");
    element.removeAttribute("tabindex");
  });
  const { width, height } = chart.getBoundingClientRect();
  const margin = 16;
  const ground = getComputedStyle(document.documentElement).getPropertyValue("--paper").trim();
  clone.setAttribute("xmlns", "http://www.w3.org/2000/svg");
  clone.setAttribute("width", String(width + 2 * margin));
  clone.setAttribute("height", String(height + 2 * margin));
  clone.setAttribute("viewBox", `${-margin} ${-margin} ${width + 2 * margin} ${height + 2 * margin}`);
  clone.insertAdjacentHTML("afterbegin", `<rect x="${-margin}" y="${-margin}" width="100%" height="100%" fill="${ground}"/>`);
  const title = chart.getAttribute("aria-label");
  if (title) {
    const element = document.createElementNS("http://www.w3.org/2000/svg", "title");
    element.textContent = title;
    clone.prepend(element);
  }
  return { text: new XMLSerializer().serializeToString(clone), width: width + 2 * margin, height: height + 2 * margin };
}

export function download(name: string, content: Blob) {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(content);
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
}

export const fileName = (title: string) => title.toLowerCase().replace(/[^a-z0-9]+/g, "-").replace(/^-|-$/g, "").slice(0, 60) || "chart";

export function saveSvg(chart: SVGSVGElement, title: string) {
  download(`${fileName(title)}.svg`, new Blob([standalone(chart).text], { type: "image/svg+xml" }));
}

export async function savePng(chart: SVGSVGElement, title: string) {
  const { text, width, height } = standalone(chart);
  const image = new Image();
  image.src = `data:image/svg+xml;charset=utf-8,${encodeURIComponent(text)}`;
  await image.decode();
  const canvas = document.createElement("canvas");
  canvas.width = width * 2;
  canvas.height = height * 2;
  const context = canvas.getContext("2d")!;
  context.scale(2, 2);
  context.drawImage(image, 0, 0, width, height);
  canvas.toBlob((blob) => blob && download(`${fileName(title)}.png`, blob), "image/png");
}
