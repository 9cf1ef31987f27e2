// The module's door (src/wasm/rigwise_wasm.h): text and bytes through linear memory.

interface Exports {
  memory: WebAssembly.Memory;
  _initialize(): void;
  rigwise_alloc(size: number): number;
  rigwise_free(address: number): void;
  rigwise_load(bundle: number, size: number): number;
  rigwise_call(verb: number, verbSize: number, request: number, requestSize: number): number;
  rigwise_version(): number;
}

export class Door {
  private constructor(private readonly core: Exports) {}

  static async open(wasm: BufferSource): Promise<Door> {
    const { instance } = await WebAssembly.instantiate(wasm, {});
    const core = instance.exports as unknown as Exports;
    core._initialize();
    return new Door(core);
  }

  load(bundle: Uint8Array): string {
    return this.with([bundle], ([at]) => this.core.rigwise_load(at!, bundle.length));
  }

  call(verb: string, request: unknown): string {
    const texts = [verb, JSON.stringify(request)].map((text) => new TextEncoder().encode(text));
    return this.with(texts, ([v, r]) => this.core.rigwise_call(v!, texts[0]!.length, r!, texts[1]!.length));
  }

  version(): string {
    return this.take(this.core.rigwise_version());
  }

  private with(arrays: Uint8Array[], use: (addresses: number[]) => number): string {
    const addresses = arrays.map((bytes) => {
      const address = this.core.rigwise_alloc(bytes.length);
      if (address === 0) throw new Error("the core is out of memory");
      new Uint8Array(this.core.memory.buffer, address, bytes.length).set(bytes);
      return address;
    });
    const answer = this.take(use(addresses));
    for (const address of addresses) this.core.rigwise_free(address);
    return answer;
  }

  private take(address: number): string {
    const { buffer } = this.core.memory;
    const size = new DataView(buffer).getUint32(address, true);
    const text = new TextDecoder().decode(new Uint8Array(buffer, address + 4, size));
    this.core.rigwise_free(address);
    return text;
  }
}
