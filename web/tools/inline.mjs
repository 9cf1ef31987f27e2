// One HTML file: script, style and the packed core stand in the page itself. Nothing is fetched.
import { readFileSync } from "node:fs";

const escapeScript = (code) => code.replaceAll("</script", "<\\/script").replaceAll("<!--", "<\\!--");

export function inlineEverything() {
  return {
    name: "inline-everything",
    enforce: "post",
    generateBundle(_, bundle) {
      const page = Object.values(bundle).find((file) => file.fileName.endsWith(".html"));
      const scripts = Object.values(bundle).filter((file) => file.type === "chunk");
      const styles = Object.values(bundle).filter((file) => file.fileName.endsWith(".css"));
      if (scripts.length !== 1) this.error(`one script expected, got ${scripts.map((file) => file.fileName)}`);
      const pack = readFileSync(new URL("../build/core.pack", import.meta.url)).toString("base64");
      let html = String(page.source)
        .replace(/<script type="module"[^>]*><\/script>/, "")
        .replace(/<link rel="stylesheet"[^>]*>/, "");
      html = html.replace("</head>", () => `<style>${styles.map((file) => file.source).join("\n")}</style></head>`);
      html = html.replace("</body>", () =>
        `<script type="text/plain" id="core">${pack}</script>` +
        `<script type="module">${escapeScript(scripts[0].code)}</script></body>`);
      page.source = html;
      page.fileName = "rigwise.html";
      for (const file of [...scripts, ...styles]) delete bundle[file.fileName];
    },
  };
}
