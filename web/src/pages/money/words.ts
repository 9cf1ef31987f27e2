// Findings about money, from the fields of `cost`.
import type { CostResponse } from "../../core/types";
import { about } from "../../format/money";
import { count } from "../../format/number";

export type Rival = CostResponse["against"][number];

export const rivalName = (rival: { name: string }): string => {
  const name = rival.name.split("/");
  return rival.name === "the seats" ? "the seats" : `${name.at(-1)} at ${name[0]}`;
};

/** "month 16 (14 to 20)". */
export function breakEven(rival: Rival): string {
  const even = rival.break_even;
  if (!even || even.month === null || even.months === null) return "never";
  const span = even.months_low !== null && even.months_high !== null ? ` (${count(even.months_low)} to ${count(even.months_high)})` : "";
  return `month ${count(even.month)}${span}`;
}

export function headline(bill: CostResponse): string {
  const paid = bill.against.filter((rival) => rival.break_even?.within_horizon && rival.break_even.month !== null);
  const first = paid.sort((a, b) => (a.break_even?.month ?? 0) - (b.break_even?.month ?? 0))[0];
  const cheapest = [...bill.against].sort((a, b) => (a.total ?? Number.POSITIVE_INFINITY) - (b.total ?? Number.POSITIVE_INFINITY))[0];
  if (first) {
    const still = cheapest && cheapest !== first && (cheapest.saving ?? 0) < 0 ? `; ${rivalName(cheapest)} stays cheaper` : "";
    return `Against ${rivalName(first)} it has paid for itself by month ${count(first.break_even!.month!)}${still}`;
  }
  if (!cheapest || cheapest.total === null) return `It costs ${about(bill.tco.total, bill.currency)} over ${bill.horizon_months} months`;
  return `By money alone, buy nothing: ${rivalName(cheapest)} costs ${about(cheapest.total, bill.currency)}, this ${about(bill.tco.total, bill.currency)}`;
}

export const paysBy = (rival: Parameters<typeof breakEven>[0]): string => {
  const when = breakEven(rival);
  return when === "never" ? "never pays" : `pays by ${when}`;
};
