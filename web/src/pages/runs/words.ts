// What a bench says, in words and points; from the fields of its result.
import type { BenchResponse, BenchResponseLevel, BenchResponseSummary, RunsLive } from "../../core/types";
import { count, figure } from "../../format/number";

export type Bench = BenchResponse;
export type Level = BenchResponseLevel;
export type Summary = BenchResponseSummary;

export const isBench = (file: unknown): file is Bench =>
  typeof file === "object" && file !== null && (file as Bench).schema === "rigwise.bench/1" && Array.isArray((file as Bench).levels);

/** The median where there are values enough for one, else the mean: as the terminal says it. */
export const typical = (of: Summary | undefined): number | null => of?.p50 ?? of?.mean ?? null;

export const loadOf = (level: Level): number => level.rate ?? level.concurrency ?? 0;
/** Streams and requests a second as they were asked for: "4", "0.50". */
export const asked = (load: number): string => (Number.isInteger(load) ? count(load) : figure(load));
export const isOpen = (bench: Bench): boolean => bench.levels.some((level) => level.rate !== undefined);
export const sayLoad = (level: Level): string =>
  level.rate !== undefined ? `${asked(level.rate)} requests a second` : `${asked(loadOf(level))} ${loadOf(level) === 1 ? "stream" : "streams"}`;

/** Milliseconds, or nothing. */
export const ms = (seconds: number | null | undefined): number | null => (seconds == null ? null : Number((seconds * 1000).toPrecision(3)));
export const short = (value: number | null | undefined): number | null => (value == null ? null : Number(value.toPrecision(3)));

export const gradeWords: Record<string, string> = {
  A: "nothing of the client shows in the numbers",
  B: "up to 5 % of the numbers may be the client's",
  C: "look at the reasons before quoting",
  D: "the numbers are the client's, or the load was not the one planned",
};

export const phases: Record<RunsLive["phase"], string> = {
  fitting: "fitting prompts to their lengths",
  connecting: "connecting",
  warming_up: "warming up",
  measuring: "measuring",
  finishing: "waiting for the last answers",
};

/** How far a live level is, in words. */
export function progressOf(live: RunsLive): string {
  const level = live.level;
  if (!level) return phases[live.phase];
  const load = level.is_rate ? `${asked(level.load)} requests a second` : `${asked(level.load)} ${level.load === 1 ? "stream" : "streams"}`;
  const far = level.expected_s > 0 ? `, ${count(Math.floor(level.elapsed_s))} of ${asked(level.expected_s)} s` : level.wanted > 0 && live.phase === "measuring" ? `, ${Math.min(level.measured, level.wanted)} of ${level.wanted} requests` : `, ${Math.floor(level.elapsed_s)} s`;
  return `${load}: ${phases[live.phase]}${far}`;
}

/** The measured time of a timestamp, as people read it. */
export const when = (utc: string | undefined): string => (utc ?? "").replace("T", " ").replace(/:\d\dZ$/, "");

/** Which of the catalog's ids a served name means: the longest that stands in it. Nothing: nobody guesses. */
export function idIn(name: string, ids: string[]): string {
  const plain = name.toLowerCase().replace(/[^a-z0-9.]+/g, "-");
  return ids.filter((id) => plain.includes(id)).sort((a, b) => b.length - a.length)[0] ?? "";
}

/** A load's name in a list. */
export const named = (name: string): string => name.replace(/^file:/, "");
