#pragma once

#include <optional>
#include <string>
#include <vector>

#include "host/cli/console.h"
#include "host/synth/engine_run.h"
#include "verbs/take_runs.h"

namespace rigwise {

/// A synthetic file that is there, as an engine measures it.
struct MeasuredFile {
  std::string path;
  int layers = 0;
};

/// What `synth --run` is to measure.
struct SynthRunPlan {
  FoundEngine engine;
  EngineWork work;
  ImportChoices choices;            ///< the machine where it was named; the model and format of the file
  std::vector<MeasuredFile> files;  ///< the whole model, or two cuts of it, the smaller first
  int model_layers = 0;
};

/// What came of it: the engine's speeds as measurement rows, those of a whole model that two cuts gave among them.
struct SynthRunOutcome {
  bool was_interrupted = false;
  TakenRuns taken;
  std::vector<UnmappedName> unmapped;
  Json report;  ///< {"engine", "path", "run_s", "cuts", "saved_to", "compared"}
};

/// Runs the engine on each file and takes its figures in. Two cuts of a and b layers give the whole of L:
///
///     t = t_a + (L - a) / (b - a) * (t_b - t_a)
///
/// with t the time per token of the median of each test.
/// Errors  as of run_engine() and import_runs(); io: an engine that printed no speed, or cuts of which the longer one
///         was not slower.
Result<SynthRunOutcome> run_synth(const House& house, const SynthRunPlan& plan, RunBook& book);

/// "llama-bench measured ...", and the table of measured beside predicted.
void print_synth_run(const Console& console, const SynthRunOutcome& outcome);

}  // namespace rigwise
