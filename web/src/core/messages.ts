// What the page and its worker say to each other.

/** Where the core comes from: two addresses on the origin, or the text that stands in the page itself. */
export type Source = { wasm: string; bundle: string } | { core: string; catalog: string };

export type ToWorker = { kind: "start"; source: Source } | { kind: "call"; id: number; verb: string; requests: unknown[] };

export type FromWorker =
  | { kind: "ready"; version: string; catalog: string }
  | { kind: "failed"; message: string }
  | { kind: "answer"; id: number; responses: string[]; ms: number };
