// Several parts in one, each packed as an .lzma stream on its own: how many, how long each is, then their bytes. lzma.ts
// unpacks them.
import { execFileSync } from "node:child_process";

/** xz reads from a pipe and so leaves the size open; it belongs into the header. */
function lzma(bytes, literalContext) {
  const packed = execFileSync("xz", ["--format=lzma", "--stdout", `--lzma1=preset=9e,lc=${literalContext},lp=0,pb=0,nice=273,dict=8MiB`], { input: bytes, maxBuffer: 1 << 28 });
  packed.writeBigUInt64LE(BigInt(bytes.length), 5);
  return packed;
}

export function pack(parts) {
  const packed = parts.map((part) => [0, 2, 4].map((literalContext) => lzma(part, literalContext)).reduce((best, each) => (each.length < best.length ? each : best)));
  return Buffer.concat([Buffer.from(Uint32Array.of(packed.length, ...packed.map((each) => each.length)).buffer), ...packed]);
}
