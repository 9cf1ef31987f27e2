// What the questions ask, as settings of the address, and as the needs that `advise` takes.
import type { AdviseRequest } from "../../core/types";
import { flagSetting, numberSetting, textSetting } from "../../state/view.svelte";

export const roles = [
  { id: "developer", name: "Developers" },
  { id: "accountant", name: "Accountants" },
  { id: "admin", name: "Office and admin" },
  { id: "manager", name: "Managers" },
  { id: "engineer", name: "Engineers" },
  { id: "multi-agent", name: "Coders with many agents" },
] as const;

export const uses = [
  { id: "code", name: "Writing and fixing code", model_class: "coding" },
  { id: "letters", name: "Letters, mail, documents", model_class: "standard" },
  { id: "drafts", name: "Quick drafts and translation", model_class: "fast" },
  { id: "hard", name: "Hard questions", model_class: "premium" },
] as const;

/** Regions whose electricity price the catalog knows. */
export const regions = [
  { id: "US", name: "United States" },
  { id: "CA", name: "Canada" },
  { id: "CH", name: "Switzerland" },
  { id: "DE", name: "Germany" },
  { id: "SE", name: "Sweden" },
  { id: "GB", name: "United Kingdom" },
];

const page = "decide" as const;
export const situation = {
  budget: numberSetting(page, "budget", 4000, 0, 1e9),
  currency: textSetting(page, "currency", "USD"),
  months: numberSetting(page, "months", 36, 12, 120),
  region: textSetting(page, "region", "US"),
  people: Object.fromEntries(roles.map((role) => [role.id, numberSetting(page, role.id, 0, 0, 500)])),
  uses: Object.fromEntries(uses.map((use) => [use.id, flagSetting(page, use.id, use.id === "code")])),
  pictures: flagSetting(page, "pictures", false),
  asks: numberSetting(page, "asks", 1, 1, 50),
  speed: numberSetting(page, "speed", 30, 5, 200),
  quiet: flagSetting(page, "quiet", false),
  stays: flagSetting(page, "private", false),
  always: flagSetting(page, "always", false),
  carried: flagSetting(page, "carried", false),
  used: flagSetting(page, "used", true),
};

export const peopleCount = (): number => roles.reduce((sum, role) => sum + situation.people[role.id]!.value, 0);

export function needs(): AdviseRequest {
  const s = situation;
  const people = roles.map((role) => ({ role: role.id, count: s.people[role.id]!.value })).filter((group) => group.count > 0);
  const chosen = uses.filter((use) => s.uses[use.id]!.value);
  const targets = (chosen.length > 0 || s.pictures.value ? chosen : uses.slice(1, 2)).map((use) => ({
    name: use.name.toLowerCase(),
    model_class: use.model_class,
    tokens_per_s: s.speed.value,
    ...(s.asks.value > 1 ? { streams: s.asks.value } : {}),
  }));
  return {
    currency: s.currency.value,
    needs: {
      budget: { max: s.budget.value, currency: s.currency.value, horizon_months: s.months.value },
      region: s.region.value,
      condition: s.used.value ? "any" : "new",
      ...(people.length > 0 ? { people } : { targets }),
      ...(s.pictures.value ? { vision: true } : {}),
      constraints: {
        ...(s.quiet.value ? { noise: "quiet" } : {}),
        ...(s.carried.value ? { portable: true } : {}),
        ...(s.always.value ? { always_on: true } : {}),
        ...(s.stays.value ? { local_only: true } : {}),
      },
    },
  };
}

/** The same needs in one line, for when the questions are folded. */
export function inOneLine(say: (value: number) => string): string {
  const s = situation;
  const people = peopleCount();
  const who = people > 0 ? `${people} ${people === 1 ? "person" : "people"}` : s.asks.value > 1 ? `${s.asks.value} at once` : "you";
  const what = people > 0 ? "work of their roles" : uses.filter((use) => s.uses[use.id]!.value).map((use) => use.name.split(",")[0]!.toLowerCase()).join(", ") || "letters";
  const limits = [s.quiet.value && "quiet", s.stays.value && "private", s.always.value && "always on", s.carried.value && "portable"].filter(Boolean);
  return [say(s.budget.value), who, what, ...limits].join(", ");
}

/** Four situations to start from. */
export const examples: { name: string; params: Record<string, string> }[] = [
  { name: "a hobbyist", params: {} },
  { name: "a coder with agents", params: { budget: "15000", currency: "CHF", region: "CH", "multi-agent": "1", pictures: "1" } },
  { name: "a company of thirty", params: { budget: "25000", currency: "CAD", region: "CA", admin: "10", accountant: "3", engineer: "5", developer: "8", manager: "4", always: "1" } },
  { name: "four neighbours", params: { budget: "100000", currency: "SEK", region: "SE", asks: "5", speed: "15", quiet: "1", always: "1" } },
];
