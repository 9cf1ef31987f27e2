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
#include "host/cli/synth_run.h"
#include "host/files/files.h"
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
          {"run", nullptr},
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

/// A file as it was written, with the seconds it took; nothing when the user ended it.
Result<std::optional<double>> write_with_bar(const Console& console, const InterruptWatch& watch, const SynthGguf& file,
                                             const std::string& path, bool replace) {
  const auto started = std::chrono::steady_clock::now();
  ProgressBar bar(console);
  const Result<SynthEnd> end = write_synth_file(file, path, replace, [&](const SynthProgress& progress) {
    bar.show(progress);
    return !watch.is_interrupted();
  });
  if (!end) return fail(end.error());
  if (*end == SynthEnd::interrupted) return std::optional<double>();
  return std::optional<double>(std::chrono::duration<double>(std::chrono::steady_clock::now() - started).count());
}

/// What a command line asks to be written and measured.
struct SynthJob {
  const Llm* model = nullptr;
  SynthGguf file;
  std::optional<SynthGguf> whole;  ///< the whole model, where the file is a cut
  std::string path;
  std::optional<SynthRunPlan> run;
  std::optional<SynthGguf> longer_cut;  ///< measured beside a cut, and removed again
};

Result<SynthGguf> other_cut(const Catalog& catalog, const SynthGguf& file, const Llm& model, int layers) {
  SynthChoices choices = file.choices;
  choices.layers = layers;
  return plan_synth_gguf(catalog, model, choices);
}

/// Fills in what --run wants: an engine, and of a cut the longer one.
Result<void> plan_run(const Catalog& catalog, const Args& args, SynthJob& job) {
  SynthRunPlan run;
  Result<FoundEngine> engine = find_engine(args.text("--engine"));
  if (!engine) return fail(engine.error());
  run.engine = std::move(*engine);
  run.choices = {args.text("--machine").value_or(""), job.model->id, job.file.choices.format, ""};
  run.model_layers = job.file.model_layers;
  run.files = {{job.path, job.file.layers}};
  if (job.file.is_cut()) {
    if (job.file.first_cut != job.file.layers) {
      const std::string layers = std::to_string(job.file.first_cut);
      return invalid(std::to_string(job.file.layers) + " layers are no cut that the whole model follows from",
                     "--layers", job.file.first_cut > 0 ? "--layers " + layers : "the whole model: without --layers");
    }
    Result<SynthGguf> longer = other_cut(catalog, job.file, *job.model, job.file.second_cut);
    if (!longer) return fail(longer.error());
    job.longer_cut = std::move(*longer);
    run.files.push_back({job.path + "." + std::to_string(job.file.second_cut) + "-layers.gguf", job.file.second_cut});
  }
  job.run = std::move(run);
  return {};
}

Result<SynthJob> job_of(const Catalog& catalog, const Args& args) {
  SynthJob job;
  Result<SynthGguf> file = plan_of(catalog, args);
  if (!file) return fail(file.error());
  job.file = std::move(*file);
  job.model = *catalog.model(args.list("MODEL").front());
  job.path = args.text("--out").value_or("");
  if (job.file.is_cut()) {
    Result<SynthGguf> planned = other_cut(catalog, job.file, *job.model, 0);
    if (!planned) return fail(planned.error());
    job.whole = std::move(*planned);
  }
  if (args.has("--plan")) return job;
  if (job.path.empty()) {
    return fail({ErrorCode::invalid_input,
                 "no file to write is named",
                 "--out",
                 "-o FILE.gguf, or --plan to see what it would be",
                 {}});
  }
  for (const char* flag : {"--engine", "--machine", "--save"}) {
    if (args.has(flag) && !args.has("--run")) return invalid(std::string(flag) + " is for --run", flag, "--run");
  }
  if (!args.has("--run")) return job;
  if (const Result<void> planned = plan_run(catalog, args, job); !planned) return fail(planned.error());
  return job;
}

/// Removes a file when it goes, whatever happens.
class PassingFile {
 public:
  explicit PassingFile(std::string path) : path_(std::move(path)) {}
  ~PassingFile() {
    if (!path_.empty()) std::remove(path_.c_str());
  }
  PassingFile(const PassingFile&) = delete;
  PassingFile& operator=(const PassingFile&) = delete;

 private:
  std::string path_;
};

Result<RunBook> book_of(const std::optional<std::string>& path) {
  const Result<std::uint64_t> size = path ? file_size(*path) : Result<std::uint64_t>(0);
  if (!size || *size == 0) return RunBook();
  Result<std::string> text = read_file(*path);
  if (!text) return fail(text.error());
  return RunBook::open(std::move(*text), *path);
}

