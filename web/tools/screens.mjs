// npm run screens [-- FOLDER/] [WORD...]: a picture of every page, light and dark, 1280 and 360 wide. Words choose pictures
// by their names.
import { mkdirSync } from "node:fs";
import { launch, open, settled } from "../e2e/browser.mjs";
import { startProgram } from "../e2e/program.mjs";

const [only, folder] = [process.argv.slice(2).filter((word) => !word.includes("/")), process.argv.slice(2).find((word) => word.includes("/")) ?? new URL("../e2e/out/screens", import.meta.url).pathname];
mkdirSync(folder, { recursive: true });
const program = await startProgram();
const browser = await launch();
const pages = ["decide", "speed", "fit", "people", "money", "quality", "machines", "machines?id=framework-desktop-max-395-128gb", "runs", "trust"];
for (const theme of ["light", "dark"]) {
  for (const width of [1280, 360]) {
    for (const name of pages) {
      const file = `${folder}/${name.includes("?") ? "dossier" : name}-${theme}-${width}.png`;
      if (!only.every((word) => file.includes(word))) continue;
      const { page, faults, close } = await open(browser, `${program.url}#/${name}`, { width, theme });
      await settled(page);
      await page.screenshot({ path: file, fullPage: true });
      if (faults.length > 0) console.log(file, faults);
      await close();
    }
  }
}
await browser.close();
await program.close();
console.log(folder);
