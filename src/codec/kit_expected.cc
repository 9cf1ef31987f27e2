#include "codec/kit_expected.h"

#include <optional>

#include "codec/json_fields.h"

namespace rigwise {
namespace {

const Json* model_named(const Json& expected, const std::string& service, std::vector<std::string>& names) {
  const Json* found = nullptr;
  const Json* models = value_at(expected, "models");
  if (models == nullptr || !models->is_array()) return nullptr;
  for (const Json& model : *models) {
    names.push_back(text_at(model, "service"));
    if (names.back() == service) found = &model;
  }
  return found;
}

const Json* level_of(const Json& bench, double streams) {
  const Json* levels = value_at(bench, "levels");
  if (levels == nullptr || !levels->is_array()) return nullptr;
  for (const Json& level : *levels) {
    if (number_at(level, "concurrency") == streams && number_at(level, "rate").value_or(0) == 0) return &level;
  }
  return nullptr;
}

/// The median, or the mean where too few requests were measured for one.
std::optional<double> typical_of(const Json& level, const std::string& summary) {
  const std::optional<double> median = number_at(level, summary + ".p50");
  return median ? median : number_at(level, summary + ".mean");
}

void add_figure(const char* quantity, double streams, const Json& predicted, std::optional<double> measured,
                std::vector<ConfirmedFigure>& figures) {
  const auto value = number_at(predicted, "value"), low = number_at(predicted, "low"),
             high = number_at(predicted, "high");
  if (!value || !low || !high || !measured) return;
  figures.push_back({quantity, static_cast<int>(streams), {*value, *low, *high}, *measured});
}

}  // namespace

Result<std::vector<ConfirmedFigure>> confirmed_figures(const Json& expected, const std::string& service,
                                                       const Json& bench) {
  if (text_at(expected, "schema") != "rigwise.kit_expected/1") {
    return invalid("this is no expected.json of a kit", "EXPECTED", "the file that `rigwise deploy -o` wrote");
  }
  if (text_at(bench, "schema") != "rigwise.bench/1") {
    return invalid("this is no result of a bench", "RESULT", "the file that `rigwise bench --out` wrote");
  }
  std::vector<std::string> names;
  const Json* model = model_named(expected, service, names);
  if (model == nullptr) {
    return fail({ErrorCode::not_found, "the kit has no service \"" + service + "\"", "SERVICE",
                 "one of those in expected.json", names});
  }
  std::vector<ConfirmedFigure> figures;
  const Json* levels = value_at(*model, "levels");
  const Json none = Json::array();
  for (const Json& predicted : levels != nullptr && levels->is_array() ? *levels : none) {
    const double streams = number_at(predicted, "concurrency").value_or(0);
    const Json* measured = level_of(bench, streams);
    if (measured == nullptr) continue;
    if (const Json* decode = value_at(predicted, "decode")) {
      add_figure("decode", streams, *decode, typical_of(*measured, "per_stream_tokens_per_s"), figures);
    }
    const Json* ttft = value_at(predicted, "ttft_s");
    // With several streams a first token also waits for the others' prompts: that is capacity's question.
    if (streams == 1 && ttft != nullptr) add_figure("ttft_s", streams, *ttft, typical_of(*measured, "ttft_s"), figures);
  }
  if (figures.empty()) {
    return invalid("nothing that was predicted was measured", "RESULT",
                   "a bench with the numbers of streams of expected.json");
  }
  return figures;
}

}  // namespace rigwise
