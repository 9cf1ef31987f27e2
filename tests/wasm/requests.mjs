// Requests of every verb, drawn from the catalog's own names: the same ones every time. Each is a request object and the
// words that ask the same in a terminal.
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

/** How many requests of each verb are asked. */
export const COUNTS = {
  predict: 130, explain: 60, check: 60, fit: 40, compare: 30, cluster: 40, cost: 50, capacity: 30, pack: 40, route: 40,
  catalog: 30, advise: 10, seeds: 12, validate: 2, eval_report: 12, eval_task: 12, report: 6, bench_compare: 4, deploy: 20,
};

const EVALUATION_FILE = fileURLToPath(new URL("../eval/results.json", import.meta.url));
const EVALUATION = JSON.parse(readFileSync(EVALUATION_FILE, "utf8"));

const BENCHES = ["before", "after", "longer"].map((name) => fileURLToPath(new URL(`../bench/${name}.json`, import.meta.url)));

/** mulberry32: small, and the same everywhere. */
function numbersFrom(seed) {
  return () => {
    seed = (seed + 0x6d2b79f5) | 0;
    let t = Math.imul(seed ^ (seed >>> 15), 1 | seed);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}

/** What most commands take: the request's keys as flags, a list as the flag repeated. */
export const flags = (request) =>
  Object.entries(request).filter(([, value]) => value !== undefined).flatMap(([key, value]) =>
    [value].flat().flatMap((each) => (each === true ? [`--${key.replaceAll("_", "-")}`] : [`--${key.replaceAll("_", "-")}`, String(each)])));

/** Draws from the records of a catalog: `records(kind)` gives them. */
export function drawRequests(records, seed = 20261122) {
  const random = numbersFrom(seed);
  const below = (n) => Math.floor(random() * n);
  const one = (list) => list[below(list.length)];
  const some = (list, most) => Array.from({ length: 1 + below(most) }, () => one(list)).filter((each, i, all) => all.indexOf(each) === i);
  const maybe = (share, value) => (random() < share ? value() : {});

  const devices = records("devices").map((device) => device.id);
  const sold = records("devices").filter((device) => device.status === "current" && device.prices.length > 0).map((device) => device.id);
  const models = records("models").filter((model) => model.modality.includes("text")).map((model) => model.id);
  const quants = ["q3_k_m", "q4_k_m", "q5_k_m", "q6_k", "q8_0", "bf16", "mxfp4", "awq", "fp8"];
  const currencies = ["USD", "EUR", "CAD", "SEK"];
  const categories = [...new Set(records("scores").map((score) => score.category))].filter((name) => /^[a-z_]+$/.test(name));
  const roles = ["developer", "accountant", "admin", "manager", "engineer"];
  const setup = () => `${one(["", "", "", "2x ", "4x "])}${one(devices)}`;
  const workload = () => ({
    ...maybe(0.4, () => ({ prompt_tokens: one([16, 512, 4000, 30000]) })),
    ...maybe(0.4, () => ({ depth_tokens: one([0, 1024, 8192, 65536]) })),
    ...maybe(0.4, () => ({ concurrency: one([1, 2, 7, 32]) })),
  });
  const question = () => ({
    model: one(models), setup: setup(), ...maybe(0.7, () => ({ quant: one(quants) })), ...workload(),
    ...maybe(0.2, () => ({ kv_type: one(["q8_0", "f16"]) })), ...maybe(0.1, () => ({ offload: one(["layers", "experts"]) })),
  });
  const asFlags = (request) => ({ request, words: flags(request) });
  const mixOf = (list) => list.map((category) => ({ category, share: 5 + below(60) }));
  const mixWords = (mix) => ["--mix", mix.map(({ category, share, needs }) => `${[category, ...(needs ?? [])].join("+")}:${share}`).join(",")];

  const draw = {
    predict: () => asFlags({ ...question(), ...maybe(0.2, () => ({ level: 0.5 })), ...maybe(0.1, () => ({ quality_loss: true })) }),
    explain: () => {
      const request = question();
      const key = one(["decode", "prefill", "ttft_s", "memory.kv_cache_bytes", "memory.weights_bytes", "no such key"]);
      return { request: { verb: "predict", key, request }, words: [key, ...flags(request)] };
    },
    check: () => {
      if (random() < 0.5) return asFlags({ model: one(models), setup: setup(), quant: one(quants), tokens_per_s: one([2, 30, 90, 400, 5000]), ...maybe(0.3, () => ({ phase: "prefill" })) });
      const claim = `${one(["Strix Halo", "RTX 3090", "2x RTX 3090", "Mac Studio M3 Ultra", "a toaster"])}, ${one(["7B", "70B", "gpt-oss-120b", "Qwen3 30B"])} ${one(["Q4", "Q8", ""])}, ${one([4, 40, 90, 1000])} tok/s`;
      return { request: { claim }, words: [claim] };
    },
    fit: () => {
      const request = { models: some(models, 3), setups: Array.from({ length: 1 + below(3) }, setup), context_tokens: one([2048, 16384, 131072]), concurrency: one([1, 4]), ...maybe(0.4, () => ({ quants: some(quants, 3) })) };
      const { models: model, setups, quants: quant = [], ...rest } = request;
      return { request, words: flags({ model, setup: setups, quant, ...rest }) };
    },
    compare: () => {
      const request = { setups: Array.from({ length: 2 + below(2) }, setup), models: some(models, 2), currency: one(currencies), horizon_months: one([12, 36, 60]), utilisation: one([0.1, 0.5]), ...maybe(0.3, () => ({ region: one(["DE", "US", "XX"]) })) };
      const { setups, models: model, ...rest } = request;
      return { request, words: flags({ setup: setups, model, ...rest }) };
    },
    cluster: () => asFlags({ device: one(devices), max_nodes: 2 + below(4), ...maybe(0.5, () => ({ link: one(["10gbe", "25gbe", "tb5-rdma", "200gbe"]) })), ...maybe(0.9, () => ({ model: one(models) })), ...maybe(0.3, () => ({ split: one(["layer", "tensor"]) })) }),
    cost: () => {
      const request = {
        setup: `${one(["", "2x "])}${one(sold)}`, model: one(models), currency: one(currencies), horizon_months: one([24, 36, 60]),
        usage: { tokens_per_month: one([1e6, 2e7, 3e8]), input_share: one([0.3, 0.8]), hours_per_day: one([4, 24]) },
        ...maybe(0.4, () => ({ tax: one([0.2, 0.265]) })), ...maybe(0.4, () => ({ seats: [{ role: one(roles), count: 1 + below(9) }] })),
        ...maybe(0.3, () => ({ split_people: 2 + below(5) })), ...maybe(0.3, () => ({ wait: { months: 6 } })),
        ...maybe(0.3, () => ({ hybrid: { local_share: 0.5 } })), ...maybe(0.3, () => ({ sensitivity: { volume: [0.5, 2], resale: [0.1, 0.4] } })),
      };
      return { request, plan: request };
    },
    capacity: () => {
      const users = 1 + below(8);
      const model = one(models);
      const rest = { setup: `${one(["", "2x "])}${one(["rtx 4090", "rtx 3090", "dgx spark", "strix halo"])}`, requests: 300, seed: 1 + below(9) };
      return { request: { models: [{ model, workload: { users, think_s: 5 } }], ...rest }, words: flags({ model, users, think: 5, ...rest }) };
    },
    pack: () => {
      const machine = `${one(["2x ", "", "4x "])}${one(["rtx 3090", "rtx 4090", "rtx a6000"])}`;
      const wanted = some(models, 3).map((model) => ({ model, ...maybe(0.3, () => ({ streams: 4 })), ...maybe(0.2, () => ({ pinned: true })) }));
      const mix = mixOf(some(categories, 2));
      const services = random() < 0.5 ? ["embedding:2"] : [];
      const request = { setup: machine, models: wanted, context_tokens: one([4096, 16384]), prompt_mix: mix, services };
      const words = wanted.map(({ model, streams, pinned }) => [model, streams && `${streams} streams`, pinned && "pinned"].filter(Boolean).join(", "));
      return { request, words: [machine, ...words, "--context", String(request.context_tokens), ...services.flatMap((service) => ["--service", service]), ...mixWords(mix)] };
    },
    route: () => {
      const mix = mixOf(some(categories, 3)).map((each) => ({ ...each, ...maybe(0.3, () => ({ needs: [one(["web_search", "tools", "long_context"])] })) }));
      const tokens = one([5e6, 5e7]);
      const threshold = one([0.8, 0.9, 0.95]);
      const local = some(models, 3);
      return {
        request: { models: local, prompt_mix: mix, threshold, usage: { tokens_per_month: tokens } },
        words: ["--models", local.join(","), ...mixWords(mix), "--threshold", String(threshold), "--tokens-per-month", String(tokens)],
      };
    },
    deploy: () => {
      const local = some(models, 2), where = one(["rtx 4090", "2x rtx a6000 + rtx 4090", "2x framework-desktop-max-395-128gb@10gbe", "mac studio m3 ultra 512gb", "4x rtx 3090"]);
      const rest = { ...maybe(0.3, () => ({ engine: one(["llama-server", "ollama", "vllm", "nothing"]) })), ...maybe(0.3, () => ({ concurrency: one([2, 8]) })), ...maybe(0.3, () => ({ sign_in: one(["passwords", "oidc"]) })) };
      const people = random() < 0.4;
      return {
        request: { setup: where, models: local.map((model) => ({ model })), ...rest, ...(people ? { people: [{ count: 8, role: "developer" }] } : {}) },
        words: [where, ...local.flatMap((model) => ["--model", model]), ...flags(rest), ...(people ? ["--people", "developer=8"] : [])],
      };
    },
    eval_task: () => {
      // Only a page asks this: the terminal reads the file that comes of it, as eval_task_draft_test.cc does.
      const settings = {
        title: one(["A line of the budget", "", 3]), category: one(["content", "shell-devops", "poems"]), kind: one(["text", "code"]), difficulty: one([1, 5, 9]),
        expects: ["the sum"], license: "Apache-2.0", created: one(["2026-11-22", "2026-02-30", "soon"]), ...maybe(0.5, () => ({ sandbox: { language: "python", file: "a.py" } })),
        check: [{ type: "keyword", groups: [["net 30", "thirty days"]] }, { type: "number", value: one([1250.4, -3, 1e-7, "many"]) }, ...(random() < 0.4 ? [{ type: "unit_test", case: [{ stdin: "3\n", stdout: "9" }] }] : [])],
      };
      return { onlyPages: true, words: [], request: { id: one(["manager/a-line", "nobody/a", "manager/../a"]), settings, prompt: one(["What?", "+++ wrong inside\n1"]), reference: "42", wrong: [{ name: one(["skims", "No name"]), text: "é\u007f" }] } };
    },
    eval_report: () => {
      const asked = {
        threshold: one([0.5, 0.7, 0.85]), level: one([0.8, 0.95]), ...maybe(0.5, () => ({ reference: "claude-sonnet-4.6" })),
        ...maybe(0.3, () => ({ context_tokens: 32768 })), ...maybe(0.2, () => ({ reference: "nobody" })),
      };
      const words = flags({ ...asked, context_tokens: undefined });
      return {
        command: ["eval", "report"],
        request: { results: [EVALUATION], ...asked },
        words: [EVALUATION_FILE, ...words, ...("context_tokens" in asked ? ["--context", String(asked.context_tokens)] : [])],
      };
    },
    catalog: () => {
      const kind = one(["devices", "models", "formats", "engines", "links", "scores", "measurements", "api_prices", "nothing"]);
      const rest = { ...maybe(0.5, () => ({ filter: one(["q", "rtx", "70b"]) })), limit: one([1, 20, 1000]) };
      return { request: { kind, ...rest }, words: [kind, ...flags(rest)] };
    },
    advise: () => ({
      needs: {
        budget: { max: one([800, 4000, 15000, 60000]), currency: "USD", horizon_months: one([24, 36]) },
        targets: [{ name: "work", model_class: one(["fast", "standard", "coding", "premium"]), tokens_per_s: one([10, 30, 60]), minimum_tokens_per_s: 8, streams: one([1, 3]) }],
        constraints: { noise: one(["quiet", "loud"]), always_on: random() < 0.5 },
      },
    }),
    report: () => {
      const { needs } = draw.advise();
      return random() < 0.5 ? { needs } : { onlyPages: true, words: [], request: { scenarios: [{ name: "a & b", needs }], page: true } };
    },
    bench_compare: () => {
      const [first, second] = [one(BENCHES), one(BENCHES)];
      return {
        command: ["bench", "compare"], words: [first, second],
        request: { first: JSON.parse(readFileSync(first, "utf8")), second: JSON.parse(readFileSync(second, "utf8")), first_name: first, second_name: second },
      };
    },
    seeds: () => {
      const section = one(["S0-1", "S0-2", "S0-31", "S1-3", "S2-4", "S3-11", "S4-1", "S4-16", "S9-9"]);
      return { request: { section }, words: [section] };
    },
    validate: () => {
      const level = one([0.5, 0.8]);
      return { request: { level }, words: ["--level", String(level)] };
    },
  };
  return Object.entries(COUNTS).map(([verb, count]) => ({ verb, asked: Array.from({ length: count }, draw[verb]) }));
}

/** The needs as `rigwise advise` reads them from a file. */
export function needsToml(needs) {
  const table = (object) => Object.entries(object).map(([key, value]) => `${key} = ${JSON.stringify(value)}`).join("\n");
  return `[budget]\n${table(needs.budget)}\n\n${needs.targets.map((target) => `[[targets]]\n${table(target)}\n`).join("\n")}\n[constraints]\n${table(needs.constraints)}\n`;
}
