// The chosen theme stands before the first paint, so that a dark room never sees a white flash. Inlined as the first
// script of the head; its hash is what a server's Content-Security-Policy names.
import { createHash } from "node:crypto";

const script = `try{var t=localStorage.getItem("rigwise.theme");if(t=="light"||t=="dark")document.documentElement.dataset.theme=t}catch(e){}`;

export const themeHash = `sha256-${createHash("sha256").update(script).digest("base64")}`;

export function themeBeforePaint() {
  return {
    name: "theme-before-paint",
    transformIndexHtml: () => [{ tag: "script", children: script, injectTo: "head-prepend" }],
  };
}
