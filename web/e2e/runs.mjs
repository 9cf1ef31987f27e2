// Page 8: runs that the server's machine keeps, one while it runs, dropped files; beside predictions and each other.
import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { violations } from "./axe.mjs";
import { liveBench, sampleBench } from "./benches.mjs";
import { open, settled } from "./browser.mjs";
import { startServer } from "./program.mjs";

const served = (at) => at.startsWith("http");
const asFile = (name, json) => ({ name, mimeType: "application/json", buffer: Buffer.from(typeof json === "string" ? json : JSON.stringify(json)) });

/** A server whose machine has kept two runs. */
export async function startWithRuns() {
  const folder = mkdtempSync(`${tmpdir()}/rigwise-runs-`), live = `${folder}/.live/aabbccddee.json`;
  mkdirSync(`${folder}/.live`);
  const keep = (name, bench) => writeFileSync(`${folder}/${name}.json`, JSON.stringify(bench));
  keep("20261122-140509-456789", sampleBench());
  keep("20261123-090000-456789", sampleBench({ slower: 1.3, measured_at: "2026-11-23T09:00:00Z", seed: 9 }));
  const server = await startServer(["--runs", folder, "--here", `${folder}/here`]);
  return {
    url: server.url, keep,
    goOn: (seconds) => writeFileSync(live, JSON.stringify(liveBench(seconds))),
    end: () => rmSync(live),
    stop: () => server.close(),
    async close() {
      await server.close();
      rmSync(folder, { recursive: true });
    },
  };
}

