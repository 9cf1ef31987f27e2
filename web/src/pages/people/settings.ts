import type { CapacityRequest } from "../../core/types";
import { listSetting, numberSetting, textSetting } from "../../state/view.svelte";
import { roles } from "../decide/situation";

const page = "people" as const;
export const settings = {
  machine: textSetting(page, "machine", "nvidia-geforce-rtx-5090"),
  others: listSetting(page, "beside", ["apple-mac-studio-m4-max-40c-128gb", "framework-desktop-max-395-128gb"]),
  model: textSetting(page, "model", "qwen3-coder-30b-a3b"),
  people: Object.fromEntries(roles.map((role) => [role.id, numberSetting(page, role.id, role.id === "developer" ? 5 : 0, 0, 5000)])),
  ttft: numberSetting(page, "wait", 10, 0.5, 120),
  tpot: numberSetting(page, "pace", 10, 1, 100),
  percentile: numberSetting(page, "of", 95, 50, 99),
  seen: numberSetting(page, "seen", 50, 0, 95),
};

/** Words a second, as the seconds a token that the core takes. */
export const paces: Record<string, number> = { "2": 0.5, "4": 0.25, "5": 0.2, "8": 0.125, "10": 0.1, "20": 0.05, "40": 0.025 };

const group = (people: { role: string; count: number }[]) => people.filter((each) => each.count > 0);

export function asked(machine: string, people = group(roles.map((role) => ({ role: role.id, count: settings.people[role.id]!.value })))): CapacityRequest {
  return {
    setup: machine,
    models: settings.model.value,
    workload: { people: people.length > 0 ? people : [{ role: "developer", count: 1 }], prefix_hit: settings.seen.value / 100 },
    slo: { ttft_s: settings.ttft.value, tpot_s: paces[String(settings.tpot.value)] ?? 0.1, percentile: settings.percentile.value },
    requests: 1500,
  };
}
