#include "codec/usage_json.h"

#include <algorithm>

#include "core/base/text.h"
#include "core/usage/log_time.h"

namespace rigwise {
namespace {

constexpr const char* kSchema = "rigwise.usage/1";
constexpr double kSecondsPerHour = 3'600;

Json rounded(double value, int digits = 4) {
  const Result<double> number = parse_number(significant(value, digits));
  return number ? Json(*number) : Json(nullptr);
}

Json maybe(const std::optional<double>& value) { return value ? rounded(*value) : Json(nullptr); }

Json monthly_json(const MonthlyUse& use, double level) {
  Json json = {{"value", rounded(use.value)}, {"low", nullptr}, {"high", nullptr}, {"level", level}};
  if (use.interval) {
    json["low"] = rounded(use.interval->low, 3);
    json["high"] = rounded(use.interval->high, 3);
  }
  return json;
}

Json sums_json(const TokenSums& sums) {
  const bool knows = sums.knows_tokens() || sums.requests == 0;
  return {{"requests", sums.requests},
          {"input_tokens", knows ? Json(sums.input) : Json(nullptr)},
          {"cached_tokens", sums.knows_cached() || sums.requests == 0 ? Json(sums.cached) : Json(nullptr)},
          {"cache_write_tokens", knows ? Json(sums.cache_write) : Json(nullptr)},
          {"output_tokens", knows ? Json(sums.output) : Json(nullptr)},
          {"requests_without_tokens", sums.requests_without_tokens}};
}

Json lengths_json(const LengthTally& lengths) {
  if (lengths.count() == 0) return nullptr;
  constexpr double kHalf = 0.5, kNineTenths = 0.9, kMost = 0.99;
  return {{"mean", rounded(lengths.mean(), 3)},
          {"p50", rounded(lengths.quantile(kHalf), 3)},
          {"p90", rounded(lengths.quantile(kNineTenths), 3)},
          {"p99", rounded(lengths.quantile(kMost), 3)}};
}

Json period_json(const UsageReport& report) {
  const UsageSummary& summary = report.summary;
  if (summary.days <= 0) return nullptr;
  return {{"from", date_of_days(summary.first_day)},
          {"to", date_of_days(summary.last_day)},
          {"days", summary.days},
          {"active_days", summary.active_days},
          {"active_hours_per_day", rounded(summary.active_hours_per_day, 2)},
          {"utc_offset", utc_offset_text(report.window.offset_s)}};
}

Json busiest_json(const UsageSummary& summary) {
  if (!summary.busiest_hour) return nullptr;
  const std::int64_t day = *summary.busiest_hour >= 0 ? *summary.busiest_hour / kHoursOfDay
                                                      : -((-*summary.busiest_hour + kHoursOfDay - 1) / kHoursOfDay);
  const std::int64_t hour = *summary.busiest_hour - day * kHoursOfDay;
  return {{"hour", date_of_days(day) + (hour < 10 ? "T0" : "T") + std::to_string(hour)},
          {"requests", summary.busiest_hour_requests},
          {"requests_per_s", rounded(static_cast<double>(summary.busiest_hour_requests) / kSecondsPerHour)}};
}

Json mix_json(const UsageSummary& summary) {
  Json mix = Json::array();
  for (const CategoryShare& share : summary.mix) {
    mix.push_back({{"category", share.category},
                   {"prompts", share.prompts},
                   {"share", rounded(share.share)},
                   {"low", rounded(share.interval.low, 3)},
                   {"high", rounded(share.interval.high, 3)},
                   {"token_share", maybe(share.token_share)}});
  }
  return mix;
}

/// Shares of the prompts as route and advise read them.
Json prompt_mix(const UsageSummary& summary) {
  Json mix = Json::array();
  for (const CategoryShare& share : summary.mix)
    mix.push_back({{"category", share.category}, {"share", rounded(share.share, 9)}});
  return mix;
}

/// What cost and route call usage; an object without tokens where no request has a date.
Json usage_part(const UsageSummary& summary) {
  Json usage = Json::object();
  if (summary.days > 0 && summary.tokens_per_month.value > 0) {
    usage["tokens_per_month"] = rounded(summary.tokens_per_month.value);
  }
  if (summary.input_share) usage["input_share"] = rounded(*summary.input_share);
  if (summary.cached_share) usage["cached_share"] = rounded(std::min(1.0, *summary.cached_share));
  return usage;
}

/// So many lengths stand for all.
constexpr std::size_t kLengthParts = 100;

Json lengths_part(const LengthTally& lengths) {
  Json list = Json::array();
  constexpr double kMostTokens = 1e7;
  for (const double mean : lengths.part_means(kLengthParts)) {
    list.push_back(rounded(std::clamp(mean, 1.0, kMostTokens)));
  }
  return list;
}

/// The busiest hour, whose load must be borne.
Json workload_part(const UsageReport& report) {
  Json workload = Json::object();
  constexpr double kLeastRate = 1e-5;
  const double rate = static_cast<double>(report.summary.busiest_hour_requests) / kSecondsPerHour;
  if (rate >= kLeastRate) workload["requests_per_s"] = rounded(rate);
  if (report.totals.prompt_lengths.count() > 0) workload["prompt_tokens"] = lengths_part(report.totals.prompt_lengths);
  if (report.totals.output_lengths.count() > 0) workload["output_tokens"] = lengths_part(report.totals.output_lengths);
  if (report.summary.cached_share) workload["prefix_hit"] = rounded(std::min(1.0, *report.summary.cached_share));
  return workload;
}

/// True where at least half of the prompts that the rules know are a developer's.
bool is_mostly_code(const UsageSummary& summary) {
  double code = 0, known = 0;
  for (const CategoryShare& share : summary.mix) {
    if (share.role == "developer") code += share.share;
    if (share.category != kOtherCategory) known += share.share;
  }
  return known > 0 && code >= known / 2;
}

/// What a machine must run to take the work over: the class of models by the prompts, a context that holds 99 of 100
/// requests, and the mean of what a request brings that was not cached.
Json target_part(const UsageReport& report) {
  constexpr double kNearlyAll = 0.99, kMostTokens = 1e7;
  const LengthTally &prompts = report.totals.prompt_lengths, &outputs = report.totals.output_lengths;
  if (prompts.count() == 0) return Json::array();
  const double written = outputs.count() == 0 ? 0 : outputs.quantile(kNearlyAll);
  const double fresh = prompts.mean() * (1 - std::min(1.0, report.summary.cached_share.value_or(0)));
  const bool code = is_mostly_code(report.summary);
  return Json::array(
      {{{"name", code ? "coding as used" : "work as used"},
        {"model_class", code ? "coding" : "standard"},
        {"prompt_tokens", std::clamp(std::round(fresh), 1.0, kMostTokens)},
        {"context_tokens", std::clamp(std::ceil(prompts.quantile(kNearlyAll) + written), 1.0, kMostTokens)}}});
}

/// Parts of requests, ready to be laid under flags.
void add_parts(const UsageReport& report, Json& json) {
  const Json usage = usage_part(report.summary);
  json["cost"] = {{"usage", usage}};
  json["route"] = Json::object();
  if (!report.summary.mix.empty()) json["route"]["prompt_mix"] = prompt_mix(report.summary);
  if (usage.contains("tokens_per_month")) json["route"]["usage"] = usage;
  json["capacity"] = {{"workload", workload_part(report)}};
  Json needs = usage;
  needs.erase("cached_share");
  if (!report.summary.mix.empty()) needs["prompt_mix"] = prompt_mix(report.summary);
  json["advise"] = {{"needs", {{"usage", std::move(needs)}}}};
  if (Json targets = target_part(report); !targets.empty()) json["advise"]["needs"]["targets"] = std::move(targets);
}

Json sources_json(const UsageReport& report) {
  Json sources = Json::array();
  for (const UsageSource& source : report.sources) {
    sources.push_back(
        {{"format", source.format}, {"files", source.files}, {"bytes", source.bytes}, {"requests", source.requests}});
  }
  return sources;
}

}  // namespace

Json usage_json(const UsageReport& report) {
  const UsageTotals& totals = report.totals;
  const UsageSummary& summary = report.summary;
  Json json = {{"schema", kSchema}, {"sources", sources_json(report)}, {"period", period_json(report)}};
  json["totals"] = sums_json(totals.all);
  json["sidechains"] = sums_json(totals.sidechains);
  json["copies"] = totals.copies;
  json["undated"] = totals.undated;
  json["left_out"] = totals.left_out;
  json["long_context_requests"] = totals.long_context;
  const bool knows_month = summary.days > 0 && totals.all.knows_tokens();
  json["tokens_per_month"] = knows_month ? monthly_json(summary.tokens_per_month, report.level) : Json(nullptr);
  json["requests_per_month"] =
      summary.days > 0 ? monthly_json(summary.requests_per_month, report.level) : Json(nullptr);
  json["shares"] = {{"input", maybe(summary.input_share)}, {"cached", maybe(summary.cached_share)}};
  json["models"] = Json::array();
  for (const ModelUse& use : totals.models) {
    Json model = {{"model", use.model.empty() ? Json(nullptr) : Json(use.model)}};
    model.update(sums_json(use.sums));
    json["models"].push_back(std::move(model));
  }
  json["hours"] = Json::array();
  for (std::size_t hour = 0; hour < totals.by_hour.size(); ++hour) {
    json["hours"].push_back(
        {{"hour", hour}, {"requests", totals.by_hour[hour]}, {"tokens", totals.tokens_by_hour[hour]}});
  }
  json["weekdays"] = totals.by_weekday;
  json["busiest_hour"] = busiest_json(summary);
  json["lengths"] = {{"prompt_tokens", lengths_json(totals.prompt_lengths)},
                     {"output_tokens", lengths_json(totals.output_lengths)}};
  json["prompts"] = totals.prompts;
  json["conversations"] = totals.conversations;
  json["mix"] = mix_json(summary);
  add_parts(report, json);
  json["files_passed_over"] = report.files_passed_over;
  json["fault_count"] = report.faults;
  json["faults"] = Json::array();
  for (const UsageFault& fault : report.first_faults) {
    // The folders above may say who somebody is, and this may be shown to others.
    json["faults"].push_back(
        {{"where", fault.where.substr(fault.where.find_last_of("/\\") + 1)}, {"message", fault.message}});
  }
  json["notes"] = summary.notes;
  return json;
}

Result<Json> usage_file_of(std::string_view text, const std::string& file_name) {
  Result<Json> json = parse_json(text);
  constexpr const char* kTry = "a file of `rigwise usage import LOGS... --out usage.json`";
  if (!json) {
    return invalid(json.error().message, file_name + (json.error().where.empty() ? "" : ": " + json.error().where),
                   kTry);
  }
  if (!json->is_object() || !json->contains("schema") || (*json)["schema"] != kSchema) {
    return invalid("the file is no summary of usage", file_name, kTry);
  }
  for (const char* part : {"cost", "route", "capacity", "advise"}) {
    if (!json->contains(part) || !(*json)[part].is_object()) {
      return invalid(std::string("the summary has no part \"") + part + "\"", file_name, kTry);
    }
  }
  return json;
}

}  // namespace rigwise