export const runChecks = [
  ["saved runs are listed, one opens with its levels, charts, grade and environment, and its link shows the same", async (browser, at) => {
    if (!served(at)) return;
    const server = await startWithRuns();
    const { page, faults, close } = await open(browser, `${server.url}#/runs`);
    await page.getByRole("region", { name: "Saved load tests" }).waitFor();
    assert.equal(await page.getByRole("region", { name: "Saved load tests" }).locator("tbody tr").count(), 2);
    await page.getByRole("button", { name: "2026-11-22 14:05" }).click();
    const run = page.getByRole("article", { name: "An open run" });
    await run.waitFor();
    await settled(page);
    assert.match(page.url(), /run=20261122-140509-456789/);
    const said = await run.innerText();
    assert.match(said, /qwen3-8b-q4_k_m under load[^]*grades itself C[^]*look at the reasons/);
    assert.match(said, /1 failed: read timeout[^]*used 91 % of a core[^]*A processor of a test, 8 cores/);
    assert.equal(await run.locator("figure").count() >= 5, true);
    await run.getByText("Every percentile").click();
    assert.match(await run.getByRole("region", { name: /Percentiles at 1 stream/ }).innerText(), /First token, ms\s+80/);
    const second = await open(browser, page.url());
    await second.page.getByRole("article", { name: "An open run" }).waitFor();
    assert.deepEqual(await violations(page), []);
    await page.emulateMedia({ colorScheme: "dark" });
    assert.deepEqual(await violations(page), []);
    assert.deepEqual(faults, []);
    await second.close();
    await close();
    await server.close();
  }],
  ["a run under way is followed while it runs, and listed when it has ended", async (browser, at) => {
    if (!served(at)) return;
    const server = await startWithRuns();
    server.goOn(5);
    const { page, faults, close } = await open(browser, `${server.url}#/runs`);
    await page.getByRole("heading", { name: "Running now" }).waitFor();
    await page.getByText("4 streams: measuring, 5 of 30 s").waitFor();
    assert.match(await page.getByRole("region", { name: "Levels that are done" }).innerText(), /20 of 20/);
    assert.deepEqual(await violations(page), []);
    server.goOn(9);
    await page.getByText("4 streams: measuring, 9 of 30 s").waitFor({ timeout: 5000 });
    server.keep("20261124-090000-ccddee", sampleBench({ measured_at: "2026-11-24T09:00:00Z" }));
    server.end();
    await page.getByRole("heading", { name: "Running now" }).waitFor({ state: "detached", timeout: 8000 });
    await page.getByRole("button", { name: "2026-11-24 09:00" }).waitFor();
    assert.deepEqual(faults, []);
    await close();
    await server.close();
  }],
  ["two saved runs are compared with their ranges, and the verdict is said", async (browser, at) => {
    if (!served(at)) return;
    const server = await startWithRuns();
    const { page, faults, close } = await open(browser, `${server.url}#/runs`);
    await page.getByLabel("A", { exact: true }).selectOption("20261122-140509-456789");
    await page.getByLabel("B", { exact: true }).selectOption("20261123-090000-456789");
    const table = page.getByRole("region", { name: "What differs between the two runs" });
    await table.waitFor();
    assert.match(await table.innerText(), /First token[^]*slower/);
    assert.match(await page.locator(".said").innerText(), /B is faster in 0 and slower in 9 of 9/);
    assert.match(await page.locator("main").innerText(), /A client graded C measured one of them/);
    assert.deepEqual(await violations(page), []);
    assert.deepEqual(faults, []);
    await close();
    await server.close();
  }],
  ["a server that goes away is said, what was seen stays, and it is found again", async (browser, at) => {
    if (!served(at)) return;
    const server = await startWithRuns();
    const { page, close } = await open(browser, `${server.url}#/runs`);
    await page.getByRole("region", { name: "Saved load tests" }).waitFor();
    await page.route("**/api/v1/runs/list", (route) => route.abort());
    await page.getByRole("alert").waitFor({ timeout: 12000 });
    assert.match(await page.getByRole("alert").innerText(), /The server does not answer[^]*rigwise serve[^]*from \d\d:\d\d:\d\d/);
    assert.equal(await page.getByRole("region", { name: "Saved load tests" }).locator("tbody tr").count(), 2);
    await page.unroute("**/api/v1/runs/list");
    await page.getByRole("button", { name: "Ask again" }).click();
    await page.getByRole("alert").waitFor({ state: "detached" });
    await close();
    await server.close();
  }],
  ["dropped results of a bench are read here, opened, held beside a prediction and compared", async (browser, at) => {
    const { page, faults, close } = await open(browser, `${at}#/runs`);
    await settled(page);
    assert.match(await page.locator("main").innerText(), /No load test yet[^]*rigwise bench --url[^]*Nothing probed yet[^]*rigwise probe --save[^]*rigwise import/);
    await page.locator("#benches").setInputFiles([asFile("before.json", sampleBench()), asFile("after.json", sampleBench({ slower: 0.8, seed: 3 }))]);
    const run = page.getByRole("article", { name: "An open run" });
    await run.waitFor();
    await page.getByLabel("It was served by").selectOption("nvidia-geforce-rtx-4090");
    await page.getByRole("heading", { name: /^One stream: \d of 3 levels inside the range/ }).waitFor();
    assert.equal(await page.getByLabel("The model is").inputValue(), "qwen3-8b");
    assert.equal(await page.getByLabel("In the format").inputValue(), "q4_k_m");
    await page.getByLabel("A", { exact: true }).selectOption("file:before.json");
    await page.getByLabel("B", { exact: true }).selectOption("file:after.json");
    await page.getByText("B is faster in 9 and slower in 0 of 9").waitFor();
    await settled(page);
    assert.deepEqual(await violations(page), []);
    await page.locator("#benches").setInputFiles(asFile("other.json", "{}"));
    await page.getByText("Other.json is no result of rigwise bench").waitFor();
    await page.locator("#benches").setInputFiles(asFile("broken.json", "{"));
    await page.getByText("Broken.json is no JSON").waitFor();
    await page.setViewportSize({ width: 360, height: 800 });
    await settled(page);
    assert.ok((await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth)) <= 0, "it scrolls sideways at 360");
    assert.deepEqual(await violations(page), []);
    assert.deepEqual(faults, []);
    await close();
  }],
];
