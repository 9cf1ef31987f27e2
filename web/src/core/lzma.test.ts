import { execFileSync } from "node:child_process";
import { expect, it } from "vitest";
import { unpack } from "./lzma";

const pack = (bytes: Uint8Array) => new Uint8Array(execFileSync("xz", ["--format=lzma", "--stdout", "--lzma1=preset=9e,lc=4,lp=0,pb=0"], { input: bytes }));

it("unpacks what xz packed", () => {
  const text = new TextEncoder().encode(Array.from({ length: 5000 }, (_, i) => `row ${i % 97},${(i * 7919) % 1000}\n`).join(""));
  expect(unpack(pack(text), text.length)).toEqual(text);
});
it("unpacks bytes that do not repeat", () => {
  let seed = 1;
  const noise = Uint8Array.from({ length: 20000 }, () => (seed = (seed * 1103515245 + 12345) >>> 0) >>> 24);
  expect(unpack(pack(noise), noise.length)).toEqual(noise);
});
it("refuses what was cut short", () => {
  const packed = pack(new TextEncoder().encode("the same again and again, the same again and again"));
  expect(() => unpack(packed.subarray(0, 20), 60)).toThrow(/cut short|undefined/);
});
