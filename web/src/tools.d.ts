declare module "*.mjs" {
  export const inlineEverything: () => import("vite").Plugin;
  export const themeBeforePaint: () => import("vite").Plugin;
}
