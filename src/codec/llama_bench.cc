// llama-bench prints one record a test, with the fields of its get_fields() (tools/llama-bench/llama-bench.cpp,
// build 11434): older builds lack some and print flash_attn as a boolean, newer ones as -1 (automatic), 0 or 1.
#include "codec/llama_bench.h"

#include <algorithm>
#include <cmath>

#include "codec/json_fields.h"
#include "core/base/text.h"

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

/// A record's fields, whatever their JSON type: CSV, SQL and tables write numbers as texts.
class LlamaBenchFields {
 public:
  explicit LlamaBenchFields(const Json& object) : object_(object) {}

  std::string text(const char* key) const { return text_at(object_, key); }
  std::optional<double> number(const char* key) const { return number_at(object_, key); }
  double number_or(const char* key, double otherwise) const { return number(key).value_or(otherwise); }
  bool has(const char* key) const { return value_at(object_, key) != nullptr; }

  bool is_llama_bench() const { return number("avg_ts") && number("n_prompt") && number("n_gen"); }

 private:
  const Json& object_;
};

/// Builds before the end of 2024 print a truth for each backend that is compiled in, and no list.
std::string backend_of_flags(const LlamaBenchFields& f) {
  for (const char* flag : {"cuda", "vulkan", "metal", "sycl"}) {
    if (f.number_or(flag, 0) > 0) return flag;
  }
  return f.number_or("opencl", 0) > 0 || f.number_or("kompute", 0) > 0 ? "" : "cpu";
}