/// Measures what was written, and saves the runs where --save says.
Result<SynthRunOutcome> measure_job(const Console& console, const InterruptWatch& watch, const House& house,
                                    const Args& args, SynthJob& job) {
  const std::optional<std::string> save = args.text("--save");
  Result<RunBook> book = book_of(save);
  if (!book) return fail(book.error());
  const PassingFile longer(job.longer_cut ? job.run->files[1].path : "");
  if (job.longer_cut) {
    const Result<std::optional<double>> written =
        write_with_bar(console, watch, *job.longer_cut, job.run->files[1].path, true);
    if (!written) return fail(written.error());
    SynthRunOutcome ended;
    ended.was_interrupted = true;
    if (!*written) return ended;
  }
  job.run->work.go_on = [&watch] { return !watch.is_interrupted(); };
  Result<SynthRunOutcome> outcome = run_synth(house, *job.run, *book);
  if (!outcome || outcome->was_interrupted || !save) return outcome;
  const Result<void> written = write_file_atomically(*save, book->text_with(outcome->taken.fresh));
  if (!written) return fail(written.error());
  outcome->report["saved_to"] = *save;
  return outcome;
}

/// A path as one word of a command line.
std::string as_shell_word(const std::string& path) {
  constexpr std::string_view kPlain = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-./+,=@%:";
  if (!path.empty() && path.find_first_not_of(kPlain) == std::string::npos) return path;
  std::string word = "'";
  for (const char c : path) word += c == '\'' ? std::string("'\\''") : std::string(1, c);
  return word + "'";
}

void print_written(const Console& console, const std::string& path, double seconds, bool was_run) {
  if (console.format != OutputFormat::table) return;
  *console.out << "\nwritten to " << path << " in " << say_seconds(seconds);
  if (!was_run) {
    *console.out << "; next, for example:\n  llama-bench -m " << as_shell_word(path) << "\n  rigwise fit --file "
                 << as_shell_word(path) << " --setup ...";
  }
  *console.out << '\n';
}

int run(Session& session, const Args& args) {
  Console& console = session.console();
  const Result<const House*> house = session.house();
  if (!house) return console.print_error(house.error());
  Result<SynthJob> job = job_of((*house)->catalog, args);
  if (!job) return console.print_error(job.error());
  Json response = response_json(job->file, job->whole, job->model->id);
  if (args.has("--plan")) {
    if (!session.printed_as_json(response)) print_plan(console, response);
    return 0;
  }
  const InterruptWatch watch;
  const Result<std::optional<double>> seconds =
      write_with_bar(console, watch, job->file, job->path, args.has("--force"));
  if (!seconds) return console.print_error(seconds.error());
  if (!*seconds) {
    *console.err << "interrupted; nothing is left of the file\n";
    return kInterrupted;
  }
  response["written_to"] = job->path;
  response["write_s"] = **seconds;
  std::optional<SynthRunOutcome> outcome;
  if (job->run) {
    Result<SynthRunOutcome> measured = measure_job(console, watch, **house, args, *job);
    if (!measured) return console.print_error(measured.error());
    if (measured->was_interrupted) {
      *console.err << "interrupted; " << job->path << " is whole, nothing was measured\n";
      return kInterrupted;
    }
    response["run"] = measured->report;
    outcome = std::move(*measured);
  }
  if (session.printed_as_json(response)) return 0;
  print_plan(console, response);
  print_written(console, job->path, **seconds, outcome.has_value());
  if (outcome) print_synth_run(console, *outcome);
  return 0;
}

}  // namespace

const CommandSpec& synth_command() {
  static const CommandSpec kSpec = {
      "synth",
      "a model file of random weights in the exact shape, to benchmark without downloading",
      "synth qwen3-8b --quant Q4_K_M -o qwen3-8b.gguf\n  rigwise synth glm-4.5-air --layers 4 --plan\n  rigwise synth "
      "qwen3-8b --layers 4 -o cut.gguf --run --machine \"rtx 4090\"",
      {{"MODEL", "", ArgType::list, "MODEL", "the catalog's model whose shape the file has"},
       {"--quant", "", ArgType::text, "FORMAT",
        "Q4_K_M, Q4_0, Q6_K, Q8_0, F16, BF16, or MXFP4 for experts (default: Q4_K_M, or MXFP4 where the model is "
        "published in it)"},
       {"--out", "", ArgType::text, "FILE.gguf", "where to write it"},
       {"--layers", "", ArgType::integer, "N", "only so many layers; says how the whole model's time follows"},
       {"--seed", "", ArgType::integer, "N", "other random numbers; the same seed gives the same bytes (default: 1)"},
       {"--sparse", "", ArgType::flag, "", "leave the large matrices as holes: no disk, but zeros instead of weights"},
       {"--force", "", ArgType::flag, "", "replace a file that is there"},
       {"--plan", "", ArgType::flag, "", "say what the file would be, and write nothing"},
       {"--run", "", ArgType::flag, "",
        "measure the file with llama-bench, llama-server or Ollama and show it beside the prediction; of a cut, a "
        "longer "
        "one is measured too, and the whole model's time follows"},
       {"--engine", "", ArgType::text, "PATH",
        "the program that --run measures with (default: the first of the three on PATH)"},
       {"--machine", "", ArgType::text, "SETUP", "the machine, for the prediction (default: as the engine says)"},
       {"--save", "", ArgType::text, "FILE.csv", "add what was measured to this file, for --measurements"}},
      run};
  return kSpec;
}

}  // namespace rigwise
