// The core and the catalog as the page wants them, from the project's own build:
//   build/public/rigwise.wasm.gz, catalog.bundle.gz   for a server: unpacked by the browser itself
//   build/public/server.json                          for a server: nobody answers beside it
//   build/core.pack, catalog.pack                     for the single file: packed tighter than gzip can
// RIGWISE_WASM and RIGWISE_BUNDLE name other files than the build folder's.
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { gzipSync } from "node:zlib";
import { apart } from "../src/core/streams.mjs";
import { fold } from "./fold.mjs";
import { pack } from "./pack.mjs";

const root = new URL("../../", import.meta.url).pathname;
const build = new URL("../build/", import.meta.url).pathname;
const wasmFile = process.env.RIGWISE_WASM ?? `${root}build/wasm/rigwise.wasm`;
const bundleFile = process.env.RIGWISE_BUNDLE ?? `${root}build/release/catalog.bundle`;
for (const file of [wasmFile, bundleFile]) {
  if (!existsSync(file)) {
    console.error(`error: ${file} is missing\ntry: script/check wasm, which builds the module and the catalog`);
    process.exit(3);
  }
}

async function optimised(bytes) {
  const cache = `${build}rigwise.opt.wasm`, stamp = `${build}rigwise.opt.of`;
  const of = `2 ${bytes.length} ${gzipSync(bytes).length}`; // the number counts the ways in which it is optimised
  if (existsSync(cache) && existsSync(stamp) && readFileSync(stamp, "utf8") === of) return readFileSync(cache);
  const { default: binaryen } = await import("binaryen");
  const module = binaryen.readBinary(new Uint8Array(bytes));
  // What every browser of today runs; "all" would let it use types that none does.
  const { SIMD128, BulkMemory, BulkMemoryOpt, SignExt, NontrappingFPToInt, MutableGlobals, Multivalue, ReferenceTypes } = binaryen.Features;
  module.setFeatures([SIMD128, BulkMemory, BulkMemoryOpt, SignExt, NontrappingFPToInt, MutableGlobals, Multivalue, ReferenceTypes].reduce((all, each) => all | (each ?? 0), 0));
  binaryen.setOptimizeLevel(2);
  binaryen.setShrinkLevel(2);
  binaryen.setLowMemoryUnused(true); // the first kilobyte is: cmake/wasm.cmake. So sums of addresses become offsets
  module.optimize();
  const small = Buffer.from(module.emitBinary());
  if (!WebAssembly.validate(small)) throw new Error("the optimised module is not valid");
  writeFileSync(cache, small);
  writeFileSync(stamp, of);
  return small;
}

mkdirSync(`${build}public`, { recursive: true });
const wasm = await optimised(readFileSync(wasmFile));
const bundle = readFileSync(bundleFile);
for (const old of ["rigwise.wasm", "catalog.bundle"]) rmSync(`${build}public/${old}`, { force: true });
writeFileSync(`${build}public/rigwise.wasm.gz`, gzipSync(wasm, { level: 9 }));
writeFileSync(`${build}public/catalog.bundle.gz`, gzipSync(bundle, { level: 9 }));
writeFileSync(`${build}public/server.json`, "{}\n"); // `rigwise serve` answers its own here, and so says that it is there

const packed = [pack(apart(wasm)), pack([Buffer.from(fold(bundle.toString("utf8")))])];
writeFileSync(`${build}core.pack`, packed[0]);
writeFileSync(`${build}catalog.pack`, packed[1]);
console.log(`core ${wasm.length} bytes, catalog ${bundle.length}; packed ${packed[0].length} + ${packed[1].length}`);
