#include "host/cli/mix_flags.h"

#include <cmath>

#include "codec/csv.h"
#include "codec/result_set.h"
#include "core/base/text.h"
#include "host/cli/people_groups.h"
#include "host/cli/result_files.h"
#include "host/files/files.h"

namespace rigwise {
namespace {

constexpr const char* kMixForm = "\"coding:40, chat:30, research+web_search:30\"";
constexpr const char* kModelForm = "\"qwen3-32b:q4_k_m, 4 streams, 32k, pinned, on 0+1, duty 0.3\"";
constexpr const char* kServiceForm = "\"embedding:2, pinned, on 1\"";

Result<Json> category_in(const std::string& text) {
  const std::size_t colon = text.rfind(':');
  Json entry = Json::object();
  std::string_view name(text);
  if (colon != std::string::npos) {
    std::string_view share = trim(name.substr(colon + 1));
    if (share.ends_with('%')) share.remove_suffix(1);
    const Result<double> number = parse_number(trim(share));
    if (!number) return invalid("\"" + text + "\" has no share after the colon", "--mix", kMixForm);
    entry["share"] = *number;
    name = name.substr(0, colon);
  }
  const std::vector<std::string_view> words = split(name, '+');
  entry["category"] = std::string(trim(words.front()));
  for (std::size_t i = 1; i < words.size(); ++i) entry["needs"].push_back(std::string(trim(words[i])));
  return entry;
}

/// "0+1" -> [0, 1], "1" -> 1, "rtx 4090" stays a name.
Json devices_in(std::string_view text) {
  Json numbers = Json::array();
  for (const std::string_view word : split(text, '+')) {
    const Result<double> number = parse_number(trim(word));
    if (!number || *number != std::floor(*number) || *number < 0 || *number > 1e6) return std::string(trim(text));
    numbers.push_back(static_cast<int>(*number));
  }
  return numbers.size() == 1 ? numbers[0] : numbers;
}

/// What a model and a service may both say: "pinned", "on 0+1", "duty 0.3".
bool take_common(std::string_view part, Json& entry) {
  if (part == "pinned") {
    entry["pinned"] = true;
    return true;
  }
  if (part.starts_with("on ")) {
    entry["on"] = devices_in(trim(part.substr(3)));
    return true;
  }
  if (!part.starts_with("duty ")) return false;
  const Result<double> duty = parse_number(trim(part.substr(5)));
  if (duty) entry["duty"] = *duty;
  return duty.has_value();
}

bool take_streams(std::string_view part, Json& entry) {
  for (const std::string_view tail : {" streams", " stream"}) {
    if (!part.ends_with(tail)) continue;
    const Result<double> count = parse_number(trim(part.substr(0, part.size() - tail.size())));
    if (count) entry["streams"] = *count;
    return count.has_value();
  }
  return false;
}

}  // namespace

Result<Json> mix_in(const std::string& text) {
  Json mix = Json::array();
  for (const std::string& part : words_between_commas(text)) {
    Result<Json> entry = category_in(part);
    if (!entry) return entry;
    mix.push_back(*std::move(entry));
  }
  return mix;
}

Result<Json> own_scores_in(const std::string& path) {
  const Result<std::string> text = read_file(path);
  if (!text) return fail(text.error());
  std::vector<Diagnostic> faults;
  constexpr double kMostPoints = 1e9;
  CsvTable table(*text, path, {"model", "category", "score"}, {"scale_max", "tasks"}, false, faults);
  Json scores = Json::array();
  while (faults.empty() && table.usable() && table.next()) {
    Json row = {{"model", table.text(table.column("model"))}, {"category", table.text(table.column("category"))}};
    if (!table.require(table.column("score"))) break;
    const std::optional<double> score = table.number(table.column("score"), 0, kMostPoints);
    if (!score) break;
    row["score"] = *score;
    for (const char* key : {"scale_max", "tasks"}) {
      const std::optional<double> value = table.number(table.column(key), 0, kMostPoints);
      if (value) row[key] = *value;
    }
    scores.push_back(std::move(row));
  }
  if (!faults.empty()) {
    const Diagnostic& first = faults.front();
    return invalid(first.message, path + ":" + std::to_string(first.line), "model,category,score[,scale_max,tasks]");
  }
  return scores;
}

Result<void> lay_results_over(const Args& args, Json& request) {
  const auto path = args.text("--scores");
  const bool from_file = path && path->ends_with(".json");
  const bool from_store = args.has("--run") || args.has("--store");
  if (!from_file && !from_store) return {};
  if (from_file && from_store) {
    return invalid("scores come from a result file or from a store, not from both", "--scores",
                   "--scores RESULTS.json, or --store and --run");
  }
  std::string note;  // --store without --run: these flags say that it is the newest
  const Result<ResultSet> results = from_file ? results_in_files({*path}) : results_in(args, note);
  if (!results) return fail(results.error());
  request["results"] = result_set_json(*results);
  return {};
}

Result<void> lay_quality_flags_over(const Args& args, Json& request) {
  if (const auto text = args.text("--mix")) {
    Result<Json> mix = mix_in(*text);
    if (!mix) return fail(mix.error());
    request["prompt_mix"] = *std::move(mix);
  }
  if (Result<void> done = lay_results_over(args, request); !done) return done;
  const auto path = args.text("--scores");
  if (path && !path->ends_with(".json")) {
    Result<Json> scores = own_scores_in(*path);
    if (!scores) return fail(scores.error());
    request["scores"] = *std::move(scores);
  }
  return {};
}

Result<int> context_in(const std::string& text, const std::string& flag) {
  std::string_view digits = trim(text);
  double factor = 1;
  if (digits.ends_with('k') || digits.ends_with('K')) {
    factor = 1024;
    digits.remove_suffix(1);
  }
  constexpr double kMost = 1e7;
  const Result<double> number = parse_number(trim(digits));
  if (!number || *number * factor < 1 || *number * factor > kMost) {
    return invalid("\"" + text + "\" is no number of tokens", flag, "8192 or 16k (16,384)");
  }
  return static_cast<int>(*number * factor);
}

Result<Json> packed_model_in(const std::string& text) {
  const std::vector<std::string> parts = words_between_commas(text);
  Json entry = {{"model", parts.empty() ? std::string() : parts.front()}};
  for (std::size_t i = 1; i < parts.size(); ++i) {
    if (take_common(parts[i], entry) || take_streams(parts[i], entry)) continue;
    const Result<int> context = context_in(parts[i], "MODEL");
    if (!context) return invalid("\"" + parts[i] + "\" says nothing of a model", "MODEL", kModelForm);
    entry["context_tokens"] = *context;
  }
  return entry.size() == 1 ? entry["model"] : entry;
}

Result<Json> packed_service_in(const std::string& text) {
  const std::vector<std::string> parts = words_between_commas(text);
  const std::string first = parts.empty() ? std::string() : parts.front();
  if (parts.size() <= 1) return Json(first);
  const std::size_t colon = first.rfind(':');
  Json entry = {{"name", std::string(trim(std::string_view(first).substr(0, colon)))}};
  if (colon != std::string::npos) {
    const Result<double> gb_given = parse_number(trim(std::string_view(first).substr(colon + 1)));
    if (!gb_given) return invalid("\"" + first + "\" has no number of GB after the colon", "--service", kServiceForm);
    entry["memory_gb"] = *gb_given;
  }
  for (std::size_t i = 1; i < parts.size(); ++i) {
    if (!take_common(parts[i], entry)) {
      return invalid("\"" + parts[i] + "\" says nothing of a service", "--service", kServiceForm);
    }
  }
  return entry;
}

}  // namespace rigwise