/// Of "CUDA,RPC" the one that drives the device; empty when none is known.
std::string backend_of(const LlamaBenchFields& f) {
  constexpr struct {
    const char *printed, *backend;
  } kBackends[] = {{"CUDA", "cuda"}, {"ROCm", "rocm"}, {"HIP", "rocm"},   {"Vulkan", "vulkan"},
                   {"MTL", "metal"}, {"SYCL", "sycl"}, {"Metal", "metal"}};
  if (f.number("n_gpu_layers") == 0.0 || f.text("devices") == "none") return "cpu";
  if (!f.has("backends")) return backend_of_flags(f);
  const std::string printed = f.text("backends");
  for (const std::string_view word : split(printed, ',')) {
    for (const auto& known : kBackends) {
      if (trim(word) == known.printed) return known.backend;
    }
  }
  const bool processor = printed == "CPU" || printed == "BLAS" || printed.empty();
  return processor ? "cpu" : "";
}

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
std::vector<std::string> used_gpus(const LlamaBenchFields& f) {
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

std::vector<std::string> devices_of(const LlamaBenchFields& f, const std::string& backend) {
  std::vector<std::string> names = backend == "cpu" ? names_in(f.text("cpu_info")) : used_gpus(f);
  // Accelerated libraries stand before the processor's own name: "OpenBLAS, AMD Ryzen 9 7950X".
  if (backend == "cpu" && names.size() > 1) names = {names.back()};
  return names;
}

/// What the run did that a row cannot state; empty: nothing.
std::string beyond_a_row(const LlamaBenchFields& f, const std::string& backend) {
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
  const bool gpu_helps = backend == "cpu" && !says("gpu_info").empty() && f.number_or("no_op_offload", 0) == 0;
  if (gpu_helps && f.number_or("n_prompt", 0) > 0) return "layers on the processor, but long prompts may use the GPU";
  return {};
}

/// "llama-bench mean of 5, deviation 0.4 %; FA on; ubatch 2048": what the run's conditions are read from.
std::string note_of(const Json& record, const LlamaBenchFields& f) {
  const Json* samples = value_at(record, "samples_ts");
  std::string note = "llama-bench";
  if (samples != nullptr && samples->is_array() && !samples->empty()) {
    note += " mean of " + std::to_string(samples->size());
  }
  const double mean = f.number_or("avg_ts", 0), deviation = f.number_or("stddev_ts", 0);
  if (mean > 0 && deviation > 0) note += ", deviation " + significant(100 * deviation / mean, 2) + " %";
  // The table for people leaves the types out, and a row has one.
  const std::string cache = f.text("type_k");
  if (!cache.empty() && cache == f.text("type_v")) note += "; KV " + cache;
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
bool read_test(const LlamaBenchFields& f, ForeignRun& run) {
  const double prompt = f.number_or("n_prompt", 0), generated = f.number_or("n_gen", 0);
  const double depth = f.number_or("n_depth", 0), speed = f.number_or("avg_ts", 0);
  if (!(speed > 0) || prompt < 0 || generated < 0 || depth < 0 || prompt + generated <= 0) return false;
  run.phase = generated <= 0 ? Phase::prefill : prompt <= 0 ? Phase::decode : Phase::e2e;
  run.prompt_tokens = prompt;
  run.gen_tokens = generated;
  run.context_depth = depth;
  // A pg test counts the prompt's tokens too; a row counts what was produced.
  run.tokens_per_s = run.phase == Phase::e2e ? speed * generated / (prompt + generated) : speed;
  run.test = test_name(prompt, generated, depth);
  return true;
}

/// A record's JSON as one line of text that is the same everywhere.
std::string canonical_line(const Json& record) { return record.dump(-1, ' ', true, Json::error_handler_t::replace); }

/// The same for a test in whichever form llama-bench printed it (it writes two at once with -o and -oe); a table has no
/// time and is known by its whole row.
std::string identity_of(const Json& record, const LlamaBenchFields& f) {
  const std::string time = f.text("test_time");
  if (time.empty()) return canonical_line(record);
  std::string identity = "llama-bench " + time + " " + f.text("build_commit") + " " + f.text("model_filename") + " " +
                         f.text("cpu_info") + " " + f.text("gpu_info");
  for (const char* key : {"n_prompt", "n_gen", "n_depth", "avg_ts"}) identity += " " + fixed(f.number_or(key, 0), 3);
  return identity;
}

std::string build_of(const LlamaBenchFields& f) {
  const double build = f.number_or("build_number", 0);
  return build > 0 && build < 1e9 ? "b" + fixed(build, 0) : f.text("build_commit");
}

}  // namespace

std::optional<std::string> add_llama_bench_record(const Json& record, int line, ForeignRuns& file) {
  const LlamaBenchFields f(record);
  if (!f.is_llama_bench()) return "no llama-bench record: it lacks avg_ts, n_prompt or n_gen";
  ForeignRun run;
  if (!read_test(f, run)) return "the record holds no speed";
  run.backend = backend_of(f);
  std::string beyond = beyond_a_row(f, run.backend);
  if (!beyond.empty()) return beyond;
  run.line = line;
  run.identity = identity_of(record, f);
  run.devices = devices_of(f, run.backend);
  run.model = f.text("model_filename");
  run.is_file = true;
  run.params = f.number_or("model_n_params", 0);
  run.quant = f.text("model_type");
  run.engine = "llama.cpp";
  run.engine_version = build_of(f);
  if (run.backend != "cpu") run.gpu_layers = f.number("n_gpu_layers");
  const std::string split_mode = f.text("split_mode");
  if (split_mode == "row" || split_mode == "tensor") run.layer_split = split_mode;
  run.note = note_of(record, f);
  run.date = f.text("test_time").substr(0, 10);
  if (file.version.empty()) file.version = run.engine_version;
  file.runs.push_back(std::move(run));
  return std::nullopt;
}

ForeignRuns read_llama_bench_json(std::string_view text) {
  const RecordTexts records = split_records(text);
  ForeignRuns file;
  file.program = "llama-bench";
  for (const RecordText& record : records.whole) {
    const Result<Json> json = parse_json(record.text);
    std::optional<std::string> fault = json ? add_llama_bench_record(*json, record.line, file) : json.error().message;
    if (fault) file.skip(record.line, std::move(*fault));
  }
  if (records.cut_off_line > 0) file.skip(records.cut_off_line, "the record is cut off");
  return file;
}

}  // namespace rigwise
