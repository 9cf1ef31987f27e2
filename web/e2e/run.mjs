// npm run e2e [-- WORD...]: every check on the served build and on the single file. Words choose checks by their claim.
import { existsSync } from "node:fs";
import { launch } from "./browser.mjs";
import { checks } from "./checks.mjs";
import { serve } from "./serve.mjs";

const dist = new URL("../dist/", import.meta.url).pathname;
const words = process.argv.slice(2);
const builds = [];
const server = await serve(`${dist}site`);
builds.push(["served", server.url]);
if (existsSync(`${dist}single/rigwise.html`)) builds.push(["single file", `file://${dist}single/rigwise.html`]);

const browser = await launch();
let failed = 0;
for (const [build, at] of builds) {
  if (words.includes("--served") && build !== "served") continue;
  for (const [claim, check] of checks) {
    const wanted = words.filter((word) => !word.startsWith("--"));
    if (!wanted.every((word) => claim.includes(word))) continue;
    const begun = performance.now();
    try {
      await check(browser, at);
      console.log(`ok    ${build}: ${claim} (${Math.round(performance.now() - begun)} ms)`);
    } catch (error) {
      failed++;
      console.log(`FAIL  ${build}: ${claim}\n      ${String(error.message).replaceAll("\n", "\n      ")}`);
    }
  }
}
await browser.close();
server.close();
console.log(failed === 0 ? "all checks hold" : `${failed} checks fail`);
process.exit(failed === 0 ? 0 : 1);
