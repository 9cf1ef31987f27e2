// npm run screens [-- FOLDER]: a picture of every page, light and dark, 1280 and 360 wide.
import { mkdirSync } from "node:fs";
import { launch, open, settled } from "../e2e/browser.mjs";
import { startProgram } from "../e2e/program.mjs";

const folder = process.argv[2] ?? new URL("../e2e/out/screens", import.meta.url).pathname;
mkdirSync(folder, { recursive: true });
const program = await startProgram();
const browser = await launch();
const pages = ["decide", "speed", "fit", "people", "money", "quality", "machines", "machines?id=framework-desktop-max-395-128gb", "runs", "trust"];
for (const theme of ["light", "dark"]) {
  for (const width of [1280, 360]) {
    for (const name of pages) {
      const { page, faults, close } = await open(browser, `${program.url}#/${name}`, { width, theme });
      await settled(page);
      const file = `${folder}/${name.includes("?") ? "dossier" : name}-${theme}-${width}.png`;
      await page.screenshot({ path: file, fullPage: true });
      if (faults.length > 0) console.log(file, faults);
      await close();
    }
  }
}
await browser.close();
await program.close();
console.log(folder);
