// A result file of an evaluation that never ran: three models, 36 tasks, two judges; the same every time.
let seed = 7;
const random = () => (seed = (seed * 1103515245 + 12345) % 2147483648) / 2147483648;
const skills = { "gpt-oss-120b": 0.86, "qwen3-8b": 0.62, "claude-sonnet-4.6": 0.9 };
const categories = ["coding", "review", "writing", "analysis"];

export function ownResults() {
  const tasks = Array.from({ length: 36 }, (_, i) => ({ id: `${categories[i % 4]}-${1 + Math.floor(i / 4)}`, role: i % 2 ? "developer" : "manager", category: categories[i % 4], family: `family-${i}`, kind: "text", lang: "en", pass_mark: 0.7 }));
  const verdict = (score) => Object.fromEntries(["correctness", "completeness", "quality"].map((grade) => [grade, { score: Math.max(0, Math.min(2, Math.round(score * 2 + (random() - 0.5)))), evidence: "the second paragraph", reason: "says what was asked" }]));
  const answers = tasks.flatMap((task) =>
    Object.entries(skills).map(([model, skill]) => {
      const score = Math.round(Math.max(0, Math.min(1, skill + (random() - 0.5) * 0.5)) * 100) / 100;
      return {
        task: task.id, model, sample: 0, outcome: "ok", attempts: 1, score, total_s: 4 + 20 * random(), first_token_s: 0.4, text: `An answer of ${model} to ${task.id}.`,
        parts: [{ part: "content", value: score, weight: 1 }],
        checks: [{ name: "names the sum", type: "contains", part: "content", applicable: true, value: score > 0.5 ? 1 : 0, evidence: "1,204.50" }],
        cost_nano: 1200000, cost_source: "computed", tokens: { prompt: 310, completion: 420 },
        judgements: ["judge-a", "judge-b"].map((judge) => ({ judge, family: judge, repeat: 0, verdict: verdict(score) })),
        ...(random() < 0.1 ? { review: { reasons: ["judges_disagree"] } } : {}),
      };
    }));
  return {
    format: "rigwise.eval.results/1",
    run: { id: "run-1", label: "Invented for a test", started: "2026-11-20T08:00:00Z", task_set: "test", code_version: "0.1.0", host: "nowhere", protocol: 1, is_demo: true, settings: {} },
    models: Object.keys(skills).map((id) => ({ id, requested: id, ...(id.startsWith("claude") ? {} : { catalog_id: id, quantisation: id === "qwen3-8b" ? "q4_k_m" : "mxfp4" }), family: id.split("-")[0] })),
    tasks, answers,
    money: { spent_nano: 90000000, doubtful_nano: 0, judges_nano: 40000000, currency: "USD" },
  };
}
