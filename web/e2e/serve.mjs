// A small file server for the tests: the same strict headers that `rigwise serve` sends.
import { createReadStream, existsSync, statSync } from "node:fs";
import { createServer } from "node:http";
import { extname, join, normalize } from "node:path";
import { createGzip } from "node:zlib";
import { csp } from "../tools/csp.mjs";

const types = { ".html": "text/html; charset=utf-8", ".js": "text/javascript", ".css": "text/css", ".gz": "application/octet-stream" };

export function serve(folder, port = 0) {
  const server = createServer((request, response) => {
    const path = normalize(decodeURIComponent(new URL(request.url, "http://x").pathname)).replace(/^(\.\.[/\\])+/, "");
    const file = join(folder, path.endsWith("/") ? `${path}index.html` : path);
    if (!existsSync(file) || !statSync(file).isFile()) return response.writeHead(404).end("not found");
    const headers = { "content-type": types[extname(file)] ?? "application/octet-stream", "content-security-policy": csp, "x-content-type-options": "nosniff" };
    if (extname(file) === ".gz") return createReadStream(file).pipe(response.writeHead(200, headers));
    response.writeHead(200, { ...headers, "content-encoding": "gzip" });
    createReadStream(file).pipe(createGzip()).pipe(response);
  });
  return new Promise((resolve) => {
    server.listen(port, "127.0.0.1", () => resolve({ url: `http://127.0.0.1:${server.address().port}/`, close: () => server.close() }));
  });
}

if (process.argv[1] === new URL(import.meta.url).pathname) {
  const { url } = await serve(process.argv[2] ?? new URL("../dist/site", import.meta.url).pathname, Number(process.argv[3] ?? 7469));
  console.log(url);
}
