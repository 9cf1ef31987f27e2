// A wasm module's code, taken apart by the kind of what stands in it: all opcodes, all numbers of locals, all offsets,
// and so on, each in a stream of its own. Alike beside alike packs a tenth tighter than one after the other. The same
// walk takes apart (tools/assets.mjs) and puts together (worker.ts): it reads each item from one side and writes it to
// the other, and knows from the opcodes alone what comes next. What is no instruction of WebAssembly 2.0 is
// refused.
// @ts-check

/** @typedef {"count" | "op" | "local" | "offset" | "align" | "call" | "const" | "wide" | "float" | "branch" | "rest"} Kind */
/** @typedef {{ leb(kind: Kind): number, bytes(kind: Kind, count: number): void, align(natural: number): void }} Mover */

/** @type {readonly Kind[]} */
export const kinds = ["count", "op", "local", "offset", "align", "call", "const", "wide", "float", "branch", "rest"];

const CODE = 10;
const HEAD = 8;
const END = 0x0b;
const SIZE = 5; // the longest number of 32 bits
/** The alignment, as a power of two, that each load and store from 0x28 on has when nothing else is said. */
const natural = [2, 3, 2, 3, 0, 0, 1, 1, 0, 0, 1, 1, 2, 2, 2, 3, 2, 3, 0, 1, 0, 1, 2];

/** Instructions without anything behind them. @param {number} op */
const plain = (op) => op <= 0x01 || op === 0x05 || op === 0x0f || op === 0x1a || op === 0x1b || (op >= 0x45 && op <= 0xc4);

/** @param {Mover} move */
function simd(move) {
  const op = move.leb("wide");
  const lane = op >= 84 && op <= 91;
  if (op <= 11 || lane || op === 92 || op === 93) move.align(0), move.leb("offset");
  if (op === 12 || op === 13) move.bytes("float", 16);
  if (lane || (op >= 21 && op <= 34)) move.bytes("rest", 1);
}

/** One function: its locals, then its instructions until the block of the whole body ends. @param {Mover} move */
function body(move) {
  for (let groups = move.leb("count"); groups > 0; groups--) {
    move.leb("count");
    move.bytes("count", 1);
  }
  for (let depth = 1; depth > 0; ) {
    const op = move.leb("op");
    if (op === END) depth--;
    else if (op >= 0x02 && op <= 0x04) {
      depth++;
      move.leb("branch");
    } else if (op === 0x0c || op === 0x0d) move.leb("branch");
    else if (op === 0x0e) for (let targets = move.leb("branch") + 1; targets > 0; targets--) move.leb("branch");
    else if (op === 0x10) move.leb("call");
    else if (op === 0x11) move.leb("call"), move.leb("rest");
    else if (op >= 0x20 && op <= 0x22) move.leb("local");
    else if (op === 0x23 || op === 0x24 || op === 0x3f || op === 0x40) move.leb("rest");
    else if (op >= 0x28 && op <= 0x3e) move.align(natural[op - 0x28] ?? 0), move.leb("offset");
    else if (op === 0x41) move.leb("const");
    else if (op === 0x42) move.leb("wide");
    else if (op === 0x43) move.bytes("float", 4);
    else if (op === 0x44) move.bytes("float", 8);
    else if (op === 0x1c) for (let types = move.leb("rest"); types > 0; types--) move.bytes("rest", 1);
    else if (op === 0xfc) {
      const more = move.leb("op");
      if (more === 8 || more === 10) move.bytes("rest", 2);
      else if (more === 9 || more === 11) move.bytes("rest", 1);
      else if (more > 11) throw new Error(`the module uses an instruction that the streams do not know: fc ${more}`);
    } else if (op === 0xfd) simd(move);
    else if (!plain(op)) throw new Error(`the module uses an instruction that the streams do not know: ${op.toString(16)}`);
  }
}

/** @param {Uint8Array} bytes @param {number} at @returns {[number, number]} the number, and where it ends */
function unsigned(bytes, at) {
  let value = 0;
  for (let shift = 0; ; shift += 7) {
    const byte = bytes[at++] ?? 0;
    value += (byte & 127) * 2 ** shift;
    if (byte < 128) return [value, at];
  }
}

