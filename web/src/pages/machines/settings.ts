import { listSetting, textSetting } from "../../state/view.svelte";

export const settings = {
  id: textSetting("machines", "id", ""),
  beside: listSetting("machines", "beside", ["apple-mac-studio-m4-max-40c-128gb", "framework-desktop-max-395-128gb", "nvidia-geforce-rtx-5090"]),
  model: textSetting("machines", "model", "qwen3-coder-30b-a3b"),
};

/** From small to large: what a dossier predicts for its machine. */
export const usualModels = ["qwen3-8b", "gpt-oss-20b", "qwen3-coder-30b-a3b", "qwen3-32b", "llama-3.3-70b", "gpt-oss-120b", "qwen3-235b-a22b"];

const freshness = ["used", "street", "list", "msrp_launch", "estimate"];
export const kindOfPrice: Record<string, string> = { used: "used", street: "street", list: "list", msrp_launch: "at launch", estimate: "estimate", owned: "owned" };

export function latest<Q extends { date: string; kind: string }>(quotes: Q[]): Q | undefined {
  return [...quotes].sort((a, b) => b.date.localeCompare(a.date) || freshness.indexOf(a.kind) - freshness.indexOf(b.kind))[0];
}
