// llama-bench prints one record a test, with the fields of its get_fields() (tools/llama-bench/llama-bench.cpp,
// build 11434): older builds lack some and print flash_attn as a boolean, newer ones as -1 (automatic), 0 or 1.
#include "codec/llama_bench.h"

#include <algorithm>
#include <cmath>

#include "codec/json_text.h"
#include "codec/llama_bench_names.h"
#include "codec/sha256.h"
#include "core/base/text.h"
#include "core/facts/setup.h"

namespace rigwise {
namespace {

/// The text of one record and the line it begins on.
struct RecordText {
  std::string_view text;
  int line = 1;
};

struct RecordTexts {
  std::vector<RecordText> whole;
  int cut_off_line = 0;  ///< of a record that never ends; 0: none
};

/// Finds every {...} of a list, of lines, or of either cut off in the middle.
RecordTexts split_records(std::string_view text) {
  RecordTexts found;
  int line = 1, begin_line = 0;
  std::size_t begin = 0;
  bool open = false, quoted = false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (c == '\n') ++line;
    // A line that begins anew ends a record that was cut off: llama-bench writes no line end inside a string.
    if (c == '\n' && quoted) {
      quoted = open = false;
      found.cut_off_line = begin_line;
    }
    if (quoted) {
      if (c == '\\') ++i;
      if (c == '"') quoted = false;
      continue;
    }
    if (c == '"' && open) quoted = true;
    if (c == '{') {  // records hold no objects, so one that begins inside another ends it
      if (open) found.cut_off_line = begin_line;
      open = true;
      begin = i;
      begin_line = line;
    }
    if (c == '}' && open) {
      open = false;
      found.whole.push_back({text.substr(begin, i + 1 - begin), begin_line});
    }
  }
  if (open) found.cut_off_line = begin_line;
  return found;
}

/// A record's fields, whatever their JSON type.
class Fields {
 public:
  explicit Fields(const Json& object) : object_(object) {}

  std::string text(const char* key) const {
    const auto found = object_.find(key);
    return found != object_.end() && found->is_string() ? found->get<std::string>() : std::string();
  }
  std::optional<double> number(const char* key) const {
    const auto found = object_.find(key);
    if (found == object_.end()) return std::nullopt;
    if (found->is_boolean()) return found->get<bool>() ? 1 : 0;
    if (!found->is_number()) return std::nullopt;
    const double value = found->get<double>();
    return std::isfinite(value) ? std::optional<double>(value) : std::nullopt;
  }
  double number_or(const char* key, double otherwise) const { return number(key).value_or(otherwise); }

  bool is_llama_bench() const { return number("avg_ts") && number("n_prompt") && number("n_gen"); }

