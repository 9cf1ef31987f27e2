import type { CostRequest } from "../../core/types";
import { flagSetting, numberSetting, textSetting } from "../../state/view.svelte";
import { roles } from "../decide/situation";

const page = "money" as const;
export const settings = {
  machine: textSetting(page, "machine", "framework-desktop-max-395-128gb"),
  model: textSetting(page, "model", "gpt-oss-120b"),
  volume: numberSetting(page, "tokens", 100e6, 0, 1e13),
  input: numberSetting(page, "input", 80, 0, 100),
  hours: numberSetting(page, "hours", 8, 0, 24),
  months: numberSetting(page, "months", 36, 12, 120),
  power: numberSetting(page, "kwh", 0.17, 0, 10),
  resale: flagSetting(page, "resale", true),
  tax: numberSetting(page, "tax", 0, 0, 60),
  care: numberSetting(page, "care", 0, 0, 40),
  wage: numberSetting(page, "wage", 60, 0, 500),
  saved: numberSetting(page, "saved", 0.25, 0, 8),
  currency: textSetting(page, "currency", "USD"),
  share: numberSetting(page, "share", 4, 1, 50),
  plan: textSetting(page, "plan", "Claude Pro"),
  seats: numberSetting(page, "seats", 5, 0, 500),
  people: Object.fromEntries(roles.map((role) => [role.id, numberSetting(page, role.id, role.id === "developer" ? 3 : role.id === "admin" ? 2 : 0, 0, 500)])),
};

export function base(): CostRequest {
  const s = settings;
  return {
    setup: s.machine.value,
    model: s.model.value,
    usage: { tokens_per_month: s.volume.value, input_share: s.input.value / 100, hours_per_day: s.hours.value },
    horizon_months: s.months.value,
    electricity: s.power.value,
    resale: s.resale.value,
    ...(s.tax.value > 0 ? { tax: s.tax.value / 100 } : {}),
    ...(s.care.value > 0 ? { maintenance: { hours_per_month: s.care.value, per_hour: s.wage.value } } : {}),
    currency: s.currency.value,
  };
}

/** The machine against an API and against seats. */
export const against = (): CostRequest => ({ ...base(), ...(settings.seats.value > 0 ? { seats: [{ name: settings.plan.value, count: settings.seats.value }] } : {}) });

/** A team by role, its seats cancelled and its time saved. */
export function team(): CostRequest {
  const people = roles.map((role) => ({ role: role.id as string, count: settings.people[role.id]!.value })).filter((each) => each.count > 0 && each.role !== "multi-agent");
  return {
    ...base(),
    ...(people.length > 0 ? { seats: people } : {}),
    hours_saved: { hours_per_day: settings.saved.value, per_hour: settings.wage.value },
  };
}

export const coop = (): CostRequest => ({ ...base(), split_people: settings.share.value });
