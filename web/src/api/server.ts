// The program beside the page, where there is one: the only place that calls the network for answers. A site in a folder
// carries an empty server.json, `rigwise serve` answers its own in that place, and a file of its own asks nobody.
import type { BenchResponse, EvalAnswer, EvalResults, EvalReview, EvalReviewRequest, EvalRuns, EvalTaskRequest, EvalTaskSaved, ProbeResponse, Problem, Runs, RunsOwn } from "../core/types";

/** The server said no, and why. */
export class Declined extends Error {
  constructor(readonly problem: Problem) {
    super(problem.message);
  }
}

let root: Promise<string> | undefined;
const at = (name: string) => new URL(name, document.baseURI).href;

/** Where its API is; empty: the page stands alone. */
function apiRoot(): Promise<string> {
  if (__SINGLE_FILE__ || !location.protocol.startsWith("http")) return Promise.resolve("");
  return (root ??= fetch(at("server.json"))
    .then((response) => (response.ok ? response.json() : {}))
    .then((said: { api?: string }) => said.api ?? "", () => ""));
}

async function call<T>(place: string, body?: unknown): Promise<T> {
  const response = await fetch(at(`${await apiRoot()}${place}`), body === undefined ? {} : { method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(body) });
  const said: unknown = await response.json();
  if (!response.ok) throw new Declined(said as Problem);
  return said as T;
}

/** The runs of the store it serves; null: there is no server, or it serves no store. */
export const runs = async (): Promise<EvalRuns | null> => ((await apiRoot()) ? call<EvalRuns>("eval/runs") : null);
export const results = (run: string) => call<EvalResults>(`eval/results?run=${encodeURIComponent(run)}`);
export const answer = (run: string, key: string) => call<EvalAnswer>(`eval/answer?run=${encodeURIComponent(run)}&key=${encodeURIComponent(key)}`);
export const review = (run: string) => call<EvalReview>(`eval/review?run=${encodeURIComponent(run)}`);
export const decide = (request: EvalReviewRequest) => call<EvalReview>("eval/review", request);
export const saveTask = (request: EvalTaskRequest) => call<EvalTaskSaved>("eval/tasks", request);

/** What was measured on its machine; null: there is no server. */
export const measured = async (): Promise<Runs | null> => ((await apiRoot()) ? call<Runs>("runs/list") : null);
export const bench = (name: string) => call<BenchResponse>(`runs/bench?name=${encodeURIComponent(name)}`);
export const probe = () => call<ProbeResponse>("runs/probe");
export const ownRuns = () => call<RunsOwn>("runs/own");
