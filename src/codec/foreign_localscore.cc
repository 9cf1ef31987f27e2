// LocalScore, by its client in llamafile (localscore/outputwriter: runtime_info, system_info, accelerator_info,
// results) and by the results of its site. A test is a prompt and an answer behind it: prefill, and decode at the
// prompt's depth.
#include <array>

#include "codec/csv.h"
#include "codec/foreign_readers.h"
#include "codec/json_fields.h"
#include "core/base/text.h"

namespace rigwise {
namespace {

const Json* either(const Json& record, const char* key, const char* other) {
  const Json* found = value_at(record, key);
  return found != nullptr ? found : value_at(record, other);
}

std::string backend_of(const std::string& type, const std::string& maker, const std::string& name) {
  if (type == "CPU") return "cpu";
  const std::string words = lower(maker + " " + name);
  if (words.find("nvidia") != std::string::npos) return "cuda";
  if (words.find("apple") != std::string::npos) return "metal";
  if (words.find("amd") != std::string::npos || words.find("radeon") != std::string::npos) return "rocm";
  return {};
}

std::string first_text(const Json& record, std::initializer_list<const char*> paths) {
  for (const char* path : paths) {
    if (std::string text = text_at(record, path); !text.empty()) return text;
  }
  return {};
}

void add_test(const Json& test, ForeignRun run, ForeignRuns& file) {
  const auto number = [&](const char* key) { return number_at(test, key).value_or(0); };
  const double prompt = number("n_prompt"), generated = number("n_gen");
  run.test = "pp" + fixed(prompt, 0) + "+tg" + fixed(generated, 0);
  if (std::string model = first_text(test, {"model_name"}); !model.empty()) run.model = std::move(model);
  if (std::string quant = first_text(test, {"model_quant_str"}); !quant.empty()) run.quant = std::move(quant);
  if (const double params = number("model_n_params"); params > 0) run.params = params;
  run.date = first_text(test, {"test_time", "created_at"}).substr(0, 10);
  run.note = "LocalScore single test " + run.test;
  if (const double watts = number("power_watts"); watts > 0) run.power_w = watts;
  run.identity = "localscore\n" + test.dump(-1, ' ', true, Json::error_handler_t::replace);
  run.prompt_tokens = prompt;
  run.gen_tokens = generated;
  const std::size_t before = file.runs.size();
  const auto add = [&](Phase phase, double tokens_per_s) {
    if (!(tokens_per_s > 0)) return;
    ForeignRun speed = run;
    speed.phase = phase;
    speed.tokens_per_s = tokens_per_s;
    speed.context_depth = phase == Phase::prefill ? 0 : prompt;
    speed.identity.append("\n").append(phase_name(phase));
    file.runs.push_back(std::move(speed));
  };
  if (prompt > 0 && generated > 0) {
    add(Phase::prefill, number("prompt_tps"));
    add(Phase::decode, number("gen_tps"));
  }
  if (file.runs.size() == before) file.skip(run.line, "the test holds no speed");
}

}  // namespace

bool is_localscore(const Json& record) {
  const Json* results = value_at(record, "results");
  if (results == nullptr || !results->is_array() || results->empty()) return false;
  return either(record, "accelerator_info", "accelerator") != nullptr &&
         number_at(results->front(), "prompt_tps").has_value();
}

void add_localscore(const Json& record, int line, ForeignRuns& file) {
  file.program = "LocalScore";
  file.version = first_text(record, {"runtime_info.version", "runtime.version"});
  ForeignRun run;
  run.line = line;
  run.engine = "llamafile";
  run.engine_version = file.version;
  const std::string name = first_text(record, {"accelerator_info.name", "accelerator.name", "accelerator"});
  const std::string type = first_text(record, {"accelerator_info.type", "accelerator.type", "accelerator_type"});
  const std::string maker = first_text(record, {"accelerator_info.manufacturer", "accelerator.manufacturer"});
  if (!name.empty()) run.devices = {name};
  run.backend = backend_of(type, maker, name);
  run.model = first_text(record, {"model.name", "model"});
  run.quant = first_text(record, {"model.quant", "quantization"});
  run.params = number_at(record, "model.params").value_or(0);
  for (const Json& test : *value_at(record, "results")) add_test(test, run, file);
}

ForeignRuns read_localscore_csv(std::string_view text) {
  ForeignRuns file;
  file.program = "LocalScore";
  CsvReader reader(text);
  std::vector<std::string_view> cells;
  std::vector<std::string> keys;
  while (reader.next(cells)) {
    if (keys.empty()) {
      for (const std::string_view cell : cells) keys.emplace_back(trim(cell));
      continue;
    }
    if (cells.size() != keys.size()) {
      file.skip(reader.line(), "the row has " + std::to_string(cells.size()) + " cells, the header " +
                                   std::to_string(keys.size()) + ": it is cut off");
      continue;
    }
    Json test = Json::object();
    for (std::size_t i = 0; i < keys.size(); ++i) test[keys[i]] = std::string(trim(cells[i]));
    ForeignRun run;
    run.line = reader.line();
    run.engine = "llamafile";
    add_test(test, std::move(run), file);
  }
  if (!reader.fault().empty()) file.skip(reader.line(), reader.fault());
  return file;
}

}  // namespace rigwise
