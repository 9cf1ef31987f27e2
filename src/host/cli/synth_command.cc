#include <algorithm>
#include <chrono>
#include <map>
#include <ostream>

#include "codec/gguf_mix.h"
#include "codec/synth_gguf.h"
#include "core/base/text.h"
#include "host/cli/command.h"
#include "host/cli/eval_flags.h"
#include "host/cli/say.h"
#include "host/cli/session.h"
#include "host/process/interrupt_watch.h"
#include "host/synth/synth_file.h"

namespace rigwise {
namespace {

constexpr int kInterrupted = 130;
constexpr int kMostLayers = 1024;

/// The format as files are written in it: "Q4_K_M" for "q4_k_m". What the catalog knows and nobody writes passes as it
/// is, so that the plan names what is written.
Result<std::string> format_of(const Catalog& catalog, const Args& args, const Llm& model) {
  const std::string asked = args.text("--quant").value_or(model.native_format == "mxfp4" ? "MXFP4" : "Q4_K_M");
  const Result<const Format*> format = catalog.format(asked);
  if (!format) return fail(format.error());
  for (const std::string& name : gguf_mix_names()) {
    const Result<const Format*> written = catalog.format(name);
    if (written && *written == *format) return name;
  }
  return (*format)->id;
}

Result<SynthGguf> plan_of(const Catalog& catalog, const Args& args) {
  const std::vector<std::string> models = args.list("MODEL");
  if (models.size() != 1) {
    return invalid(models.empty() ? "no model is named" : "more than one model is named", "MODEL",
                   "rigwise synth qwen3-8b -o qwen3-8b.gguf");
  }
  const Result<const Llm*> model = catalog.model(models.front());
  if (!model) return fail(model.error());
  SynthChoices choices;
  Result<std::string> format = format_of(catalog, args, **model);
  if (!format) return fail(format.error());
  choices.format = std::move(*format);
  const Result<std::optional<int>> layers = whole_number_of(args, "--layers", 1, kMostLayers);
  if (!layers) return fail(layers.error());
  choices.layers = layers->value_or(0);
  const Result<std::optional<int>> seed = whole_number_of(args, "--seed", 0, 1'000'000'000);
  if (!seed) return fail(seed.error());
  choices.seed = static_cast<std::uint64_t>(seed->value_or(1));
  choices.sparse = args.has("--sparse");
  return plan_synth_gguf(catalog, **model, choices);
}

/// What a step of one token reads.
double bytes_per_token(const SynthGguf& file) { return file.weights.read_by_step(1).value; }

/// A cut beside the whole model: how its time is carried over.
Json cut_json(const SynthGguf& file, const SynthGguf& whole) {
  Json cut = {{"model_layers", file.model_layers},
              {"model_file_bytes", whole.file_bytes},
              {"model_bytes_per_token", bytes_per_token(whole)},
              {"first_cut_layers", nullptr},
              {"second_cut_layers", nullptr},
              {"seconds_per_token", nullptr}};
  if (file.first_cut == 0) return cut;
  const std::string first = std::to_string(file.first_cut), second = std::to_string(file.second_cut);
  cut["first_cut_layers"] = file.first_cut;
  cut["second_cut_layers"] = file.second_cut;
  cut["seconds_per_token"] =
      "t1 + (" + std::to_string(file.model_layers) + " - " + first + ") / (" + second + " - " + first + ") * (t2 - t1)";
  return cut;
}

Json notes_of(const SynthGguf& file) {
  Json notes = Json::array();
  notes.push_back("the weights are random: what it answers means nothing, how fast it answers does");
  if (file.choices.sparse) {
    notes.push_back(
        "sparse: times to load from disk are not a real file's, and a GPU under a power cap may clock higher on zeros; "
        "copies (Ollama's import) may be written out in full");
  }
  if (file.weights.expert_groups > 0) {
    notes.push_back(
        "experts: random routers choose more evenly than trained ones; speeds of many streams at once differ more");
  }
  if (file.architecture == "glm4moe") {
    notes.push_back("the next-token layer is in the file, as in real ones; it is loaded and not run");
  }
  return notes;
}

Json response_json(const SynthGguf& file, const std::optional<SynthGguf>& whole, const std::string& model) {
  std::map<std::string, int> counts;
  for (const HeaderTensor& tensor : file.tensors) ++counts[tensor.type];
  Json types = Json::array();
  for (const auto& [type, bytes] : file.bytes_by_type) {
    types.push_back({{"type", type}, {"tensors", counts[type]}, {"bytes", bytes}});
  }
  std::sort(types.begin(), types.end(), [](const Json& a, const Json& b) { return a["bytes"] > b["bytes"]; });
  return {{"schema", "rigwise.synth/1"},
          {"name", file.name},
          {"model", model},
          {"architecture", file.architecture},
          {"quant", file.choices.format},
          {"layers", file.layers},
          {"seed", file.choices.seed},
          {"sparse", file.choices.sparse},
          {"file_bytes", file.file_bytes},
          {"disk_bytes", file.written_bytes},
          {"bytes_per_token", bytes_per_token(file)},
          {"params_total", file.weights.params_total},
          {"tensors", file.tensors.size()},
          {"types", std::move(types)},
          {"cut", whole ? cut_json(file, *whole) : Json(nullptr)},
          {"written_to", nullptr},
          {"write_s", nullptr},
          {"notes", notes_of(file)}};
}

/// A bar on the terminal while bytes are written, a few times a second.
class ProgressBar {
 public:
  explicit ProgressBar(const Console& console) : console_(console) {}
  ~ProgressBar() {
    if (was_drawn_) *console_.err << "\r\x1b[K" << std::flush;
  }
  ProgressBar(const ProgressBar&) = delete;
  ProgressBar& operator=(const ProgressBar&) = delete;

  void show(const SynthProgress& progress) {
    if (!console_.err_is_terminal) return;
    const auto now = std::chrono::steady_clock::now();
    if (was_drawn_ && now - drawn_ < std::chrono::milliseconds(100)) return;
    drawn_ = now;
    was_drawn_ = true;
    constexpr std::size_t kCells = 30;
    const double share = static_cast<double>(progress.done_bytes) / static_cast<double>(progress.all_bytes);
    const auto full = static_cast<std::size_t>(share * static_cast<double>(kCells));
    *console_.err << "\r[" << std::string(full, '#') << std::string(kCells - full, '.') << "] "
                  << say_gb(progress.done_bytes) << " of " << say_gb(progress.all_bytes) << "\x1b[K" << std::flush;
  }

 private:
  const Console& console_;
  std::chrono::steady_clock::time_point drawn_;
  bool was_drawn_ = false;
};

void print_plan(const Console& console, const Json& response) {
  const bool is_one = response["layers"] == 1;
  *console.out << console.strong(text_of(response, "name")) << "  " << text_of(response, "architecture") << ", "
               << response["layers"] << (is_one ? " layer, " : " layers, ")
               << say_number(response["params_total"].get<double>() / 1e9) << " B parameters\n";
  std::string sizes = say_gb(response["file_bytes"]) + " in " + response["tensors"].dump() + " tensors";
  if (response["sparse"].get<bool>()) sizes += ", " + say_gb(response["disk_bytes"]) + " of it on disk";
  console.print_wrapped(sizes + "; a token of one stream reads " + say_gb(response["bytes_per_token"]), 2);
  *console.out << '\n';
  Table table;
  table.columns = {{"type", false, false}, {"tensors", true, false}, {"GB", true, false}};
  for (const Json& type : response["types"]) {
    table.rows.push_back(
        {text_of(type, "type"), say_number(type["tensors"], 6), significant(type["bytes"].get<double>() / 1e9, 3)});
  }
  console.print(table);
  if (console.format != OutputFormat::table) return;
  *console.out << '\n';
  if (const Json& cut = response["cut"]; cut.is_object()) {
    std::string text = "a cut of a model of " + cut["model_layers"].dump() + " layers, " +
                       say_gb(cut["model_file_bytes"]) + ", " + say_gb(cut["model_bytes_per_token"]) + " a token";
    if (cut["seconds_per_token"].is_string()) {
      text += ": with t1 and t2 the seconds per token of cuts of " + cut["first_cut_layers"].dump() + " and " +
              cut["second_cut_layers"].dump() + " layers, it takes " + text_of(cut, "seconds_per_token") +
              ", where it fits the same memory";
    }
    console.print_wrapped(text, 2);
  }
  for (const Json& note : response["notes"]) console.print_wrapped("note: " + note.get<std::string>(), 2);
}

int run(Session& session, const Args& args) {
  Console& console = session.console();
  const Result<const House*> house = session.house();
  if (!house) return console.print_error(house.error());
  const Catalog& catalog = (*house)->catalog;
  const Result<SynthGguf> file = plan_of(catalog, args);
  if (!file) return console.print_error(file.error());
  const Llm& model = **catalog.model(args.list("MODEL").front());
  std::optional<SynthGguf> whole;
  if (file->is_cut()) {
    SynthChoices choices = file->choices;
    choices.layers = 0;
    Result<SynthGguf> planned = plan_synth_gguf(catalog, model, choices);
    if (!planned) return console.print_error(planned.error());
    whole = std::move(*planned);
  }
  Json response = response_json(*file, whole, model.id);
  const std::optional<std::string> path = args.text("--out");
  if (args.has("--plan")) {
    if (!session.printed_as_json(response)) print_plan(console, response);
    return 0;
  }
  if (!path) {
    return console.print_error({ErrorCode::invalid_input,
                                "no file to write is named",
                                "--out",
                                "-o FILE.gguf, or --plan to see what it would be",
                                {}});
  }
  const auto started = std::chrono::steady_clock::now();
  Result<SynthEnd> end = SynthEnd::interrupted;
  {
    const InterruptWatch watch;
    ProgressBar bar(console);
    end = write_synth_file(*file, *path, args.has("--force"), [&](const SynthProgress& progress) {
      bar.show(progress);
      return !watch.is_interrupted();
    });
  }
  if (!end) return console.print_error(end.error());
  if (*end == SynthEnd::interrupted) {
    *console.err << "interrupted; nothing is left of the file\n";
    return kInterrupted;
  }
  const double seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - started).count();
  response["written_to"] = *path;
  response["write_s"] = seconds;
  if (session.printed_as_json(response)) return 0;
  print_plan(console, response);
  if (console.format == OutputFormat::table) {
    *console.out << "\nwritten to " << *path << " in " << say_seconds(seconds)
                 << "; next, for example:\n  llama-bench -m " << *path << "\n  rigwise fit --file " << *path
                 << " --setup ...\n";
  }
  return 0;
}

}  // namespace

const CommandSpec& synth_command() {
  static const CommandSpec kSpec = {
      "synth",
      "a model file of random weights in the exact shape, to benchmark without downloading",
      "synth qwen3-8b --quant Q4_K_M -o qwen3-8b.gguf\n  rigwise synth glm-4.5-air --layers 4 --plan",
      {{"MODEL", "", ArgType::list, "MODEL", "the catalog's model whose shape the file has"},
       {"--quant", "", ArgType::text, "FORMAT",
        "Q4_K_M, Q4_0, Q6_K, Q8_0, F16, BF16, or MXFP4 for experts (default: Q4_K_M, or MXFP4 where the model is "
        "published in it)"},
       {"--out", "", ArgType::text, "FILE.gguf", "where to write it"},
       {"--layers", "", ArgType::integer, "N", "only so many layers; says how the whole model's time follows"},
       {"--seed", "", ArgType::integer, "N", "other random numbers; the same seed gives the same bytes (default: 1)"},
       {"--sparse", "", ArgType::flag, "", "leave the large matrices as holes: no disk, but zeros instead of weights"},
       {"--force", "", ArgType::flag, "", "replace a file that is there"},
       {"--plan", "", ArgType::flag, "", "say what the file would be, and write nothing"}},
      run};
  return kSpec;
}

}  // namespace rigwise
