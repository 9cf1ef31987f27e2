// The answer in one sentence, from the fields of `advise`.
import type { AdviseResponse } from "../../core/types";
import { about, money } from "../../format/money";
import { figure } from "../../format/number";
import { shortName } from "../../format/words";

export type Option = AdviseResponse["options"][number];
export type Target = Option["targets"][number];

/** "Apple Mac Studio (M4 Max, 40-core GPU, 128GB)" -> "Mac Studio (M4 Max, 128 GB)". */
export const plain = (label: string): string =>
  label
    .split(" + ")
    .map((part) => shortName(part).replace(/, \d+-core GPU/, "").replace(/(\d)GB/g, "$1 GB").replace(/^(\d+)x /, "$1× "))
    .join(" + ");

export const modelNames = (option: Option): string[] => [...new Set(option.targets.map((target) => target.model))];

const article = (name: string) => (/^\d/.test(name) ? "" : /^(RTX|R\d|M\d|[AEIOF8]|ASUS|HP)/.test(name) && !/^Framework/.test(name) ? "an " : "a ");

export function headline(advice: AdviseResponse): string {
  const first = advice.options[0];
  if (!first) return "Nothing that is sold meets these answers. Buy nothing.";
  const name = plain(first.label);
  const price = money(Math.round(first.price), advice.currency);
  if (advice.action === "keep") return `Keep your ${name}.`;
  if (advice.action === "nearest") return `Nothing within these limits is fast enough for sure. ${name} for ${price} comes nearest.`;
  return `${advice.action === "wait_for" ? "Wait for" : "Buy"} ${article(name)}${name} for ${price}.`;
}

/** What not buying comes to. */
export function nothing(advice: AdviseResponse): string | null {
  const { do_not_buy: cloud, horizon_months: horizon } = advice;
  if (!cloud.is_complete) return null;
  return `${about(cloud.total, advice.currency)} over ${horizon} months`;
}

export const cloudIsCheaper = (advice: AdviseResponse): boolean =>
  advice.do_not_buy.is_complete && advice.options.length > 0 && advice.do_not_buy.total < advice.options[0]!.cost.total;

/** A condition in bold, then its consequence. */
export function split(change: string): [string, string] {
  const colon = /^(.{8,90}?): (.*)$/.exec(change);
  if (colon) return [colon[1]!, colon[2]!.charAt(0).toUpperCase() + colon[2]!.slice(1)];
  const above = /^(Above .*? a month) (.*)$/.exec(change);
  if (above) return [above[1]!, above[2]!.charAt(0).toUpperCase() + above[2]!.slice(1)];
  return ["", change];
}

/** Words a second, as people read; a token is about three quarters of an English word. */
export const inWords = (tokensPerS: number): string => `${figure(tokensPerS * 0.75)} words a second`;

export const speedIs = (tokensPerS: number): string =>
  tokensPerS < 8 ? "slower than you read" : tokensPerS < 20 ? "about as fast as you read" : tokensPerS < 60 ? "faster than you read" : "far faster than you read";

export const barShare = (value: number, most: number): string => `${figure(Math.min(100, (value / most) * 100))}%`;
