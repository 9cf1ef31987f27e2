// Unpacks an .lzma stream (the format of `xz --format=lzma`): the single file carries the core and the catalog in it,
// a quarter smaller than gzip makes them. A range decoder over adaptive bits; the names are those of the LZMA
// specification.

const BIT_MODEL_TOTAL = 1 << 11;
const MOVE_BITS = 5;
const TOP = 1 << 24;

const probabilities = (count: number) => new Uint16Array(count).fill(BIT_MODEL_TOTAL >> 1);

class RangeDecoder {
  private range = 0xffffffff;
  private code = 0;
  constructor(
    private readonly from: Uint8Array,
    private at: number,
  ) {
    for (let i = 0; i < 5; i++) this.code = ((this.code << 8) | (from[this.at++] ?? 0)) >>> 0;
  }

  /** Read past the end: what came out since then means nothing. */
  get overran(): boolean {
    return this.at > this.from.length;
  }

  bit(model: Uint16Array, index: number): number {
    const chance = model[index]!;
    const bound = (this.range >>> 11) * chance;
    let bit = 0;
    if (this.code < bound) {
      this.range = bound;
      model[index] = chance + ((BIT_MODEL_TOTAL - chance) >> MOVE_BITS);
    } else {
      this.range = (this.range - bound) >>> 0;
      this.code = (this.code - bound) >>> 0;
      model[index] = chance - (chance >> MOVE_BITS);
      bit = 1;
    }
    if (this.range < TOP) {
      this.range = (this.range << 8) >>> 0;
      this.code = ((this.code << 8) | (this.from[this.at++] ?? 0)) >>> 0;
    }
    return bit;
  }

  direct(count: number): number {
    let value = 0;
    for (let i = 0; i < count; i++) {
      this.range >>>= 1;
      const bit = this.code >= this.range ? 1 : 0;
      if (bit) this.code = (this.code - this.range) >>> 0;
      value = (value << 1) | bit;
      if (this.range < TOP) {
        this.range = (this.range << 8) >>> 0;
        this.code = ((this.code << 8) | (this.from[this.at++] ?? 0)) >>> 0;
      }
    }
    return value >>> 0;
  }

  tree(model: Uint16Array, bits: number, offset = 0): number {
    let node = 1;
    for (let i = 0; i < bits; i++) node = (node << 1) | this.bit(model, offset + node);
    return node - (1 << bits);
  }

  reverseTree(model: Uint16Array, bits: number, offset = 0): number {
    let node = 1;
    let value = 0;
    for (let i = 0; i < bits; i++) {
      const bit = this.bit(model, offset + node);
      node = (node << 1) | bit;
      value |= bit << i;
    }
    return value;
  }
}

class LengthDecoder {
  private readonly choice = probabilities(2);
  private readonly low = probabilities(16 << 3);
  private readonly mid = probabilities(16 << 3);
  private readonly high = probabilities(256);

  read(decoder: RangeDecoder, posState: number): number {
    if (!decoder.bit(this.choice, 0)) return decoder.tree(this.low, 3, posState << 3);
    if (!decoder.bit(this.choice, 1)) return 8 + decoder.tree(this.mid, 3, posState << 3);
    return 16 + decoder.tree(this.high, 8);
  }
}

