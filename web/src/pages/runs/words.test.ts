import { expect, it } from "vitest";
import type { RunsLive } from "../../core/types";
import { idIn, isBench, loadOf, type Level, progressOf, sayLoad, typical, when } from "./words";

const live = (over: Partial<RunsLive>): RunsLive => ({
  schema: "rigwise.bench_live/1", started_ms: 0, updated_ms: 0, phase: "measuring", run: "r", target: { url: "u", model: "m" }, load: { kind: "closed", planned: [1], is_search: false }, level: null, levels: [],
  moments: { at_s: [], events_per_s: [], under_way: [], failed: [] }, ...over,
});
const level = { load: 4, is_rate: false, elapsed_s: 12.7, expected_s: 30, sent: 9, ended: 5, failed: 0, measured: 3, wanted: 0 };

it("says how far a run is", () => {
  expect(progressOf(live({ phase: "fitting" }))).toBe("fitting prompts to their lengths");
  expect(progressOf(live({ level }))).toBe("4 streams: measuring, 12 of 30 s");
  expect(progressOf(live({ level: { ...level, load: 0.5, is_rate: true, expected_s: 0, wanted: 20 } }))).toBe("0.50 requests a second: measuring, 3 of 20 requests");
  expect(progressOf(live({ phase: "warming_up", level: { ...level, load: 1, expected_s: 0 } }))).toBe("1 stream: warming up, 12 s");
});
it("takes the mean where there are too few values for a median", () => {
  expect(typical({ samples: 3, mean: 2, p50: null, p90: null, p95: null, p99: null, min: 1, max: 3 })).toBe(2);
  expect(typical(undefined)).toBe(null);
});
it("tells loads apart", () => {
  const open = { rate: 0.5 } as Level, closed = { concurrency: 1 } as Level;
  expect([sayLoad(open), sayLoad(closed), loadOf(open), loadOf(closed)]).toEqual(["0.50 requests a second", "1 stream", 0.5, 1]);
});
it("finds the model that a server's name means, and guesses none", () => {
  const ids = ["qwen3-8b", "qwen3-8b-base", "llama-3.1-8b"];
  expect(idIn("Qwen/Qwen3-8B-Q4_K_M.gguf", ids)).toBe("qwen3-8b");
  expect(idIn("my-model", ids)).toBe("");
});
it("knows a result of bench, and says its time shortly", () => {
  expect(isBench({ schema: "rigwise.bench/1", levels: [] })).toBe(true);
  expect(isBench({ schema: "rigwise.bench/1" })).toBe(false);
  expect(isBench(null)).toBe(false);
  expect(when("2026-11-22T14:05:09Z")).toBe("2026-11-22 14:05");
});
