// The browser's core in some twenty lines: text in, text out, through linear memory (src/wasm/rigwise_wasm.h).
import { readFile } from "node:fs/promises";

export class Door {
  static async open(path) {
    const module = await WebAssembly.compile(await readFile(path));
    const door = new Door();
    door.imports = WebAssembly.Module.imports(module);
    door.exports = (await WebAssembly.instantiate(module, {})).exports;
    door.exports._initialize();
    return door;
  }

  load(bundle) {
    return this.#withBytes([bundle], ([address]) => this.exports.rigwise_load(address, bundle.length));
  }

  call(verb, request) {
    const bytes = [Buffer.from(verb), Buffer.from(typeof request === "string" ? request : JSON.stringify(request))];
    return this.#withBytes(bytes, ([v, r]) => this.exports.rigwise_call(v, bytes[0].length, r, bytes[1].length));
  }

  version() {
    return this.#take(this.exports.rigwise_version());
  }

  memoryBytes() {
    return this.exports.memory.buffer.byteLength;
  }

  #withBytes(arrays, use) {
    const addresses = arrays.map((bytes) => {
      const address = this.exports.rigwise_alloc(bytes.length);
      new Uint8Array(this.exports.memory.buffer, address, bytes.length).set(bytes);
      return address;
    });
    const answer = this.#take(use(addresses));
    addresses.forEach((address) => this.exports.rigwise_free(address));
    return answer;
  }

  #take(address) {
    const size = new DataView(this.exports.memory.buffer).getUint32(address, true);
    const text = new TextDecoder("utf-8", { fatal: true }).decode(
      new Uint8Array(this.exports.memory.buffer, address + 4, size),
    );
    this.exports.rigwise_free(address);
    return JSON.parse(text);
  }
}