export function unpack(packed: Uint8Array, size: number): Uint8Array<ArrayBuffer> {
  const properties = packed[0]!;
  const lc = properties % 9;
  const lp = Math.floor(properties / 9) % 5;
  const pb = Math.floor(properties / 45);
  const out = new Uint8Array(size);
  const decoder = new RangeDecoder(packed, 13);
  const literal = probabilities(0x300 << (lc + lp));
  const isMatch = probabilities(12 << 4);
  const isRep = probabilities(12);
  const isRepG0 = probabilities(12);
  const isRepG1 = probabilities(12);
  const isRepG2 = probabilities(12);
  const isRep0Long = probabilities(12 << 4);
  const slot = probabilities(4 << 6);
  const special = probabilities(128);
  const align = probabilities(16);
  const matchLength = new LengthDecoder();
  const repLength = new LengthDecoder();
  let state = 0;
  let rep0 = 0;
  let rep1 = 0;
  let rep2 = 0;
  let rep3 = 0;
  let at = 0;
  while (at < size) {
    const posState = at & ((1 << pb) - 1);
    if (!decoder.bit(isMatch, (state << 4) + posState)) {
      const before = at > 0 ? out[at - 1]! : 0;
      const offset = 0x300 * (((at & ((1 << lp) - 1)) << lc) + (before >> (8 - lc)));
      let symbol = 1;
      if (state >= 7) {
        let match = out[at - rep0 - 1]!;
        do {
          const matchBit = (match >> 7) & 1;
          match <<= 1;
          const bit = decoder.bit(literal, offset + ((1 + matchBit) << 8) + symbol);
          symbol = (symbol << 1) | bit;
          if (matchBit !== bit) break;
        } while (symbol < 0x100);
      }
      while (symbol < 0x100) symbol = (symbol << 1) | decoder.bit(literal, offset + symbol);
      out[at++] = symbol;
      state = state < 4 ? 0 : state < 10 ? state - 3 : state - 6;
      continue;
    }
    let length: number;
    if (decoder.bit(isRep, state)) {
      if (!decoder.bit(isRepG0, state)) {
        if (!decoder.bit(isRep0Long, (state << 4) + posState)) {
          state = state < 7 ? 9 : 11;
          out[at] = out[at - rep0 - 1]!;
          at++;
          continue;
        }
      } else {
        let distance: number;
        if (!decoder.bit(isRepG1, state)) distance = rep1;
        else {
          if (!decoder.bit(isRepG2, state)) distance = rep2;
          else {
            distance = rep3;
            rep3 = rep2;
          }
          rep2 = rep1;
        }
        rep1 = rep0;
        rep0 = distance;
      }
      length = repLength.read(decoder, posState);
      state = state < 7 ? 8 : 11;
    } else {
      rep3 = rep2;
      rep2 = rep1;
      rep1 = rep0;
      length = matchLength.read(decoder, posState);
      state = state < 7 ? 7 : 10;
      const group = Math.min(length, 3);
      const posSlot = decoder.tree(slot, 6, group << 6);
      if (posSlot < 4) rep0 = posSlot;
      else {
        const bits = (posSlot >> 1) - 1;
        rep0 = ((2 | (posSlot & 1)) << bits) >>> 0;
        if (posSlot < 14) rep0 += decoder.reverseTree(special, bits, rep0 - posSlot);
        else rep0 = (rep0 + decoder.direct(bits - 4) * 16 + decoder.reverseTree(align, 4)) >>> 0;
      }
      if (rep0 === 0xffffffff) break; // the end mark
    }
    for (let left = length + 2, from = at - rep0 - 1; left > 0 && at < size; left--) out[at++] = out[from++]!;
  }
  if (at !== size || decoder.overran) throw new Error(`the packed core is cut short: ${at} of ${size} bytes`);
  return out;
}

/** What tools/pack.mjs made: the parts of a pack, given as base64. */
export function unpackAll(base64: string): Uint8Array<ArrayBuffer>[] {
  const text = atob(base64);
  const bytes = new Uint8Array(text.length);
  for (let i = 0; i < text.length; i++) bytes[i] = text.charCodeAt(i);
  const view = new DataView(bytes.buffer);
  const count = view.getUint32(0, true);
  let from = 4 * (count + 1);
  return Array.from({ length: count }, (_, i) => {
    const to = from + view.getUint32(4 * (i + 1), true);
    const packed = bytes.subarray(from, to);
    const size = view.getUint32(from + 5, true); // stated in its header
    from = to;
    return unpack(packed, size);
  });
}
