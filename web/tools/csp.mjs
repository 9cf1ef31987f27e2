// What a server says of the page: nothing but its own files, the core as wasm, its worker from a blob.
import { themeHash } from "./theme.mjs";

export const csp = [
  "default-src 'none'",
  `script-src 'self' 'wasm-unsafe-eval' '${themeHash}'`,
  "worker-src blob:",
  "style-src 'self' 'unsafe-inline'",
  "img-src 'self' data: blob:",
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join("; ");
