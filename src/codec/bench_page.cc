#include "codec/bench_page.h"

#include <array>
#include <utility>

#include "codec/bench_charts.h"
#include "codec/html_writer.h"
#include "core/base/text.h"

namespace rigwise {
namespace {

constexpr std::string_view kStyle = R"(
:root{--paper:#fbfcfc;--line:#dce0e3;--ink:#141d23;--ink2:#424c53;--ink3:#606970;--warn:#96600c;--bad:#952011;
--c1:#136a8e;--c2:#b47819;--c3:#4f2c94;--c4:#4d9d61}
@media(prefers-color-scheme:dark){:root{--paper:#0f1317;--line:#293036;--ink:#e6eaed;--ink2:#b3babe;--ink3:#90989d;
--warn:#ebbc69;--bad:#f4866e;--c1:#6ac0e0;--c2:#eebb5e;--c3:#9176e3;--c4:#a8ebb5}}
body{margin:0 auto;max-width:60rem;padding:24px 16px 56px;background:var(--paper);color:var(--ink);
font:16px/1.5 -apple-system,BlinkMacSystemFont,"Segoe UI",Roboto,"Helvetica Neue","Liberation Sans",Arial,sans-serif}
h1{font-size:1.6rem;line-height:1.2;margin:0 0 8px}h2{font-size:1.15rem;margin:36px 0 8px}
h3{font-size:1rem;margin:24px 0 4px}small,.small{color:var(--ink3);font-size:.85rem;font-weight:400}
.wide{overflow-x:auto}table{border-collapse:collapse;min-width:100%}
th,td{text-align:right;padding:4px 10px;border-bottom:1px solid var(--line);white-space:nowrap}
th:first-child,td:first-child{text-align:left;padding-left:0}th{color:var(--ink2);font-weight:500}
td{font-variant-numeric:tabular-nums}dt{font-weight:600;margin-top:8px}dd{margin:0;color:var(--ink2)}
figure{margin:16px 0}figcaption{font-weight:600}svg{width:100%;height:auto;display:block}
.grid{stroke:var(--line)}.tick{fill:var(--ink3);font-size:11px}.name{fill:var(--ink2);font-size:12px}
.dot{fill:var(--ink);stroke:var(--paper);stroke-width:1.5}.ring{fill:var(--paper);stroke:var(--ink);stroke-width:2}
.range{stroke:var(--ink3);stroke-width:2}polyline{fill:none;stroke-width:2}
.c1{stroke:var(--c1)}.c2{stroke:var(--c2)}.c3{stroke:var(--c3)}.c4{stroke:var(--c4)}
.n1{fill:var(--c1)}.n2{fill:var(--c2)}.n3{fill:var(--c3)}.n4{fill:var(--c4)}
.bad{color:var(--bad)}.warn{color:var(--warn)}ul{padding-left:1.2rem}
@media print{body{background:#fff;color:#000}}
)";

/// A key's value, or null.
const Json& at(const Json& object, const char* key) {
  static const Json kNone = nullptr;
  if (!object.is_object()) return kNone;
  const auto found = object.find(key);
  return found == object.end() ? kNone : *found;
}

std::optional<double> number(const Json& value) {
  return value.is_number() ? std::optional<double>(value.get<double>()) : std::nullopt;
}

std::string text(const Json& value) { return value.is_string() ? value.get<std::string>() : ""; }

std::string shown(const std::optional<double>& value, double unit = 1) {
  return value ? significant(*value * unit) : "-";
}

/// The median where there are values enough for it, else the mean.
std::optional<double> typical(const Json& summary) {
  const std::optional<double> median = number(at(summary, "p50"));
  return median ? median : number(at(summary, "mean"));
}

void cell(std::string& page, const std::string& said, const char* tag = "td") {
  page.append("<").append(tag).append(">").append(escape_html(said)).append("</").append(tag).append(">");
}

void row(std::string& page, const std::vector<std::string>& cells, const char* tag = "td") {
  page += "<tr>";
  for (const std::string& said : cells) cell(page, said, tag);
  page += "</tr>";
}

std::string short_load(const Json& level) {
  const std::optional<double> rate = number(at(level, "rate"));
  return rate ? significant(*rate) + "/s" : significant(number(at(level, "concurrency")).value_or(0), 6);
}

std::string grade_of(const Json& level) { return text(at(at(level, "client_health"), "grade")); }

void add_asked(std::string& page, const Json& report) {
  const Json &target = at(report, "target"), &load = at(report, "load");
  page.append("<h1>").append(escape_html(text(at(target, "model")))).append(" under load</h1><p>");
  page.append(escape_html(text(at(target, "url"))));
  page.append(", asked in the dialect ").append(escape_html(text(at(target, "dialect"))));
  page.append(", ").append(escape_html(text(at(report, "measured_at")))).append(" (UTC). ");
  std::vector<std::string> lengths;
  if (at(load, "prompt_tokens").is_array()) {
    for (const Json& length : at(load, "prompt_tokens")) lengths.push_back(shown(number(length)));
  }
  if (!lengths.empty()) {
    page.append("Prompts of ").append(join(lengths, ", ")).append(" tokens, counted by ");
    page.append(escape_html(text(at(load, "prompt_count_source")))).append(". ");
  } else {
    page.append("Prompts of ").append(escape_html(text(at(load, "dataset")))).append(". ");
  }
  page.append("Answers of ").append(shown(number(at(load, "output_tokens")))).append(" tokens. ");
  const std::string kind = text(at(load, "kind"));
  page += kind == "closed" ? "Each stream asks again when it has its answer."
          : kind == "open" ? "Requests leave by a plan, whatever the answers do."
                           : "Requests leave at the times of a trace.";
  page += "</p>";
  if (at(report, "interrupted") == true) {
    page += "<p class=\"warn\">The run was interrupted: this is what was measured until then.</p>";
  }
}

void add_overview(std::string& page, const Json& levels) {
  page += "<h2>What came of it</h2><div class=\"wide\"><table>";
  row(page, {"load", "answered", "ttft ms", "p99", "itl ms", "p99", "tok/s each", "tok/s all", "requests/s", "client"},
      "th");
  for (const Json& level : levels) {
    const Json &ttft = at(level, "ttft_s"), &itl = at(level, "itl_s");
    row(page,
        {short_load(level), shown(number(at(level, "ok"))) + " of " + shown(number(at(level, "requests"))),
         shown(typical(ttft), 1e3), shown(number(at(ttft, "p99")), 1e3), shown(typical(itl), 1e3),
         shown(number(at(itl, "p99")), 1e3), shown(typical(at(level, "per_stream_tokens_per_s"))),
         shown(number(at(level, "output_tokens_per_s"))), shown(number(at(level, "requests_per_s"))), grade_of(level)});
  }
  page +=
      "</table></div><p class=\"small\">Medians, or means where there are too few values for a median; a percentile "
      "without values enough for it is not shown. Grades: A, nothing of the client shows in the numbers; B, up to 5 "
      "%; C, look at the reasons before quoting; D, the numbers are the client's or the load was not the one "
      "planned.</p>";
}

void add_charts(std::string& page, const Json& levels) {
  std::vector<BenchChartColumn> all, each, first;
  std::vector<BenchDistribution> spread;
  for (const Json& level : levels) {
    const std::string name = short_load(level);
    const Json &ttft = at(level, "ttft_s"), &interval = at(level, "output_tokens_per_s_interval");
    BenchChartColumn column{name, {number(at(level, "output_tokens_per_s"))}, {}, {}};
    if (interval.is_array() && interval.size() == 2) {
      column.low = number(interval[0]);
      column.high = number(interval[1]);
    }
    all.push_back(std::move(column));
    each.push_back({name, {typical(at(level, "per_stream_tokens_per_s"))}, {}, {}});
    std::optional<double> middle = typical(ttft), tail = number(at(ttft, "p99"));
    if (middle) *middle *= 1e3;
    if (tail) *tail *= 1e3;
    first.push_back({name, {middle, tail}, {}, {}});
    BenchDistribution values{say_bench_load(level), {}};
    const Json& samples = at(at(level, "samples"), "ttft_s");
    if (samples.is_array()) {
      for (const Json& sample : samples) {
        if (sample.is_number()) values.values.push_back(sample.get<double>() * 1e3);
      }
    }
    if (!values.values.empty()) spread.push_back(std::move(values));
  }
  page += bench_chart("Tokens of all streams, by load", "tokens a second; bar: 95 % of the mean", {"all"}, all);
  page += bench_chart("Speed of one stream, by load", "tokens a second, median", {"each"}, each);
  page += bench_chart("Time to the first token, by load", "milliseconds", {"median", "p99"}, first);
  if (!spread.empty()) {
    page += bench_distribution_chart("How many had their first token by then", "share of requests, over milliseconds",
                                     std::move(spread));
  }
}

void add_percentiles(std::string& page, const Json& level) {
  struct Shown {
    const char *key, *name;
    double unit;
  };
  constexpr std::array<Shown, 10> kShown = {{{"ttft_s", "ttft, ms", 1e3},
                                             {"ttfv_s", "first visible token, ms", 1e3},
                                             {"ttft_planned_s", "ttft from the planned time, ms", 1e3},
                                             {"itl_s", "itl, ms", 1e3},
                                             {"icl_s", "gap between events, ms", 1e3},
                                             {"tpot_s", "tpot, ms", 1e3},
                                             {"e2e_s", "whole answer, s", 1},
                                             {"per_stream_tokens_per_s", "speed of a stream, tok/s", 1},
                                             {"stall_max_s", "longest gap of a request, ms", 1e3},
                                             {"client_lag_s", "left late by, ms", 1e3}}};
  page += "<div class=\"wide\"><table>";
  row(page, {"", "values", "mean", "min", "p50", "p90", "p95", "p99", "max"}, "th");
  for (const Shown& metric : kShown) {
    const Json& summary = at(level, metric.key);
    if (number(at(summary, "samples")).value_or(0) == 0) continue;
    std::vector<std::string> cells = {metric.name, shown(number(at(summary, "samples")))};
    for (const char* key : {"mean", "min", "p50", "p90", "p95", "p99", "max"}) {
      cells.push_back(shown(number(at(summary, key)), metric.unit));
    }
    row(page, cells);
  }
  page += "</table></div>";
}

void add_line(std::string& page, const std::string& said, const char* kind = "") {
  page.append("<li").append(*kind == 0 ? "" : std::string(" class=\"") + kind + "\"").append(">");
  page.append(escape_html(said)).append("</li>");
}

void add_counts(std::string& page, const Json& counts, const char* kind, const char* what) {
  if (!counts.is_object()) return;
  for (const auto& [name, count] : counts.items()) {
    std::string line = shown(number(count));
    line.append(" ").append(what).append(": ").append(name);
    add_line(page, line, kind);
  }
}

void add_texts(std::string& page, const Json& list, const std::string& before, const char* kind) {
  if (!list.is_array()) return;
  for (const Json& entry : list) add_line(page, before + text(entry), kind);
}

void add_level(std::string& page, const Json& level) {
  page.append("<h3>").append(escape_html(say_bench_load(level))).append(" <small>");
  page.append(shown(number(at(level, "duration_s")))).append(" s measured; client's grade ");
  page.append(escape_html(grade_of(level))).append("</small></h3>");
  add_percentiles(page, level);
  page += "<ul>";
  add_counts(page, at(level, "errors"), "bad", "failed");
  add_counts(page, at(level, "oddities"), "", "whole but odd");
  const Json& keeps = at(level, "keeps_slo");
  if (keeps.is_boolean()) {
    add_line(page,
             std::string(keeps.get<bool>() ? "keeps" : "does not keep") + " the objectives; goodput " +
                 shown(number(at(level, "goodput_per_s"))) + " requests a second, " +
                 shown(number(at(level, "goodput_share")), 100) + " % of what was asked",
             keeps.get<bool>() ? "" : "warn");
  }
  add_texts(page, at(level, "not_steady_because"), "not shown to be steady: ", "warn");
  const Json& health = at(level, "client_health");
  add_texts(page, at(health, "reasons"), "client: ", "warn");
  add_texts(page, at(level, "notes"), "", "");
  add_line(page, "the client's times are off by at most " + shown(number(at(health, "timing_error_p99_s")), 1e6) +
                     " us at p99; it used " + shown(number(at(health, "cpu_s_per_token_event")), 1e6) +
                     " us of a core for each event");
  page += "</ul>";
}

void add_environment(std::string& page, const Json& report) {
  const Json &machine = at(report, "machine"), &target = at(report, "target"), &load = at(report, "load");
  page += "<h2>Environment</h2><div class=\"wide\"><table>";
  row(page, {"client", text(at(machine, "cpu")) + ", " + shown(number(at(machine, "cores"))) + " cores"});
  row(page, {"system", text(at(machine, "system"))});
  row(page, {"rigwise", text(at(machine, "rigwise"))});
  row(page, {"server on the same machine", at(target, "same_machine") == true ? "yes: it shares its cores" : "no"});
  row(page, {"TLS", text(at(target, "tls"))});
  row(page, {"seed", shown(number(at(load, "seed")))});
  row(page, {"run", text(at(load, "run"))});
  page += "</table></div>";
}

void add_definitions(std::string& page) {
  constexpr std::array<std::pair<std::string_view, std::string_view>, 9> kWords = {
      {{"ttft", "From sending a request to its first token of any kind, thoughts included."},
       {"ttft from the planned time", "The same, from when the request should have left: what a person waited."},
       {"itl", "Gaps between token events, each spread over the tokens that ended it."},
       {"tpot", "Time from the first to the last token, over the tokens after the first event."},
       {"speed of a stream", "1/tpot: what one person sees."},
       {"tok/s all", "Tokens whose receive stamps lie in the measured window, over its length."},
       {"pNN", "NN of 100 values lie below. Shown only where at least two values lie beyond it with 99 % confidence."},
       {"goodput", "Requests that kept every objective; failed ones are not good."},
       {"client's grade", "How far the load generator's own delays show in the numbers, from its own evidence."}}};
  page += "<h2>Words</h2><dl>";
  for (const auto& [word, meaning] : kWords) {
    page.append("<dt>").append(word).append("</dt><dd>").append(meaning).append("</dd>");
  }
  page += "</dl>";
}

}  // namespace

std::string bench_page(const Json& report) {
  const Json& levels = at(report, "levels");
  std::string page =
      "<!DOCTYPE html>\n<html lang=\"en\"><head><meta charset=\"utf-8\"><meta name=\"viewport\" "
      "content=\"width=device-width, initial-scale=1\"><meta http-equiv=\"Content-Security-Policy\" "
      "content=\"default-src 'none'; style-src 'unsafe-inline'\"><title>";
  page.append(escape_html(text(at(at(report, "target"), "model")))).append(" under load</title><style>");
  page.append(kStyle).append("</style></head><body>");
  add_asked(page, report);
  if (levels.is_array() && !levels.empty()) {
    add_overview(page, levels);
    add_charts(page, levels);
    const std::optional<double> prefill = number(at(at(report, "prefill"), "tokens_per_s"));
    if (prefill) {
      page.append("<p>Prefill: ").append(significant(*prefill));
      page.append(" tokens a second, the slope of ttft over prompts of several lengths.</p>");
    }
    const std::optional<double> largest = number(at(at(report, "search"), "largest_load"));
    if (largest) {
      page.append("<p>Largest load that keeps the objectives: ").append(significant(*largest)).append(".</p>");
    }
    page += "<h2>Each load</h2>";
    for (const Json& level : levels) add_level(page, level);
  } else {
    page += "<p>Nothing was measured.</p>";
  }
  add_environment(page, report);
  add_definitions(page);
  page += "</body></html>\n";
  return page;
}

}  // namespace rigwise
