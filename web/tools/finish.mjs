// Writes beside the page the policy that a server sends with it, and says what the page weighs, beside its bar.
import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { gzipSync } from "node:zlib";
import { csp } from "./csp.mjs";

const dist = new URL("../dist/", import.meta.url).pathname;
writeFileSync(`${dist}site/content-security-policy.txt`, `${csp}\n`);
const kb = (bytes) => `${(bytes / 1000).toFixed(1)} kB`.padStart(10);
const single = `${dist}single/rigwise.html`;
if (existsSync(single)) {
  const bytes = readFileSync(single);
  const packed = gzipSync(bytes, { level: 9 }).length;
  console.log(`single file  ${kb(bytes.length)}, gzip ${kb(packed)}   bar 450 kB: ${packed <= 450_000 ? "kept" : "missed"}`);
}
const walk = (folder) => readdirSync(folder).flatMap((name) => (statSync(`${folder}/${name}`).isDirectory() ? walk(`${folder}/${name}`) : [`${folder}/${name}`]));
for (const file of walk(`${dist}site`)) {
  const bytes = readFileSync(file);
  console.log(`${file.slice(dist.length).padEnd(40)} ${kb(bytes.length)}, gzip ${kb(file.endsWith(".gz") ? bytes.length : gzipSync(bytes, { level: 9 }).length)}`);
}
