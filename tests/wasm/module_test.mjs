// The browser's core asks nothing of the world and refuses nonsense in words.
import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import test from "node:test";
import { Door } from "./door.mjs";

const [wasmPath, bundlePath] = process.argv.slice(2);

test("the module imports nothing", async () => {
  const door = await Door.open(wasmPath);
  assert.deepEqual(door.imports, []);
});

test("the module exports the door and nothing else", async () => {
  const door = await Door.open(wasmPath);
  assert.deepEqual(Object.keys(door.exports).sort(), [
    "_initialize", "memory", "rigwise_alloc", "rigwise_call", "rigwise_free", "rigwise_load", "rigwise_version",
  ]);
});

test("the version is the project's", async () => {
  const door = await Door.open(wasmPath);
  const header = await readFile(new URL("../../src/host/cli/version.h", import.meta.url), "utf8");
  assert.equal(door.version().version, /kVersion = "([0-9.]+)"/.exec(header)[1]);
});

test("a call before the catalog is an error in words", async () => {
  const door = await Door.open(wasmPath);
  assert.match(door.call("predict", {}).error.message, /no catalog/);
});

test("bytes that are no bundle are refused and change nothing", async () => {
  const door = await Door.open(wasmPath);
  assert.ok(door.load(Buffer.from("this is no bundle")).error.message);
  const bundle = await readFile(bundlePath);
  assert.ok(door.load(bundle.subarray(0, bundle.length / 2)).error.message);
  assert.equal(door.load(bundle).schema, "rigwise.load/1");
  assert.ok(door.load(Buffer.alloc(1000)).error.message);
  assert.equal(door.call("catalog", { kind: "devices" }).error, undefined);
});

test("every kind of record arrives", async () => {
  const door = await Door.open(wasmPath);
  const { records } = door.load(await readFile(bundlePath));
  for (const [kind, count] of Object.entries(records)) assert.ok(count > 0, `${kind}: ${count}`);
});

test("bad requests are errors, not traps", async () => {
  const door = await Door.open(wasmPath);
  door.load(await readFile(bundlePath));
  const cases = [
    ["predict", "{"], ["predict", "[]"], ["predict", "{}"], ["predict", '{"model": 7}'], ["forecast", "{}"], ["", ""],
    ["predict", { model: "llama-3.1-8b", setup: "rtx 409" }],
    ["predict", "[".repeat(100000)],
    ["predict", { model: "\ud800", setup: "\u0000" }],
  ];
  for (const [verb, request] of cases) assert.ok(door.call(verb, request).error?.message, `${verb} ${request}`.slice(0, 60));
});

test("a thousand calls leak nothing", async () => {
  const door = await Door.open(wasmPath);
  door.load(await readFile(bundlePath));
  const request = { model: "llama-3.1-8b", quant: "Q4_K_M", setup: "rtx 4090" };
  for (let i = 0; i < 100; ++i) door.call("predict", request);
  const before = door.memoryBytes();
  for (let i = 0; i < 1000; ++i) door.call("predict", request);
  assert.equal(door.memoryBytes(), before);
});
