// The first bytes of a model file, read on this machine: as much as its header takes, never its weights.

export interface Header {
  name: string;
  bytes: string;
  size: number;
}

const FIRST = 16 * 1024 * 1024;
const MOST = 64 * 1024 * 1024;

function base64(bytes: Uint8Array): string {
  let text = "";
  for (let i = 0; i < bytes.length; i += 0x8000) text += String.fromCharCode(...bytes.subarray(i, i + 0x8000));
  return btoa(text);
}

/** How many bytes to hand over: a safetensors file states its header's length, a config is whole, a GGUF gets the most. */
async function wanted(file: File): Promise<number> {
  if (file.name.endsWith(".json")) return Math.min(file.size, MOST);
  if (!file.name.endsWith(".safetensors")) return Math.min(file.size, FIRST);
  const start = new DataView(await file.slice(0, 8).arrayBuffer());
  const length = start.byteLength === 8 ? Number(start.getBigUint64(0, true)) : 0;
  return Math.min(file.size, MOST, 8 + length);
}

export async function readHeaders(files: File[]): Promise<Header[]> {
  return Promise.all(
    files.map(async (file) => ({
      name: file.name,
      bytes: base64(new Uint8Array(await file.slice(0, await wanted(file)).arrayBuffer())),
      size: file.size,
    })),
  );
}
