// The browser answers as the terminal does: the same keys, the same words, numbers within 1e-9.
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import test from "node:test";
import { Door } from "./door.mjs";

const [wasmPath, bundlePath, rigwise] = process.argv.slice(2);

const MODELS = ["llama-3.1-8b", "llama-3.3-70b", "qwen3-30b-a3b", "gpt-oss-120b"];
const SETUPS = ["rtx 4090", "2x rtx 3090", "rtx 3060 12gb"];
const EXTRAS = [{}, { depth_tokens: 8192, concurrency: 8, kv_type: "q8_0" }, { prompt_tokens: 4000, output_tokens: 700, level: 0.5 }];

/// The command line's words for a request: its keys as flags.
function flags(request) {
  return Object.entries(request).flatMap(([key, value]) => [`--${key.replaceAll("_", "-")}`, String(value)]);
}

function inTheTerminal(verb, words) {
  try {
    return JSON.parse(execFileSync(rigwise, [verb, "--json", ...words], { encoding: "utf8" }));
  } catch (failure) {
    return JSON.parse(failure.stdout); // "does not fit" and errors exit with their own status, and say why as JSON
  }
}

function assertSame(browser, terminal, path) {
  if (typeof terminal === "number") {
    const tolerance = 1e-9 * Math.max(Math.abs(browser), Math.abs(terminal));
    assert.ok(Math.abs(browser - terminal) <= tolerance, `${path}: browser ${browser}, terminal ${terminal}`);
  } else if (terminal !== null && typeof terminal === "object") {
    assert.deepEqual(Object.keys(browser), Object.keys(terminal), `${path}: keys`);
    for (const key of Object.keys(terminal)) assertSame(browser[key], terminal[key], `${path}.${key}`);
  } else {
    assert.equal(browser, terminal, path);
  }
}

const door = await Door.open(wasmPath);
door.load(await readFile(bundlePath));

for (const model of MODELS) {
  for (const setup of SETUPS) {
    test(`predict ${model} on ${setup}`, () => {
      for (const extra of EXTRAS) {
        const request = { model, setup, quant: "Q4_K_M", ...extra };
        const terminal = inTheTerminal("predict", flags(request));
        assert.equal(terminal.error, undefined);
        assertSame(door.call("predict", request), terminal, JSON.stringify(request));
      }
    });
  }
}

test("an unknown name is refused in the same words", () => {
  const request = { model: "llama-3.1-8b", setup: "rtx 409" };
  const terminal = inTheTerminal("predict", flags(request));
  assert.ok(terminal.error.message);
  assertSame(door.call("predict", request), terminal, "error");
});

const OTHER_VERBS = [
  ["fit", { models: ["llama-3.1-8b", "qwen3-30b-a3b"], setups: ["rtx 4090", "rtx 3060 12gb"], context_tokens: 32768 },
    ["--model", "llama-3.1-8b", "--model", "qwen3-30b-a3b", "--setup", "rtx 4090", "--setup", "rtx 3060 12gb",
      "--context-tokens", "32768"]],
  ["compare", { setups: ["rtx 4090", "strix halo 128gb"], models: ["gpt-oss-20b"], horizon_months: 24 },
    ["--setup", "rtx 4090", "--setup", "strix halo 128gb", "--model", "gpt-oss-20b", "--horizon-months", "24"]],
  ["capacity", { setup: "rtx 4090", models: [{ model: "llama-3.1-8b", workload: { users: 6, think_s: 5 } }], requests: 2000 },
    ["--setup", "rtx 4090", "--model", "llama-3.1-8b", "--users", "6", "--think", "5", "--requests", "2000"]],
  ["cost", { setup: "2x rtx 3090", model: "qwen3-32b", usage: { tokens_per_month: 5e7 }, currency: "CAD", tax: 0.25,
    seats: [{ count: 8, role: "developer" }] },
    ["--setup", "2x rtx 3090", "--model", "qwen3-32b", "--tokens-per-month", "50M", "--currency", "CAD", "--tax", "0.25",
      "--seats", "8 developer"]],
  ["pack", { setup: "2x rtx 3090", models: ["qwen3-30b-a3b", { model: "llama-3.1-8b", streams: 4, pinned: true }],
    services: ["embedding:2"], context_tokens: 16384, prompt_mix: [{ category: "coding", share: 60 }, { category: "chat", share: 40 }] },
    ["2x rtx 3090", "qwen3-30b-a3b", "llama-3.1-8b, 4 streams, pinned", "--service", "embedding:2", "--context", "16k",
      "--mix", "coding:60,chat:40"]],
  ["route", { models: ["gpt-oss-120b"], prompt_mix: [{ category: "coding", share: 60 }, { category: "research", share: 40,
    needs: ["web_search"] }], usage: { tokens_per_month: 5e7 }, setup: "strix halo" },
    ["--models", "gpt-oss-120b", "--mix", "coding:60,research+web_search:40", "--tokens-per-month", "50M", "--setup", "strix halo"]],
  ["check", { claim: "Strix Halo, 7B Q4, 90 tok/s" }, ["Strix Halo, 7B Q4, 90 tok/s"]],
  ["explain", { verb: "predict", key: "decode", request: { model: "llama-3.1-8b", quant: "Q4_K_M", setup: "rtx 4090" } },
    ["decode", "--model", "llama-3.1-8b", "--quant", "Q4_K_M", "--setup", "rtx 4090"]],
  ["catalog", { kind: "devices", filter: "4090" }, ["devices", "--filter", "4090"]],
];
for (const [verb, request, words] of OTHER_VERBS) {
  test(verb, () => assertSame(door.call(verb, request), inTheTerminal(verb, words), verb));
}

const NEEDS = `
[budget]
max = 4000
currency = "USD"
horizon_months = 36

[[targets]]
name = "coder"
model_class = "fast"
tokens_per_s = 60
minimum_tokens_per_s = 30
`;
const needs = {
  budget: { max: 4000, currency: "USD", horizon_months: 36 },
  targets: [{ name: "coder", model_class: "fast", tokens_per_s: 60, minimum_tokens_per_s: 30 }],
};

test("advise", async () => {
  const folder = await mkdtemp(join(tmpdir(), "rigwise-parity-"));
  await writeFile(join(folder, "needs.toml"), NEEDS);
  const terminal = inTheTerminal("advise", [join(folder, "needs.toml")]);
  await rm(folder, { recursive: true });
  assert.ok(terminal.options.length > 0, JSON.stringify(terminal).slice(0, 300));
  assertSame(door.call("advise", { needs }), terminal, "advise");
});
