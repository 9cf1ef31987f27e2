import { expect, it } from "vitest";
import { apart, kinds, together } from "./streams.mjs";

const text = (words: string) => [words.length, ...new TextEncoder().encode(words)];
const section = (id: number, ...content: number[]) => [id, content.length, ...content];
/** (func (param i32) (result i32)), exported as "f"; with the given body. */
const moduleOf = (...body: number[]) =>
  Uint8Array.from([
    0, 0x61, 0x73, 0x6d, 1, 0, 0, 0, ...section(1, 1, 0x60, 1, 0x7f, 1, 0x7f), ...section(3, 1, 0), ...section(5, 1, 0, 1),
    ...section(7, 1, ...text("f"), 0, 0), ...section(10, 1, body.length, ...body), ...section(11, 1, 0, 0x41, 8, 0x0b, ...text("data")),
  ]);
/** A loop, loads of unusual alignment, a vector, and numbers of several bytes. */
const sample = moduleOf(
  1, 2, 0x7f, 0x02, 0x40, 0x03, 0x40, 0x20, 0, 0x45, 0x0d, 1, 0x20, 1, 0x20, 0, 0x6a, 0x21, 1, 0x20, 0, 0x41, 1, 0x6b, 0x21, 0, 0x0c, 0, 0x0b, 0x0b,
  0x41, 0, 0xfd, 0x00, 4, 16, 0xfd, 0x1b, 2, 0x1a, 0x20, 1, 0x41, 8, 0x28, 0, 0, 0x6a, 0x41, 0x80, 0x80, 0xc0, 0x00, 0x6a, 0x44, 0, 0, 0, 0, 0, 0, 0xf0, 0x3f, 0xaa, 0x6a, 0x0b,
);

it("puts a module together from its parts, byte by byte", () => {
  expect(WebAssembly.validate(sample)).toBe(true);
  const streams = apart(sample);
  expect(streams).toHaveLength(kinds.length + 2);
  expect(together(streams)).toEqual(sample);
});
it("refuses instructions that it does not know", () => {
  expect(() => apart(moduleOf(0, 0x41, 0, 0x12, 0, 0x0b))).toThrow(/do not know: 12/);
});
it("refuses streams that were cut short", () => {
  const streams = apart(sample);
  expect(() => together(streams.map((stream, i) => (i === 1 ? stream.slice(0, 9) : stream)))).toThrow(/cut short/);
  expect(() => together(streams.slice(0, 5))).toThrow(/not whole/);
});
