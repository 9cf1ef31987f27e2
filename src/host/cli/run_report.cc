#include "host/cli/run_report.h"

#include <algorithm>
#include <ostream>

#include "core/base/text.h"
#include "host/cli/say.h"

namespace rigwise {
namespace {

/// What runs under one heading share.
std::string heading_of(const Json& run) {
  const int count = run["hardware_count"].get<int>();
  std::string heading = (count > 1 ? std::to_string(count) + "x " : "") + text_of(run, "hardware");
  heading += ": " + text_of(run, "model") + " " + text_of(run, "quant") + ", " + text_of(run, "engine");
  return heading;
}

std::string inside_word(const Json& run) {
  if (!run["refused"].is_null()) return "refused";
  if (run["inside"].is_null()) return "-";
  return run["inside"].get<bool>() ? "inside" : "outside";
}

std::vector<std::string> cells_of(const Json& run) {
  const Json& predicted = run["predicted_tokens_per_s"];
  return {text_of(run, "test"), say_number(run["measured_tokens_per_s"]), say_estimate(predicted), inside_word(run),
          run["ratio"].is_number() ? significant(run["ratio"].get<double>(), 3) : "-"};
}

/// Why a run has no prediction, or one that it does not count against; empty where it has one.
std::string reason_of(const Json& run) {
  for (const char* key : {"not_predicted", "refused"}) {
    if (run[key].is_string()) return run[key].get<std::string>();
  }
  return {};
}

Table empty_table() {
  Table table;
  table.columns = {{"test", false, true},
                   {"measured tok/s", true, false},
                   {"predicted tok/s", true, false},
                   {"interval", false, false},
                   {"ratio", true, false}};
  return table;
}

}  // namespace

void print_compared(const Console& console, const Json& compared) {
  std::ostream& out = *console.out;
  Table table = empty_table();
  std::string heading;
  std::vector<std::pair<std::string, std::vector<std::string>>> reasons;  // with the tests that each concerns
  const auto end_group = [&] {
    if (table.rows.empty()) return;
    out << console.strong(heading) << '\n';
    console.print(table);
    if (console.format == OutputFormat::table) {
      for (const auto& [reason, tests] : reasons) console.print_wrapped(join(tests, ", ") + ": " + reason, 2);
    }
    table.rows.clear();
    reasons.clear();
    out << '\n';
  };
  for (const Json& run : compared) {
    if (heading_of(run) != heading) {
      end_group();
      heading = heading_of(run);
    }
    table.rows.push_back(cells_of(run));
    const std::string reason = reason_of(run);
    if (reason.empty()) continue;
    const auto same = std::find_if(reasons.begin(), reasons.end(), [&](const auto& r) { return r.first == reason; });
    if (same == reasons.end()) {
      reasons.push_back({reason, {text_of(run, "test")}});
    } else {
      same->second.push_back(text_of(run, "test"));
    }
  }
  end_group();
}

DataRows compared_rows(const Json& compared) {
  DataRows data;
  const std::vector<std::string> keys = {
      "id",    "hardware", "hardware_count", "model",         "quant",      "engine",        "backend",
      "phase", "test",     "streams",        "prompt_tokens", "gen_tokens", "context_depth", "measured_tokens_per_s"};
  data.columns = keys;
  for (const char* more : {"predicted", "low", "high", "inside", "ratio", "refused", "not_predicted"})
    data.columns.emplace_back(more);
  for (const Json& run : compared) {
    std::vector<Json> cells;
    for (const std::string& key : keys) cells.push_back(run[key]);
    const Json& predicted = run["predicted_tokens_per_s"];
    for (const char* key : {"value", "low", "high"}) cells.push_back(predicted.is_object() ? predicted[key] : Json());
    for (const char* key : {"inside", "ratio", "refused", "not_predicted"}) cells.push_back(run[key]);
    data.rows.push_back(std::move(cells));
  }
  return data;
}

}  // namespace rigwise
