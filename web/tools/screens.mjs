// npm run screens [-- WORD...]: a picture of every page, of a report and of a team's page, light and dark, 1280 and 360 wide,
// in e2e/out/screens. Words choose pictures by their names. --docs writes instead the few that docs/screens keeps, cut to
// their upper part.
import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { launch, open, settled } from "../e2e/browser.mjs";
import { rigwise, startProgram, writeSite } from "../e2e/program.mjs";
import { startWithRuns } from "../e2e/runs.mjs";

const words = process.argv.slice(2).filter((word) => !word.startsWith("--"));
const forDocs = process.argv.includes("--docs");
const kept = /^[a-z]+-light-1280$|^(decide|speed|fit)-dark-1280$|^(decide|quality|report)-light-360$/;
const folder = new URL(forDocs ? "../../docs/screens/" : "../e2e/out/screens/", import.meta.url).pathname;
mkdirSync(folder, { recursive: true });
const examples = new URL("../../examples/", import.meta.url).pathname;

/** Where pictures are taken: each starts when the first picture of it is due. */
const started = new Map();
const once = (name, start) => started.get(name) ?? started.set(name, start()).get(name);
const places = {
  program: startProgram,
  measured: startWithRuns,
  report: async () => {
    const folder = mkdtempSync(`${tmpdir()}/rigwise-report-`);
    execFileSync(rigwise, ["report", `${examples}needs-company.toml`, "-o", `${folder}/report.html`, "--for", "Nordic Ltd", "--by", "A. Lind"]);
    return { url: `file://${folder}/report.html`, close: () => rmSync(folder, { recursive: true }) };
  },
  team: async () => {
    const site = writeSite("--single-file", "--content", `${examples}coop`);
    return { url: `file://${site.page}`, close: site.remove };
  },
};
const placeOf = (at) => (at.startsWith("runs") ? "measured" : at in places ? at : "program");
const browser = await launch();
const pages = ["decide", "speed", "fit", "people", "money", "quality", "machines", "machines?id=framework-desktop-max-395-128gb", "runs?run=20261122-140509-456789&machine=nvidia-geforce-rtx-4090", "trust", "report", "team"];
const kinds = { machines: "dossier", runs: "runs" };
const pictures = ["light", "dark"].flatMap((theme) => [1280, 360].flatMap((width) => pages.map((at) => ({ at, theme, width, name: `${at.includes("?") ? kinds[at.split("?")[0]] : at}-${theme}-${width}` }))));

/** A third of the size, and the browser itself can write it. */
async function asWebp(png) {
  const page = await browser.newPage();
  const data = await page.evaluate(async (source) => {
    const picture = new Image();
    picture.src = `data:image/png;base64,${source}`;
    await picture.decode();
    const canvas = Object.assign(document.createElement("canvas"), { width: picture.width, height: picture.height });
    canvas.getContext("2d").drawImage(picture, 0, 0);
    return canvas.toDataURL("image/webp", 0.9).split(",")[1];
  }, png.toString("base64"));
  await page.close();
  return Buffer.from(data, "base64");
}

for (const { at, theme, width, name } of pictures) {
  if (!words.every((word) => name.includes(word)) || (forDocs && !kept.test(name))) continue;
  const place = placeOf(at);
  const { url } = await once(place, places[place]);
  const { page, faults, close } = await open(browser, place === at ? url : `${url}#/${at}`, { width, theme });
  await settled(page);
  if (forDocs) await page.setViewportSize({ width, height: width === 360 ? 1100 : 1200 });
  await settled(page);
  const png = await page.screenshot({ fullPage: !forDocs });
  writeFileSync(`${folder}${name}.${forDocs ? "webp" : "png"}`, forDocs ? await asWebp(png) : png);
  if (faults.length > 0) console.log(name, faults);
  await close();
}
await browser.close();
for (const place of started.values()) await (await place).close();
console.log(folder);
