import { svelte } from "@sveltejs/vite-plugin-svelte";
import { defineConfig } from "vite";
import { inlineEverything } from "./tools/inline.mjs";
import { themeBeforePaint } from "./tools/theme.mjs";

// Two builds of the same page: a folder for a server (`vite build`), one file for file:// (`vite build --mode single`).
export default defineConfig(({ mode }) => {
  const single = mode === "single";
  return {
    base: "./",
    publicDir: single ? false : "build/public",
    plugins: [svelte(), themeBeforePaint(), ...(single ? [inlineEverything()] : [])],
    define: { __SINGLE_FILE__: JSON.stringify(single) },
    // A page opened from file:// may start classic workers only.
    worker: { format: "iife" as const },
    build: {
      target: "es2022",
      outDir: single ? "dist/single" : "dist/site",
      emptyOutDir: true,
      modulePreload: { polyfill: false },
      assetsInlineLimit: 0,
      cssCodeSplit: false,
      reportCompressedSize: false,
    },
    test: { include: ["src/**/*.test.ts"] },
  };
});