 private:
  const Json& object_;
};

/// Of "CUDA,RPC" the one that drives the device; empty when none is known.
std::string backend_of(const Fields& f) {
  constexpr struct {
    const char *printed, *backend;
  } kBackends[] = {{"CUDA", "cuda"}, {"ROCm", "rocm"}, {"HIP", "rocm"},   {"Vulkan", "vulkan"},
                   {"MTL", "metal"}, {"SYCL", "sycl"}, {"Metal", "metal"}};
  if (f.number("n_gpu_layers") == 0.0 || f.text("devices") == "none") return "cpu";
  const std::string printed = f.text("backends");
  for (const std::string_view word : split(printed, ',')) {
    for (const auto& known : kBackends) {
      if (trim(word) == known.printed) return known.backend;
    }
  }
  const bool processor = printed == "CPU" || printed == "BLAS" || printed.empty();
  return processor ? "cpu" : "";
}

struct Refusal {
  std::string message;
  std::vector<std::string> did_you_mean;
};

Refusal words_of(const Error& error, const std::string& advice) {
  return {error.message + (advice.empty() ? "" : "; " + advice), error.did_you_mean};
}

struct Machine {
  const Device* device = nullptr;
  int count = 1;
};

std::vector<std::string> names_in(std::string_view list) {
  std::vector<std::string> names;
  for (std::size_t at = 0; at <= list.size();) {
    const std::size_t end = std::min(list.find(", ", at), list.size());
    if (end > at) names.emplace_back(trim(list.substr(at, end - at)));
    at = end + 2;
  }
  return names;
}

/// GPUs that took part: those named with --device, the main one without a split, else all with a share.
std::vector<std::string> used_gpus(const Fields& f) {
  std::vector<std::string> gpus = names_in(f.text("gpu_info"));
  const std::string devices = f.text("devices");
  if (!devices.empty() && devices != "auto") {
    std::vector<std::string> named;
    for (const std::string_view device : split(devices, '/')) {
      const std::size_t digits = device.find_last_not_of("0123456789") + 1;
      const Result<double> number = parse_number(device.substr(std::min(digits, device.size())));
      if (number && *number < static_cast<double>(gpus.size()))
        named.push_back(gpus[static_cast<std::size_t>(*number)]);
    }
    return named;
  }
  if (f.text("split_mode") == "none" && gpus.size() > 1) {
    const double main = f.number_or("main_gpu", 0);
    if (main >= 0 && main < static_cast<double>(gpus.size())) return {gpus[static_cast<std::size_t>(main)]};
  }
  const std::string shares = f.text("tensor_split");
  if (shares.find('/') == std::string::npos) return gpus;
  std::vector<std::string> with_share;
  const std::vector<std::string_view> share = split(shares, '/');
  for (std::size_t i = 0; i < gpus.size(); ++i) {
    const Result<double> value = parse_number(i < share.size() ? share[i] : "0");
    if (value && *value > 0) with_share.push_back(gpus[i]);
  }
  return with_share;
}

tl::expected<Machine, Refusal> machine_of(const Catalog& catalog, const Fields& f, const std::string& backend,
                                          const std::string& setup) {
  if (!setup.empty()) {
    const Result<Setup> named = parse_setup(catalog, setup);
    if (!named) return tl::unexpected(words_of(named.error(), ""));
    if (named->parts.size() != 1) return tl::unexpected(Refusal{"a row holds one kind of device: " + setup, {}});
    return Machine{named->parts.front().device, named->parts.front().count};
  }
  std::vector<std::string> names = backend == "cpu" ? names_in(f.text("cpu_info")) : used_gpus(f);
  // Accelerated libraries stand before the processor's own name: "OpenBLAS, AMD Ryzen 9 7950X".
  if (backend == "cpu" && names.size() > 1) names = {names.back()};
  if (names.empty()) return tl::unexpected(Refusal{"the record names no device; give --setup", {}});
  for (const std::string& name : names) {
    if (name != names.front()) {
      return tl::unexpected(Refusal{"unlike devices (" + join(names, ", ") + "): a row holds one kind", {}});
    }
  }
  const Result<const Device*> device = device_of_driver_name(catalog, names.front());
  if (!device) return tl::unexpected(words_of(device.error(), "give --setup"));
  return Machine{*device, static_cast<int>(names.size())};
}

/// Rows of every layer on all cards at once, or whole tensors: neither is the layer split that a row means.
bool splits_layers(const Fields& f) { return f.text("split_mode") == "row" || f.text("split_mode") == "tensor"; }

/// What the run did that a row cannot state; empty: nothing.
std::string beyond_a_row(const Fields& f, const std::string& backend, const Llm& model) {
  const auto says = [&](const char* key) { return f.text(key); };
  if (backend.empty()) return "backend \"" + says("backends") + "\" is not known";
  if (says("backends").find("RPC") != std::string::npos) return "runs over RPC: the other machines are not named";
  if (f.number_or("n_cpu_moe", 0) > 0) return "experts on the processor (n_cpu_moe)";
  const std::string overrides = says("tensor_buft_overrides");
  if (!overrides.empty() && overrides != "none") return "tensors placed by hand (" + overrides + ")";
  if (f.number_or("no_kv_offload", 0) > 0) return "the KV cache in the host's memory (no_kv_offload)";
  if (f.number_or("fit_target", 0) > 0) return "layers fitted to the memory (fit_target): which ones is not said";
  if (f.number_or("embeddings", 0) > 0) return "embeddings, not text";
  for (const char* key : {"type_k", "type_v"}) {
    const std::string type = says(key);
    if (!type.empty() && type != "f16" && type != "bf16") return "the KV cache in " + type;
  }
  const double layers = f.number_or("n_gpu_layers", -1);
  if (backend != "cpu" && layers > 0 && model.depth() > 0 && layers < model.depth() + 1) {
    return "only " + fixed(layers, 0) + " of " + std::to_string(model.depth() + 1) + " layers on the GPU";
  }
  const bool gpu_helps = backend == "cpu" && !says("gpu_info").empty() && f.number_or("no_op_offload", 0) == 0;
  if (gpu_helps && f.number_or("n_prompt", 0) > 0) return "layers on the processor, but long prompts may use the GPU";
  return {};
}

/// "llama-bench mean of 5, deviation 0.4 %; FA on; ubatch 2048": what the run's conditions are read from.
std::string note_of(const Json& record, const Fields& f) {
  const auto samples = record.find("samples_ts");
  std::string note = "llama-bench";
  if (samples != record.end() && samples->is_array() && !samples->empty()) {
    note += " mean of " + std::to_string(samples->size());
  }
  const double mean = f.number_or("avg_ts", 0), deviation = f.number_or("stddev_ts", 0);
  if (mean > 0 && deviation > 0) note += ", deviation " + significant(100 * deviation / mean, 2) + " %";
  const double flash = f.number_or("flash_attn", -1);
  if (flash >= 0) note += flash > 0 ? "; FA on" : "; FA off";
  const double chunk = f.number_or("n_ubatch", 512);
  if (chunk != 512 && chunk >= 1 && chunk <= 1e6) note += "; ubatch " + fixed(chunk, 0);
  return note;
}

std::string test_name(double prompt, double generated, double depth) {
  std::string name;
  if (prompt > 0) name = "pp" + fixed(prompt, 0);
  if (generated > 0) name += (name.empty() ? "tg" : "+tg") + fixed(generated, 0);
  return depth > 0 ? name + " @ d" + fixed(depth, 0) : name;
}

/// Phase, workload and speed of a record, each as a row counts it.
bool read_test(const Fields& f, Measurement& row) {
  const double prompt = f.number_or("n_prompt", 0), generated = f.number_or("n_gen", 0);
  const double depth = f.number_or("n_depth", 0), speed = f.number_or("avg_ts", 0);
  if (!(speed > 0) || prompt < 0 || generated < 0 || depth < 0 || prompt + generated <= 0) return false;
  row.phase = generated <= 0 ? Phase::prefill : prompt <= 0 ? Phase::decode : Phase::e2e;
  row.prompt_tokens = prompt;
  row.gen_tokens = generated;
  row.context_depth = depth;
  // A pg test counts the prompt's tokens too; a row counts what was produced.
  row.tokens_per_s = row.phase == Phase::e2e ? speed * generated / (prompt + generated) : speed;
  return true;
}

tl::expected<Measurement, Refusal> row_of(const Catalog& catalog, const Json& record, std::string_view file,
                                          const LlamaBenchChoices& choices) {
  const Fields f(record);
  if (!f.is_llama_bench())
    return tl::unexpected(Refusal{"no llama-bench record: it lacks avg_ts, n_prompt or n_gen", {}});
  Measurement row;
  if (!read_test(f, row)) return tl::unexpected(Refusal{"the record holds no speed", {}});
  const std::string path = f.text("model_filename");
  const Result<const Llm*> model = choices.model.empty()
                                       ? model_of_file_name(catalog, path, f.number_or("model_n_params", 0))
                                       : catalog.model(choices.model);
  if (!model) return tl::unexpected(words_of(model.error(), choices.model.empty() ? "give --model" : ""));
  const Result<const Format*> format =
      choices.quant.empty() ? format_of_file(catalog, path, f.text("model_type")) : catalog.format(choices.quant);
  if (!format) return tl::unexpected(words_of(format.error(), choices.quant.empty() ? "give --quant" : ""));
  row.backend = backend_of(f);
  const std::string beyond = beyond_a_row(f, row.backend, **model);
  if (!beyond.empty()) return tl::unexpected(Refusal{beyond, {}});
  const tl::expected<Machine, Refusal> machine = machine_of(catalog, f, row.backend, choices.setup);
  if (!machine) return tl::unexpected(machine.error());
  if (machine->count > 1 && splits_layers(f)) {
    return tl::unexpected(Refusal{"every layer split over " + std::to_string(machine->count) + " cards (split_mode " +
                                      f.text("split_mode") +
                                      "), while a row means whole layers on each: run llama-bench with -sm layer",
                                  {}});
  }

  row.id = "own-" + sha256_hex(record.dump(-1, ' ', true, Json::error_handler_t::replace)).substr(0, 10);
  row.hardware = machine->device->id;
  row.hardware_count = machine->count;
  row.model = (*model)->id;
  row.quant = (*format)->id;
  row.engine = "llama.cpp";
  const double build = f.number_or("build_number", 0);
  row.engine_version = build > 0 && build < 1e9 ? "b" + fixed(build, 0) : f.text("build_commit");
  row.unit_note = note_of(record, f);
  row.date = f.text("test_time").substr(0, 10);
  row.source = "own run (llama-bench)";
  row.source_locator = std::string(file) + " " + test_name(*row.prompt_tokens, *row.gen_tokens, *row.context_depth);
  row.confidence = "high";
  row.is_own = true;
  return row;
}

}  // namespace

Result<LlamaBenchRuns> read_llama_bench(const Catalog& catalog, std::string_view text, std::string_view name,
                                        const LlamaBenchChoices& choices) {
  const RecordTexts records = split_records(text);
  LlamaBenchRuns runs;
  bool any = false;
  for (const RecordText& record : records.whole) {
    const Result<Json> json = parse_json(record.text);
    if (!json) {
      runs.skipped.push_back({record.line, json.error().message, {}});
      continue;
    }
    any = any || Fields(*json).is_llama_bench();
    tl::expected<Measurement, Refusal> row = row_of(catalog, *json, name, choices);
    if (row) {
      runs.rows.push_back(std::move(*row));
    } else {
      runs.skipped.push_back({record.line, row.error().message, row.error().did_you_mean});
    }
  }
  if (!any) {
    return invalid("there is no llama-bench record in it", std::string(name),
                   "the output of `llama-bench -o json` or `-o jsonl`");
  }
  if (records.cut_off_line > 0) runs.skipped.push_back({records.cut_off_line, "the record is cut off", {}});
  return runs;
}

}  // namespace rigwise
