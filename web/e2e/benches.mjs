// Results of benches that never ran: three levels, 80 requests each, the same every time.

function numbersFrom(seed) {
  return () => (seed = (seed * 1103515245 + 12345) % 2147483648) / 2147483648;
}

const quantile = (sorted, q) => sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * q))];

function summary(values) {
  const sorted = [...values].sort((a, b) => a - b);
  const mean = values.reduce((sum, each) => sum + each, 0) / values.length;
  return { samples: values.length, mean, p50: quantile(sorted, 0.5), p90: quantile(sorted, 0.9), p95: quantile(sorted, 0.95), p99: values.length >= 80 ? quantile(sorted, 0.99) : null, min: sorted[0], max: sorted.at(-1) };
}

function level(streams, slower, random) {
  const count = 80, tokens = 100;
  const ttft = Array.from({ length: count }, () => slower * (0.08 + 0.03 * streams) * (0.9 + 0.2 * random()));
  const tpot = Array.from({ length: count }, () => slower * (0.012 + 0.0016 * streams) * (0.97 + 0.06 * random()));
  const e2e = ttft.map((wait, i) => wait + tpot[i] * (tokens - 1));
  const each = summary(tpot.map((time) => 1 / time));
  const none = summary([0]);
  return {
    concurrency: streams, requests: count, ok: count - (streams > 8 ? 1 : 0), errors: streams > 8 ? { read_timeout: 1 } : {}, oddities: {}, duration_s: 30, interrupted: false, interrupted_requests: 0,
    steady: streams < 8, not_steady_because: streams < 8 ? [] : ["ttft grows over the window"], keeps_slo: null, degradation: null, scaling: null,
    ttfr_s: summary(ttft), ttft_s: summary(ttft), ttfv_s: summary(ttft), ttft_planned_s: summary(ttft), icl_s: summary(tpot), itl_s: summary(tpot), tpot_s: summary(tpot), tpot_compat_s: summary(tpot), e2e_s: summary(e2e), e2e_planned_s: summary(e2e), stall_max_s: summary(tpot), stalls: 0, client_lag_s: none,
    output_tokens_per_s: each.p50 * streams, output_tokens_per_s_interval: [each.p50 * streams * 0.98, each.p50 * streams * 1.02], output_tokens_per_s_run: each.p50 * streams, per_stream_tokens_per_s: each,
    prompt_tokens_per_s: 200, requests_per_s: 2, offered_per_s: 2, delivered_per_s: 2, streams_mean: streams, streams_max: streams, goodput_per_s: null, goodput_share: null, server_prefill_tokens_per_s: null, server_decode_tokens_per_s: null,
    output_tokens: summary([tokens]), prompt_tokens: summary([512]), token_sources: { usage: count }, cached_share: 0, prompt_as_planned_share: 1, output_as_planned_share: 1, connect_s_p50: 0.0001,
    client_health: {
      grade: streams > 8 ? "C" : "A", reasons: streams > 8 ? ["its thread used 91 % of a core"] : [], load_as_planned: true, timing_error_p99_s: 2e-5, kernel_stamps: true, stamped_share: 1, shared_stamp_share: 0, first_blur_p99_s: 0, gap_blur_p99_s: 0, send_call_p99_s: 1e-5,
      wake_delay_s: { p50: 1e-5, p99: 1e-4, max: 1e-3 }, cpu_share_max: 0.1, cpu_s: 1, cpu_s_per_token_event: 1e-5, run_queue_wait_s: 0, involuntary_switches: 0, retransmits: 0, stops: 0, stopped_s: 0, clock_steps: 0, client_limits: 0, token_events: count * tokens,
    },
    notes: [],
    samples: { index: ttft.map((_, i) => i), ttft_s: ttft, tpot_s: tpot, e2e_s: e2e, output_tokens: ttft.map(() => tokens), at_s: ttft.map((_, i) => i * 0.37) },
  };
}

/** `slower` than the usual one; `measured_at` names it among the saved. */
export function sampleBench({ slower = 1, measured_at = "2026-11-22T14:05:09Z", model = "qwen3-8b-q4_k_m", levels = [1, 4, 16], seed = 7 } = {}) {
  const random = numbersFrom(seed);
  return {
    schema: "rigwise.bench/1", measured_at,
    target: { url: "http://127.0.0.1:8080/v1", model, dialect: "chat", same_machine: true, tls: "none", abilities: { streams: true, ignore_eos: true, min_tokens: false, usage: true, cached_tokens: true, server_timings: true, tokenizer: true, tokens_per_event: 1 } },
    load: { kind: "closed", arrivals: null, burstiness: 1, ramp_s: 0, think_s: 0, seed: 1, run: "0123456789", prompt_tokens: [512], output_tokens: 100, profile: "chat", dataset: null, shared_prefix: 0, nonce: true, texts: 64, texts_not_fitted: 0, prompt_count_source: "tokenizer" },
    slo: { ttft_s: null, tpot_s: null, e2e_s: null, gap_s: null, percentile: 95 },
    levels: levels.map((streams) => level(streams, slower, random)),
    prefill: null, search: null, interrupted: false, machine: { cpu: "A processor of a test", cores: 8, system: "Linux 6.1", rigwise: "0.1.0" }, notes: [],
  };
}

/** A run under way, as its terminal writes it; `seconds` in. */
export function liveBench(seconds, run = "aabbccddee") {
  const at = Array.from({ length: seconds }, (_, i) => i + 1);
  return {
    schema: "rigwise.bench_live/1", started_ms: Date.now() - seconds * 1000, updated_ms: Date.now(), phase: "measuring", run,
    target: { url: "http://127.0.0.1:8080/v1", model: "qwen3-8b-q4_k_m" }, load: { kind: "closed", planned: [1, 4, 16], is_search: false },
    level: { load: 4, is_rate: false, elapsed_s: seconds, expected_s: 30, sent: 40 + seconds, ended: 36 + seconds, failed: 0, measured: 20, wanted: 0 },
    levels: [{ load: 1, requests: 20, ok: 20, ttft_s: 0.11, ttft_p99_s: null, itl_s: 0.0136, itl_p99_s: null, per_stream_tokens_per_s: 73.5, output_tokens_per_s: 72.9, grade: "A" }],
    moments: { at_s: at, events_per_s: at.map((second) => (second < 4 ? 70 : 210 + 9 * Math.sin(second))), under_way: at.map((second) => (second < 4 ? 1 : 4)), failed: at.map(() => 0) },
  };
}
