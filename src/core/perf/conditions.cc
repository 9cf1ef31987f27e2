#include "core/perf/conditions.h"

#include <algorithm>

#include "core/base/text.h"

namespace rigwise {
namespace {

constexpr double kOldestAgeYears = 2.5;
/// llama.cpp turned flash attention on by default where a backend has it in late August 2025.
constexpr double kFlashAttentionYear = 2025.65;
constexpr double kHalfMonth = 1.0 / 24;

bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_word(char c) { return is_digit(c) || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }

/// The whole number that follows `label` (a word start) in `text`.
std::optional<int> number_after(std::string_view text, std::string_view label) {
  for (std::size_t at = text.find(label); at != std::string_view::npos; at = text.find(label, at + 1)) {
    if (at > 0 && is_word(text[at - 1])) continue;
    std::size_t i = at + label.size();
    int value = 0;
    const std::size_t first = i;
    while (i < text.size() && is_digit(text[i]) && value < 1000000) value = 10 * value + (text[i++] - '0');
    if (i > first) return value;
  }
  return std::nullopt;
}

bool contains(std::string_view text, std::string_view part) { return text.find(part) != std::string_view::npos; }

std::optional<bool> flash_attention(std::string_view note) {
  if (contains(note, "FA off") || contains(note, "-fa 0")) return false;
  if (contains(note, "FA on") || contains(note, "flash attention on") || contains(note, "-fa 1")) return true;
  return std::nullopt;
}

struct MlperfTask {
  std::string_view model_word;
  RequestShape shape;
};

// Mean input and output tokens per sample of the MLPerf Inference v5.1 data sets (MLCommons inference rules and
// reference implementations, recalled): OpenOrca, mixtral's mix, long-document 405B, DeepSeek-R1, CNN/DailyMail.
constexpr MlperfTask kMlperfTasks[] = {
    {"llama270b", {155, 294}},   {"mixtral8x7b", {200, 146}}, {"llama3.1405b", {9428, 685}},
    {"deepseekr1", {800, 3886}}, {"llama3.18b", {778, 128}},
};

std::optional<RequestShape> protocol_shape(const Measurement& row) {
  if (!contains(row.unit_note, "MLPerf")) return std::nullopt;
  const std::string model = fold_name(row.model);
  for (const MlperfTask& task : kMlperfTasks) {
    if (contains(model, task.model_word)) return task.shape;
  }
  return std::nullopt;
}

std::optional<int> digits(std::string_view text) {
  if (text.empty()) return std::nullopt;
  int value = 0;
  for (const char c : text) {
    if (!is_digit(c)) return std::nullopt;
    value = 10 * value + (c - '0');
  }
  return value;
}

std::optional<double> one_date_as_year(std::string_view date) {
  date = trim(date);
  if (date.size() < 4) return std::nullopt;
  const std::optional<int> year = digits(date.substr(0, 4));
  if (!year || *year < 2000 || *year > 2100) return std::nullopt;
  if (date.size() >= 7 && date[4] == '-') {
    if (const std::optional<int> month = digits(date.substr(5, 2)); month && *month >= 1 && *month <= 12) {
      return *year + (*month - 1) / 12.0 + kHalfMonth;
    }
  }
  return *year + 0.5;
}

}  // namespace

std::optional<double> date_as_year(std::string_view date) {
  const std::size_t to = date.find(" to ");
  if (to == std::string_view::npos) return one_date_as_year(date);
  const std::optional<double> first = one_date_as_year(date.substr(0, to));
  const std::optional<double> last = one_date_as_year(date.substr(to + 4));
  if (!first || !last) return std::nullopt;
  return (*first + *last) / 2;
}

RunConditions run_conditions(const Measurement& row, std::span<const SourceCondition> of_sources) {
  RunConditions conditions;
  std::string note = row.unit_note;
  for (const SourceCondition& known : of_sources) {
    if (std::string_view(row.source).starts_with(known.source) && contains(row.unit_note, known.note_word)) {
      note += "; " + known.conditions;
    }
  }
  conditions.localscore_average = contains(note, "LocalScore average over 9");
  conditions.sustained = contains(note, "sustained:");
  conditions.chunk_tokens = number_after(note, "ubatch ");
  conditions.flash_attention = flash_attention(note);
  conditions.plain_rocblas = contains(note, "llama.cpp-hip") && !contains(note, "hipblaslt");
  if (const std::optional<int> watts = number_after(note, "power limit ")) conditions.power_limit_w = *watts;
  for (const char* label : {"TP", "DEP"}) {
    if (!conditions.tensor_parallel) conditions.tensor_parallel = number_after(note, label);
  }
  if (!conditions.tensor_parallel) conditions.tensor_parallel = number_after(row.interconnect, "tp");
  conditions.expert_parallel = number_after(note, "DEP").has_value();
  conditions.pipelined = contains(row.interconnect, ", pipeline");
  conditions.pipeline_stages = number_after(note, "PP");
  conditions.replicas = number_after(note, "instances ");
  if (!conditions.replicas) conditions.replicas = number_after(row.interconnect, "dp");
  if (contains(note, "requests sent at once")) conditions.requests = number_after(note, "all ");
  conditions.shape = protocol_shape(row);
  if (const std::optional<double> year = date_as_year(row.date)) {
    conditions.age_years = std::clamp(kReferenceYear - *year, 0.0, kOldestAgeYears);
    conditions.flash_attention_by_default = *year >= kFlashAttentionYear;
  }
  return conditions;
}

}  // namespace rigwise
