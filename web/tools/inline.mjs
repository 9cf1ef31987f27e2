// One HTML file: style, and packed tighter than gzip can, script, core and catalog stand in the page itself. Nothing is
// fetched. What unpacks the script (src/core/unwrap.ts) is the only script that a reader of the file sees.
import { readFileSync } from "node:fs";
import { build } from "vite";
import { pack } from "./pack.mjs";

const source = (name) => new URL(name, import.meta.url).pathname;

async function unwrapper() {
  const [{ output }] = [await build({ configFile: false, logLevel: "error", build: { write: false, minify: true, target: "es2022", lib: { entry: source("../src/core/unwrap.ts"), formats: ["es"], fileName: "unwrap" } } })].flat();
  return output[0].code;
}

const escapeScript = (code) => code.replaceAll("</script", "<\\/script").replaceAll("<!--", "<\\!--");

export function inlineEverything() {
  return {
    name: "inline-everything",
    enforce: "post",
    async generateBundle(_, bundle) {
      const page = Object.values(bundle).find((file) => file.fileName.endsWith(".html"));
      const scripts = Object.values(bundle).filter((file) => file.type === "chunk");
      const styles = Object.values(bundle).filter((file) => file.fileName.endsWith(".css"));
      if (scripts.length !== 1) this.error(`one script expected, got ${scripts.map((file) => file.fileName)}`);
      const parts = [
        ["page", pack([Buffer.from(scripts[0].code)])],
        ["core", readFileSync(source("../build/core.pack"))],
        ["catalog", readFileSync(source("../build/catalog.pack"))],
      ];
      const blocks = parts.map(([id, bytes]) => `<script type="text/plain" id="${id}">${bytes.toString("base64")}</script>`).join("");
      const start = await unwrapper();
      let html = String(page.source)
        .replace(/<script type="module"[^>]*><\/script>/, "")
        .replace(/<link rel="stylesheet"[^>]*>/, "");
      html = html.replace("</head>", () => `<style>${styles.map((file) => file.source).join("\n")}</style></head>`);
      html = html.replace("</body>", () =>
        `${blocks}<script type="module">${escapeScript(start)}</script></body>`);
      page.source = html;
      page.fileName = "rigwise.html";
      for (const file of [...scripts, ...styles]) delete bundle[file.fileName];
    },
  };
}
