import type { RouteRequest } from "../../core/types";
import { flagSetting, listSetting, numberSetting, textSetting } from "../../state/view.svelte";

const page = "quality" as const;

/** Kinds of work that scores of the catalog speak of, with the share of one's prompts each takes to begin with. */
export const works = [
  { id: "coding", name: "Coding", share: 40 },
  { id: "review", name: "Reviewing code", share: 10 },
  { id: "writing", name: "Letters and documents", share: 20 },
  { id: "analysis", name: "Thinking things through", share: 10 },
  { id: "chat", name: "Questions and answers", share: 20 },
  { id: "research", name: "Looking things up online", share: 0 },
] as const;

export const settings = {
  shares: Object.fromEntries(works.map((work) => [work.id, numberSetting(page, work.id, work.share, 0, 100)])),
  models: listSetting(page, "models", ["gpt-oss-120b", "qwen3-coder-next"]),
  enough: numberSetting(page, "enough", 90, 50, 110),
  volume: numberSetting(page, "tokens", 50e6, 0, 1e12),
  machine: textSetting(page, "machine", "framework-desktop-max-395-128gb"),
  finds: flagSetting(page, "search", false),
  /** A run of the server's store: its label, or its id. */
  run: textSetting(page, "run", ""),
  blind: flagSetting(page, "blind", false),
  decided: flagSetting(page, "decided", false),
};

export function routing(): RouteRequest | null {
  const s = settings;
  const mix = works.map((work) => ({ category: work.id, share: s.shares[work.id]!.value, ...(work.id === "research" ? { needs: ["web_search" as const] } : {}) })).filter((work) => work.share > 0);
  if (mix.length === 0 || s.models.value.length === 0) return null;
  return {
    models: s.models.value,
    prompt_mix: mix,
    threshold: s.enough.value / 100,
    ...(s.volume.value > 0 ? { usage: { tokens_per_month: s.volume.value } } : {}),
    setup: s.machine.value,
    ...(s.finds.value ? { abilities: ["web_search" as const] } : {}),
  };
}
