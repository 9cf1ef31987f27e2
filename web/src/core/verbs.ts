// The verbs, their requests and their responses, as docs/schema states them.
import type * as T from "./types";

export interface Verbs {
  advise: [T.AdviseRequest, T.AdviseResponse];
  predict: [T.PredictRequest, T.PredictResponse];
  fit: [T.FitRequest, T.FitResponse];
  compare: [T.CompareRequest, T.CompareResponse];
  cluster: [T.ClusterRequest, T.ClusterResponse];
  capacity: [T.CapacityRequest, T.CapacityResponse];
  pack: [T.PackRequest, T.PackResponse];
  route: [T.RouteRequest, T.RouteResponse];
  cost: [T.CostRequest, T.CostResponse];
  check: [T.CheckRequest, T.CheckResponse];
  explain: [T.ExplainRequest, T.ExplainResponse];
  catalog: [T.CatalogRequest, T.CatalogResponse];
  eval_report: [T.EvalReportRequest, T.EvalReportResponse];
  deploy: [T.DeployRequest, T.DeployResponse];
  eval_task: [T.EvalTaskRequest, T.EvalTaskResponse];
  report: [T.ReportRequest, T.ReportResponse];
  bench_compare: [T.BenchCompareRequest, T.BenchCompareResponse];
  validate: [T.ValidateRequest, T.ValidateResponse];
  seeds: [T.SeedsRequest, T.SeedsResponse];
}

export type Verb = keyof Verbs;
export type Request<V extends Verb> = Verbs[V][0];
export type Response<V extends Verb> = Verbs[V][1];
export type Estimate = T.Estimate;
export type Refusal = T.Error["error"];

/** Verbs that simulate or sweep: they run beside the quick ones, so that a slider never waits for them. */
export const slow: ReadonlySet<Verb> = new Set<Verb>(["capacity", "validate", "seeds", "eval_report", "report"]);
