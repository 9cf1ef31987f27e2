#include "host/cli/probe_command.h"
#include "core/base/text.h"

#include <chrono>
#include <ostream>

#include "core/machine/here_device.h"
#include "host/cli/eval_flags.h"
#include "host/cli/probe_report.h"
#include "host/cli/say.h"
#include "host/cli/session.h"
#include "host/probe/collect_answers.h"
#include "host/probe/cpu_kernels.h"
#include "host/probe/here_folder.h"
#include "host/probe/measure_here.h"
#include "host/process/interrupt_watch.h"
#include "verbs/probe_response.h"

namespace rigwise {
namespace {

constexpr int kInterrupted = 130;
constexpr double kFullSustained_s = 60;
constexpr int kLongest_s = 3600;

/// What is being measured, on the terminal's last line.
class PhaseBar {
 public:
  explicit PhaseBar(const Console& console) : console_(console) {}
  ~PhaseBar() {
    if (was_drawn_) *console_.err << "\r\x1b[K" << std::flush;
  }
  PhaseBar(const PhaseBar&) = delete;
  PhaseBar& operator=(const PhaseBar&) = delete;

  void show(const std::string& phase, double share) {
    if (!console_.err_is_terminal) return;
    was_drawn_ = true;
    constexpr std::size_t kCells = 30;
    const auto full = static_cast<std::size_t>(share * static_cast<double>(kCells));
    *console_.err << "\r[" << std::string(full, '#') << std::string(kCells - full, '.') << "] " << phase << "\x1b[K"
                  << std::flush;
  }

