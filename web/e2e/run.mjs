// npm run e2e [-- WORD...]: every check on the page that the binary serves and on the single file that it writes. Words
// choose checks by their claim; --served and --single-file choose the build.
import { launch } from "./browser.mjs";
import { checks as pageChecks } from "./checks.mjs";
import { evaluationChecks } from "./evaluations.mjs";
import { startProgram } from "./program.mjs";
import { runChecks } from "./runs.mjs";
import { scenarioChecks } from "./scenarios.mjs";

const words = process.argv.slice(2).filter((word) => !word.startsWith("--"));
const only = process.argv.slice(2).filter((word) => word.startsWith("--")).map((word) => word.slice(2).replace("-", " "));
const checks = [...pageChecks, ...evaluationChecks, ...runChecks, ...scenarioChecks];
const program = await startProgram();
const browser = await launch();
let failed = 0;
for (const [build, at] of program.builds) {
  if (only.length > 0 && !only.includes(build)) continue;
  for (const [claim, check] of checks) {
    if (!words.every((word) => claim.includes(word))) continue;
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
await program.close();
console.log(failed === 0 ? "all checks hold" : `${failed} checks fail`);
process.exit(failed === 0 ? 0 : 1);
