// What an evaluation shows, in words; from the fields of `eval_report` and of the results it was made of.
import type { EvalAnswer, EvalReportResponse, EvalReportResponseTaskMean, EvalResults } from "../../../core/types";
import { about as sum } from "../../../format/money";
import { figure } from "../../../format/number";

export type Report = EvalReportResponse;
export type Mean = EvalReportResponseTaskMean;
export type Answer = NonNullable<EvalResults["answers"]>[number];

/** Out of 100, as people say scores. */
export const score = (value: number): string => figure(value * 100);

export const mean = (of: Mean | null): string =>
  !of ? "" : of.value === null ? `${of.passed} of ${of.tasks} passed` : of.low === null || of.high === null ? score(of.value) : `${score(of.value)} (${score(of.low)} to ${score(of.high)})`;

export const points = (of: Mean | null): number | null => (of && of.value !== null ? Number((of.value * 100).toPrecision(3)) : null);

export const reach: Record<string, string> = {
  reaches: "good enough",
  undecided: "undecided",
  below: "below",
  not_enough_tasks: "too few tasks to say",
};

export const route = { local: "here", cloud: "the cloud", either: "either" } as const;

export const about: Record<string, string> = { all: "All three", correctness: "Correctness", completeness: "Completeness", quality: "Quality" };

export const grades = ["correctness", "completeness", "quality"] as const;
export const gradeWords = ["fail", "acceptable", "good"] as const;

/** "fail_versus_good" as people say it. */
export const reason = (name: string): string => name.replaceAll("_", " ");

/** Who says a part of a conversation. */
export const speaker = (part: EvalAnswer["conversation"][number]): string =>
  ({ user: "User", assistant: "Model", call: `Calls ${part.tool ?? "a tool"}`, result: `${part.tool ?? "The tool"} returns`, left_out: "Left out" })[part.speaker];

/** What runs cost together; where one's cost is unknown, so is the sum. */
export const spent = (runs: { spent_usd: number | null }[]): string =>
  runs.some((run) => run.spent_usd === null) ? "cost unknown" : sum(runs.reduce((all, run) => all + (run.spent_usd ?? 0), 0), "USD");

export const cause: Record<string, string> = {
  reaches: "the score reaches it",
  below: "the score is below it",
  undecided: "too close to tell",
  overall_reaches: "the score over all kinds reaches it",
  lacks: "something it needs is missing",
  not_measured: "not measured",
};

export const isResults = (value: unknown): value is EvalResults => (value as EvalResults | null)?.format === "rigwise.eval.results/1";