/** @param {number} value @returns {number[]} */
function encoded(value) {
  const bytes = [];
  for (; value > 127; value = Math.floor(value / 128)) bytes.push((value % 128) + 128);
  return [...bytes, value];
}

/** The code section: where its number stands, where its content begins and ends. @param {Uint8Array} module */
function codeOf(module) {
  for (let at = HEAD; at < module.length; ) {
    const [size, from] = unsigned(module, at + 1);
    if (module[at] === CODE) return { at, from, to: from + size };
    at = from + size;
  }
  throw new Error("the module has no code");
}

/**
 * The streams of `kinds`, then what stands before the code section and what after it.
 * @param {Uint8Array} module @returns {Uint8Array[]}
 */
export function apart(module) {
  const code = codeOf(module);
  /** @type {Record<string, number[]>} */
  const streams = Object.fromEntries(kinds.map((kind) => [kind, []]));
  let at = code.from;
  /** @param {Kind} kind @param {number} count */
  const bytes = (kind, count) => {
    for (; count > 0; count--) streams[kind]?.push(module[at++] ?? 0);
  };
  /** @type {Mover} */
  const move = {
    bytes,
    leb(kind) {
      if (kind === "op") return bytes(kind, 1), module[at - 1] ?? 0;
      const [value, end] = unsigned(module, at);
      bytes(kind, end - at);
      return value;
    },
    align: (usual) => void streams.align?.push((usual - (module[at++] ?? 0)) & 255),
  };
  let functions = move.leb("count");
  for (; functions > 0; functions--) {
    const [size, from] = unsigned(module, at);
    at = from;
    body(move);
    if (at !== from + size) throw new Error("a function of the module does not end where it says");
  }
  return [...kinds.map((kind) => Uint8Array.from(streams[kind] ?? [])), module.slice(0, code.at), module.slice(code.to)];
}

/** The module again. @param {readonly Uint8Array[]} streams @returns {Uint8Array<ArrayBuffer>} */
export function together(streams) {
  const [before, after] = streams.slice(kinds.length);
  if (!before || !after) throw new Error("the module's streams are not whole");
  const from = Object.fromEntries(kinds.map((kind, i) => [kind, { bytes: streams[i] ?? new Uint8Array(), at: 0 }]));
  const functions = unsigned(from.count?.bytes ?? new Uint8Array(), 0)[0];
  const code = new Uint8Array(streams.reduce((sum, stream) => sum + stream.length, 0) + SIZE * (functions + 1));
  let size = 0;
  /** @param {Kind} kind */
  const byte = (kind) => {
    const stream = from[kind];
    if (!stream || stream.at >= stream.bytes.length) throw new Error(`the module's ${kind} stream was cut short`);
    return (code[size++] = stream.bytes[stream.at++] ?? 0);
  };
  /** @type {Mover} */
  const move = {
    bytes(kind, count) {
      for (; count > 0; count--) byte(kind);
    },
    leb(kind) {
      if (kind === "op") return byte(kind);
      let value = 0;
      for (let shift = 0; ; shift += 7) {
        const next = byte(kind);
        value += (next & 127) * 2 ** shift;
        if (next < 128) return value;
      }
    },
    align(usual) {
      byte("align");
      code[size - 1] = usual - (code[size - 1] ?? 0);
    },
  };
  move.leb("count");
  for (let left = functions; left > 0; left--) {
    const begin = size;
    size += SIZE; // room for how long it is
    body(move);
    const head = encoded(size - begin - SIZE);
    code.copyWithin(begin + head.length, begin + SIZE, size);
    code.set(head, begin);
    size += head.length - SIZE;
  }
  const head = [CODE, ...encoded(size)];
  const module = new Uint8Array(before.length + head.length + size + after.length);
  module.set(before);
  module.set(head, before.length);
  module.set(code.subarray(0, size), before.length + head.length);
  module.set(after, before.length + head.length + size);
  return module;
}
