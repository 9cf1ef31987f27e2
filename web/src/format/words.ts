// Words for what the core says in keys.
import type { Estimate } from "../core/verbs";
import { figure, range } from "./number";

export const basis: Record<Estimate["basis"], string> = {
  measured: "measured",
  calibrated: "calibrated on measurements",
  first_principles: "from data sheets alone",
};

export const tier: Record<Estimate["tier"], string> = {
  T0: "measured on this very machine",
  T1: "same machine and model measured",
  T2: "same machine measured",
  T3: "same software measured on other machines",
  T4: "no measurement, data sheets only",
  T5: "borrowed from other software",
};

export const fits: Record<"fits" | "likely" | "tight" | "no", string> = {
  fits: "fits",
  likely: "likely fits",
  tight: "tight",
  no: "too big",
};

export const noise: Record<string, string> = {
  silent: "silent",
  quiet: "quiet",
  audible: "audible",
  loud: "loud",
  very_loud: "very loud",
};

export const bound: Record<string, string> = {
  bandwidth: "memory bandwidth",
  compute: "computing power",
  latency: "fixed overheads",
  link: "the link between devices",
};

/** What a tooltip says of a predicted figure: unit, range, basis. */
export function spell(estimate: Estimate, unit: string): string {
  const share = Math.round(estimate.level * 100);
  return `${figure(estimate.value)} ${unit}; ${share} in 100 fall in ${range(estimate.low, estimate.high, estimate.value)}; ${basis[estimate.basis]}, ${tier[estimate.tier]}`;
}

/** "NVIDIA GeForce RTX 4090" -> "RTX 4090": the first line of a label. */
export function shortName(name: string): string {
  return name
    .replace(/^(\d+x )?(NVIDIA (GeForce )?|Apple |AMD (Radeon )?|Intel )/, "$1")
    .replace(/\s*\((?=[^)]*\d+\s?GB)/, " (")
    .trim();
}

/** The name before its parenthesis, and what stands in it. */
export function splitName(name: string): [string, string] {
  const at = /^(.*?)\s*\((.*)\)\s*$/.exec(shortName(name));
  return at ? [at[1]!, at[2]!] : [shortName(name), ""];
}

export const capital = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);

/** Tokens of English a reader would call words, for the sub-line of a speed. */
export const list = (items: string[]): string =>
  items.length < 2 ? (items[0] ?? "") : `${items.slice(0, -1).join(", ")} and ${items.at(-1)}`;
