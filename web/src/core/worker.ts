// One worker, one instance of the module, one catalog. Calls are answered in order; the page never waits here.
import { Door } from "./door";
import { unfold } from "./fold";
import { unpackAll } from "./lzma";
import type { FromWorker, Source, ToWorker } from "./messages";
import { together } from "./streams.mjs";

let door: Door | undefined;
const post = (message: FromWorker) => self.postMessage(message);

async function fetchUnpacked(address: string): Promise<Uint8Array<ArrayBuffer>> {
  const response = await fetch(address);
  if (!response.ok || !response.body) throw new Error(`${address}: ${response.status} ${response.statusText}`);
  const bytes = new Uint8Array(await response.arrayBuffer());
  if (bytes[0] !== 0x1f || bytes[1] !== 0x8b) return bytes; // a server that already unpacked it
  const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("gzip"));
  return new Uint8Array(await new Response(stream).arrayBuffer());
}

async function bytesOf(source: Source): Promise<[Uint8Array<ArrayBuffer>, Uint8Array<ArrayBuffer>]> {
  if ("wasm" in source) return Promise.all([fetchUnpacked(source.wasm), fetchUnpacked(source.bundle)]);
  const tables = unfold(new TextDecoder().decode(unpackAll(source.catalog)[0]));
  return [together(unpackAll(source.core)), new TextEncoder().encode(tables)];
}

async function start(source: Source) {
  const [wasm, bundle] = await bytesOf(source);
  const opened = await Door.open(wasm);
  const loaded = JSON.parse(opened.load(bundle)) as { error?: { message: string }; catalog?: string };
  if (loaded.error) throw new Error(`the catalog does not belong to this core: ${loaded.error.message}`);
  door = opened;
  const { version } = JSON.parse(opened.version()) as { version: string };
  post({ kind: "ready", version, catalog: loaded.catalog ?? "" });
}

self.onmessage = async ({ data }: MessageEvent<ToWorker>) => {
  try {
    if (data.kind === "start") return await start(data.source);
    const begun = performance.now();
    const responses = data.requests.map((request) => door!.call(data.verb, request));
    post({ kind: "answer", id: data.id, responses, ms: performance.now() - begun });
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    if (data.kind === "start") return post({ kind: "failed", message });
    const response = JSON.stringify({ error: { code: "internal", message, where: data.verb, did_you_mean: [] } });
    post({ kind: "answer", id: data.id, responses: data.requests.map(() => response), ms: 0 });
  }
};