 private:
  const Console& console_;
  bool was_drawn_ = false;
};

Result<MeasureChoices> choices_of(const Args& args) {
  MeasureChoices choices;
  choices.quick = args.has("--quick");
  const Result<std::optional<int>> sustained = whole_number_of(args, "--sustained", 1, kLongest_s);
  if (!sustained) return fail(sustained.error());
  if (args.has("--full")) choices.sustained_s = kFullSustained_s;
  if (*sustained) choices.sustained_s = **sustained;
  choices.disk_file = args.text("--disk").value_or("");
  choices.instructions = args.text("--instructions").value_or("");
  if (!choices.instructions.empty() && kernels_named(choices.instructions) == nullptr) {
    return fail({ErrorCode::invalid_input,
                 "this processor has no kernels \"" + choices.instructions + "\"",
                 "--instructions",
                 "one of " + join(kernel_names(), ", "),
                 {}});
  }
  return choices;
}

/// What is asked of recorded answers, and only of this machine.
std::optional<Error> contradiction(const Args& args) {
  if (!args.has("--from")) return std::nullopt;
  for (const char* flag :
       {"--save", "--full", "--sustained", "--disk", "--quick", "--instructions", "--software-gpu"}) {
    if (!args.has(flag)) continue;
    return Error{ErrorCode::invalid_input,
                 std::string(flag) + " is about this machine, --from about another that was recorded",
                 flag,
                 "one of the two",
                 {}};
  }
  return std::nullopt;
}

struct Measured {
  std::optional<ProbedSpeed> speed;
  ProbedGraphics graphics;
  bool was_interrupted = false;
};

Result<Measured> measured(const Console& console, const FoundMachine& machine, const Args& args) {
  if (args.has("--from") || args.has("--no-speed")) return Measured{};
  const Result<MeasureChoices> choices = choices_of(args);
  if (!choices) return fail(choices.error());
  const InterruptWatch watch;
  PhaseBar bar(console);
  Result<MeasuredHere> here = measure_here(
      machine, *choices, {!args.has("--no-gpu"), args.has("--software-gpu")}, [&] { return watch.is_interrupted(); },
      [&](const std::string& phase, double share) { bar.show(phase, share); });
  if (!here) return fail(here.error());
  return Measured{here->speed.read_gbps ? std::optional(std::move(here->speed)) : std::nullopt,
                  std::move(here->graphics), watch.is_interrupted()};
}

Result<void> save(const House& house, const FoundMachine& machine, const ProbedSpeed* speed,
                  const std::vector<ProbedGpu>& gpus, const std::string& folder, Json& response) {
  const Device here = here_device(machine, match_machine(house.catalog, machine), speed, gpus);
  const Json saved = {{"schema", "rigwise.probe_saved/1"},
                      {"speed", response["speed"]},
                      {"gpu_speeds", response["gpu_speeds"]},
                      {"probe", response}};
  const Result<void> written = save_here(folder, here_record_toml(here), saved.dump(2) + "\n");
  if (written) response["saved_to"] = folder;
  return written;
}

int run(Session& session, const Args& args) {
  Console& console = session.console();
  if (const std::optional<Error> error = contradiction(args)) return console.print_error(*error);
  const std::optional<std::string> from = args.text("--from");
  const Result<std::vector<ProbeAnswer>> answers =
      from ? read_recorded_answers(*from) : Result<std::vector<ProbeAnswer>>(collect_answers());
  if (!answers) return console.print_error(answers.error());
  if (args.has("--report")) {
    *console.out << write_probe_report(*answers);
    return 0;
  }
  const Result<const House*> house = session.house();
  if (!house) return console.print_error(house.error());
  const FoundMachine machine = find_machine(read_probe_answers(*answers));
  const Result<Measured> speed = measured(console, machine, args);
  if (!speed) return console.print_error(speed.error());
  const ProbedSpeed* figures = speed->speed ? &*speed->speed : nullptr;
  Json response = probe_response(**house, machine, figures, speed->graphics);
  const int status = speed->was_interrupted ? kInterrupted : 0;
  Result<void> saved;  // said after what was found
  if (args.has("--save") && !speed->was_interrupted) {
    const std::string folder = args.text("--to").value_or(default_here_folder());
    saved = figures == nullptr && saved_speed(folder)
                ? Result<void>(invalid("what was measured before would be lost: this time nothing was", folder,
                                       "without --no-speed, or --to another folder"))
                : save(**house, machine, figures, speed->graphics.gpus, folder, response);
  }
  if (speed->was_interrupted) *console.err << "interrupted; what was measured until then:\n";
  const bool is_data = session.printed_as_data(response, probe_rows);
  if (!is_data) print_probe(console, response);
  if (!saved) return console.print_error(saved.error());
  if (is_data || console.format != OutputFormat::table) return status;
  if (response["saved_to"].is_string()) {
    const std::string folder = text_of(response, "saved_to");
    const std::string where = folder == default_here_folder() ? "" : "--catalog " + folder + " ";
    *console.out << "\nsaved to " << folder << "; from now on:\n  rigwise predict " << where
                 << "--model llama-3.1-8b --setup here\n";
  }
  return status;
}

}  // namespace

const CommandSpec& probe_command() {
  static const CommandSpec kSpec = {
      "probe",
      "what is this machine, how fast is its memory, and which models does it run?",
      "probe\n  rigwise probe --save && rigwise predict --model llama-3.1-8b --setup here\n  rigwise probe --report > "
      "machine.txt",
      {{"--quick", "", ArgType::flag, "", "a third of the time, fewer figures"},
       {"--full", "", ArgType::flag, "", "keep it busy for a minute, to see what heat leaves (as --sustained 60)"},
       {"--sustained", "", ArgType::integer, "SECONDS", "keep it busy for so long"},
       {"--disk", "", ArgType::text, "FILE", "also time reading this file from the disk: how fast models load"},
       {"--instructions", "", ArgType::text, "NAME",
        "measure as an engine does that was built for less than this processor has: avx2, plain"},
       {"--no-gpu", "", ArgType::flag, "", "measure no graphics processor, for drivers that cannot be trusted"},
       {"--software-gpu", "", ArgType::flag, "", "measure software devices of Vulkan too (lavapipe), to try it out"},
       {"--no-speed", "", ArgType::flag, "", "look, and measure nothing"},
       {"--save", "", ArgType::flag, "", "keep it: `--setup here` is this machine from then on"},
       {"--to", "", ArgType::text, "DIR", "where --save writes (your data folder, rigwise/here)"},
       {"--report", "", ArgType::flag, "", "print the raw answers, without serial numbers: to add to a bug report"},
       {"--from", "", ArgType::text, "PATH", "a report, or a folder of answers, instead of this machine"}},
      run};
  return kSpec;
}

}  // namespace rigwise
