// The browser answers as the terminal does: the same keys, the same words, numbers within 1e-9.
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { readFile } from "node:fs/promises";
import test from "node:test";
import { Door } from "./door.mjs";

const [wasmPath, bundlePath, rigwise] = process.argv.slice(2);

const MODELS = ["llama-3.1-8b", "llama-3.3-70b", "qwen3-30b-a3b", "gpt-oss-120b"];
const SETUPS = ["rtx 4090", "2x rtx 3090", "rtx 3060 12gb"];
const EXTRAS = [{}, { depth_tokens: 8192, concurrency: 8, kv_type: "q8_0" }, { prompt_tokens: 4000, output_tokens: 700, level: 0.5 }];

/// The same request as words on the command line.
function inTheTerminal(verb, request) {
  const words = Object.entries(request).flatMap(([key, value]) => [`--${key.replaceAll("_", "-")}`, String(value)]);
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
        const terminal = inTheTerminal("predict", request);
        assert.equal(terminal.error, undefined);
        assertSame(door.call("predict", request), terminal, JSON.stringify(request));
      }
    });
  }
}

test("an unknown name is refused in the same words", () => {
  const request = { model: "llama-3.1-8b", setup: "rtx 409" };
  const terminal = inTheTerminal("predict", request);
  assert.ok(terminal.error.message);
  assertSame(door.call("predict", request), terminal, "error");
});
