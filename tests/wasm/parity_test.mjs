// The browser, the server and the terminal answer the same: the same keys, the same words, numbers within 1e-9. More
// than five hundred requests over every verb; requests.mjs says how many of each.
import assert from "node:assert/strict";
import { execFile, spawn } from "node:child_process";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import test from "node:test";
import { Door } from "./door.mjs";
import { COUNTS, drawRequests, needsToml } from "./requests.mjs";

const [wasmPath, bundlePath, rigwise] = process.argv.slice(2);
const door = await Door.open(wasmPath);
door.load(await readFile(bundlePath));
const folder = await mkdtemp(join(tmpdir(), "rigwise-parity-"));

/** "Does not fit" and errors exit with their own status, and say why as JSON. */
function inTheTerminal(command, words) {
  return new Promise((resolve, reject) => {
    execFile(rigwise, [...command, "--json", ...words], { encoding: "utf8", maxBuffer: 1 << 28 }, (failure, out, err) => {
      try {
        resolve(JSON.parse(out));
      } catch {
        reject(new Error(`rigwise ${command.join(" ")} ${words.join(" ")}: ${failure?.message} ${err}`));
      }
    });
  });
}

/** Some requests come from a file there: a plan, needs. */
async function wordsOf(verb, { request, words, plan, needs }) {
  if (words) return { request, words };
  const file = join(folder, plan ? "plan.json" : "needs.toml");
  await writeFile(file, plan ? JSON.stringify(plan) : needsToml(needs));
  return { request: plan ?? { needs }, words: [file] };
}

function startServer() {
  const server = spawn(rigwise, ["serve", "--listen", "127.0.0.1:0", "--json"], { stdio: ["ignore", "pipe", "inherit"] });
  return new Promise((resolve, reject) => {
    let said = "";
    server.stdout.on("data", (bytes) => {
      said += bytes;
      const found = /"(http:[^"]+)"/.exec(said);
      if (found) resolve({ url: found[1], stop: () => server.kill("SIGTERM") });
    });
    server.on("exit", (code) => reject(new Error(`rigwise serve ended with ${code}: ${said}`)));
  });
}

/** A refusal over HTTP is a problem that carries the same words. */
async function overHttp(url, verb, request) {
  const answer = await fetch(`${url}api/v1/${verb}`, { method: "POST", headers: { "content-type": "application/json" }, body: JSON.stringify(request) });
  const said = await answer.json();
  if (answer.ok) return said;
  assert.equal(answer.headers.get("content-type"), "application/problem+json");
  return { problem: said };
}

function assertSame(one, other, path) {
  if (typeof other === "number") {
    const tolerance = 1e-9 * Math.max(Math.abs(one), Math.abs(other));
    assert.ok(Math.abs(one - other) <= tolerance, `${path}: ${one} and ${other}`);
  } else if (other !== null && typeof other === "object") {
    assert.deepEqual(Object.keys(one), Object.keys(other), `${path}: keys`);
    for (const key of Object.keys(other)) assertSame(one[key], other[key], `${path}.${key}`);
  } else {
    assert.equal(one, other, path);
  }
}

const server = await startServer();
test.after(async () => {
  server.stop();
  await rm(folder, { recursive: true });
});

test("more than five hundred requests are asked, over every verb the server knows", async () => {
  assert.ok(Object.values(COUNTS).reduce((sum, count) => sum + count) >= 500);
  const { paths } = await (await fetch(`${server.url}api/v1/openapi.json`)).json();
  const verbs = Object.keys(paths).flatMap((path) => (paths[path].post && !path.includes("/eval/") ? [path.split("/").at(-1)] : []));
  assert.deepEqual(Object.keys(COUNTS).sort(), verbs.sort());
});

const records = (kind) => door.call("catalog", { kind, limit: 100000 }).records;
for (const { verb, asked } of drawRequests(records)) {
  test(`${verb}: ${asked.length} requests`, async () => {
    let refused = 0;
    for (const each of asked) {
      const { request, words } = await wordsOf(verb, each);
      const browser = door.call(verb, request);
      const [terminal, http] = await Promise.all([each.onlyPages ? browser : inTheTerminal(each.command ?? [verb], words), overHttp(server.url, verb, request)]);
      const told = `${verb} ${JSON.stringify(request)}`;
      assertSame(browser, terminal, `browser and terminal: ${told}`);
      if (!terminal.error) assertSame(http, terminal, `server and terminal: ${told}`);
      else {
        refused++;
        for (const [key, value] of Object.entries(terminal.error)) assert.deepEqual(http.problem?.[key], value, `server's ${key}: ${told}`);
      }
    }
    assert.ok(refused <= asked.length / 2, `${refused} of ${asked.length} were refused, which compares little`);
  });
}
