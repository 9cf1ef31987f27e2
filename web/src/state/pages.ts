// The pages, in the order of what a person wants to do. The digit is the key that opens it.
export const pages = [
  { id: "decide", name: "Decide", what: "Which machine to buy, if any" },
  { id: "speed", name: "Speed", what: "How fast a model runs on a machine" },
  { id: "fit", name: "Fit", what: "Which model runs where, and how much it remembers" },
  { id: "people", name: "People", what: "How many people a machine serves" },
  { id: "money", name: "Money", what: "What it costs and when it pays" },
  { id: "quality", name: "Quality", what: "How good the answers are" },
  { id: "machines", name: "Machines", what: "Every machine, side by side and alone" },
  { id: "runs", name: "Runs", what: "What this machine measures" },
  { id: "trust", name: "Trust", what: "How good these numbers are, and where they come from" },
] as const;

/** "read": a text that the publisher of this page added; it has no digit. */
export type PageId = (typeof pages)[number]["id"] | "read";

export const isPage = (text: string): text is PageId => text === "read" || pages.some((page) => page.id === text);
