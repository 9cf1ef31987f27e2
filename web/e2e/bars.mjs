// npm run bars [-- WORD...]: the page's bars, measured in Chromium: first paint, time to the answer, slider to committed DOM.
// Words choose among start, Fit, Speed, Money, Decide, advise, size, lighthouse.
import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { gzipSync } from "node:zlib";
import { executablePath, launch, open, settled } from "./browser.mjs";
import { startProgram } from "./program.mjs";

const program = await startProgram();
const browser = await launch();
const line = (name, value, unit, bar) => console.log(`${name.padEnd(66)} ${String(value).padStart(7)} ${unit}   bar ${bar}: ${value <= bar ? "kept" : "missed"}`);
const quantile = (values, q) => [...values].sort((a, b) => a - b)[Math.min(values.length - 1, Math.floor(values.length * q))];

async function start(name, url) {
  const paints = [];
  const answers = [];
  for (let i = 0; i < 5; i++) {
    const { page, close } = await open(browser, url);
    await page.waitForFunction(() => /^(Buy|Nothing)/.test(document.querySelector("h1")?.textContent ?? ""), null, { polling: "raf" });
    const [paint, answer] = await page.evaluate(() => [performance.getEntriesByName("first-contentful-paint")[0]?.startTime ?? 0, performance.now()]);
    paints.push(paint);
    answers.push(answer);
    await close();
  }
  line(`${name}: first paint, median of 5`, Math.round(quantile(paints, 0.5)), "ms", 500);
  line(`${name}: interactive, the answer shown, median of 5`, Math.round(quantile(answers, 0.5)), "ms", 1000);
}

/** From each input event to the frame in which what `watch` reads has changed, and the script and layout the page spent. */
async function slide(name, url, label, watch) {
  const { page, close } = await open(browser, url);
  await settled(page);
  const client = await page.context().newCDPSession(page);
  await client.send("Performance.enable", { timeDomain: "threadTicks" }); // time of the thread: other programs do not count
  const busy = async () => Object.fromEntries((await client.send("Performance.getMetrics")).metrics.map((each) => [each.name, each.value]));
  const slider = page.getByLabel(label).first();
  await slider.focus();
  const waits = [];
  const costs = [];
  for (let i = 0; i < 40; i++) {
    const before = await busy();
    waits.push(await page.evaluate(async ({ selector, up }) => {
      const input = document.activeElement;
      const begun = performance.now();
      const changed = new Promise((done) => {
        const watch = new MutationObserver(() => { watch.disconnect(); done(); });
        watch.observe(document.querySelector(selector), { subtree: true, childList: true, characterData: true, attributes: true });
        setTimeout(done, 2000);
      });
      input.value = String(Number(input.value) + (up ? 1 : -1) * Number(input.step));
      input.dispatchEvent(new Event("input", { bubbles: true }));
      await changed;
      void document.body.offsetHeight;
      return performance.now() - begun;
    }, { selector: watch, up: i % 4 < 2 }));
    await page.waitForTimeout(60);
    const after = await busy();
    costs.push((after.ScriptDuration - before.ScriptDuration + after.LayoutDuration - before.LayoutDuration + after.RecalcStyleDuration - before.RecalcStyleDuration) * 1000);
  }
  const median = Math.round(quantile(costs, 0.5) * 10) / 10;
  line(`${name}: input to changed DOM, p95 of 40`, Math.round(quantile(waits, 0.95) * 10) / 10, "ms", 12);
  line(`${name}: script and layout of an input (median ${median}), p95`, Math.round(quantile(costs, 0.95) * 10) / 10, "ms", 12);
  await close();
}

/** From a changed answer of the person to the new advice: the whole catalog is searched aside. */
async function advise(url) {
  const { page, close } = await open(browser, url);
  await settled(page);
  const waits = [];
  for (let i = 0; i < 9; i++) {
    waits.push(await page.evaluate(async (up) => {
      const idle = () => !document.documentElement.hasAttribute("data-asking");
      const input = document.querySelector(".ask input[type=range]");
      const begun = performance.now();
      input.value = String(Number(input.value) + (up ? 3 : -3));
      input.dispatchEvent(new Event("input", { bubbles: true }));
      await new Promise((next) => setTimeout(next));
      while (!idle()) await new Promise((next) => setTimeout(next, 2));
      return performance.now() - begun;
    }, i % 2 === 0));
    await settled(page);
  }
  line("Decide: advise over the whole catalog, and its chart, median of 9", Math.round(quantile(waits, 0.5)), "ms", 1000);
  await close();
}

function lighthouse(url) {
  const program = process.env.RIGWISE_LIGHTHOUSE;
  if (!program) return console.log("Lighthouse: not asked (RIGWISE_LIGHTHOUSE names the program)");
  const said = execFileSync(program, [url, "--preset=desktop", "--quiet", "--output=json", "--only-categories=performance,accessibility,best-practices", "--chrome-flags=--headless=new --no-sandbox --disable-dev-shm-usage"], {
    encoding: "utf8", maxBuffer: 1 << 28, env: { ...process.env, CHROME_PATH: executablePath },
  });
  for (const { title, score } of Object.values(JSON.parse(said).categories)) {
    const points = Math.round(score * 100);
    console.log(`${`Lighthouse, desktop: ${title}`.padEnd(66)} ${String(points).padStart(7)}      bar 95: ${points >= 95 ? "kept" : "missed"}`);
  }
}

/** What the one file weighs, and which of its parts. */
function size() {
  const gzip = (text) => Math.round(gzipSync(text, { level: 9 }).length / 100) / 10;
  const html = readFileSync(program.single, "utf8");
  line("single file, gzip", Math.round(gzip(html)), "kB", 450);
  const names = { core: "the core's code", catalog: "the catalog", page: "the page's script" };
  const block = (id) => new RegExp(`<script type="text/plain" id="${id}">([^<]*)</script>`).exec(html)?.[1] ?? "";
  for (const [id, name] of Object.entries(names)) console.log(`  ${name.padEnd(64)} ${String(gzip(block(id))).padStart(7)} kB`);
  console.log(`  ${"its style".padEnd(64)} ${String(gzip(/<style>([^]*?)<\/style>/.exec(html)?.[1] ?? "")).padStart(7)} kB`);
}

const measures = {
  start: async () => {
    await start("served", program.url);
    await start("single file", `file://${program.single}`);
  },
  Fit: () => slide("Fit, context", `${program.url}#/fit`, "Context kept", "#memory .verdict"),
  Speed: () => slide("Speed, depth", `${program.url}#/speed`, "Already read", ".page > .lead"),
  Money: () => slide("Money, electricity", `${program.url}#/money`, "Electricity", "main .section table"),
  Decide: () => slide("Decide, budget", program.url, "At most, today", ".search .sm"),
  advise: () => advise(program.url),
  size,
  lighthouse: () => lighthouse(program.url),
};
const chosen = process.argv.slice(2);
for (const [name, measure] of Object.entries(measures)) if (chosen.length === 0 || chosen.includes(name)) await measure();
await browser.close();
await program.close();
