// npm run valid: the pages that the program writes are valid HTML: the report of every example, of two side by side, of a
// bench, a team's page, and the dashboard as one file.
import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { HtmlValidate } from "html-validate";
import { sampleBench } from "../e2e/benches.mjs";
import { rigwise, writeSite } from "../e2e/program.mjs";

const folder = mkdtempSync(`${tmpdir()}/rigwise-valid-`);
const example = (name) => new URL(`../../examples/needs-${name}.toml`, import.meta.url).pathname;
const written = (name, ...words) => {
  const file = `${folder}/${name}.html`;
  execFileSync(rigwise, words.map((word) => (word === "FILE" ? file : word)), { stdio: ["ignore", "ignore", "inherit"] });
  return [name, readFileSync(file, "utf8")];
};

// The standard's own rules, without opinions on style.
const validator = new HtmlValidate({ extends: ["html-validate:standard"], rules: { "no-inline-style": "off" } });
const names = ["hobbyist", "company", "coop", "agents"];
writeFileSync(`${folder}/bench.json`, JSON.stringify(sampleBench()));
const site = writeSite("--single-file");
const coop = new URL("../../examples/coop", import.meta.url).pathname;
execFileSync(rigwise, ["site", `${folder}/coop`, "--single-file", "--content", coop], { stdio: ["ignore", "ignore", "inherit"] });
const pages = [
  ...names.map((name) => written(`report-${name}`, "report", example(name), "-o", "FILE", "--for", "A & <B>")),
  written("report-compared", "report", example("hobbyist"), example("company"), "-o", "FILE"),
  written("bench", "bench", "show", `${folder}/bench.json`, "--html", "FILE"),
  ["team's page", readFileSync(`${folder}/coop/index.html`, "utf8")],
  ["dashboard", readFileSync(site.page, "utf8")],
];
site.remove();
rmSync(folder, { recursive: true });
let faults = 0;
for (const [name, html] of pages) {
  const report = await validator.validateString(html, `${name}.html`);
  const messages = report.results.flatMap((result) => result.messages);
  faults += messages.length;
  console.log(`${messages.length === 0 ? "ok   " : "FAIL "} ${name}: ${messages.length === 0 ? "valid" : `${messages.length} faults`}`);
  for (const each of messages.slice(0, 12)) console.log(`      ${each.line}:${each.column} ${each.ruleId}: ${each.message}`);
}
process.exit(faults === 0 ? 0 : 1);
