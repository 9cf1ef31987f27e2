#include "host/cli/session.h"

#include <algorithm>
#include <ostream>

#include "core/base/text.h"
#include "core/machine/here_device.h"
#include "host/catalog_io/load.h"
#include "host/probe/here_folder.h"
#include "verbs/learned.h"

namespace rigwise {

Result<LoadedCatalog> Session::load() const {
  return base_.empty() ? load_catalog(overlays_) : load_catalog_folder(base_, overlays_);
}

void Session::lay_over(std::string folder) {
  if (std::find(overlays_.begin(), overlays_.end(), folder) == overlays_.end())
    overlays_.insert(overlays_.begin(), std::move(folder));
}

Result<const House*> Session::house() {
  if (house_) return house_.get();
  Result<LoadedCatalog> loaded = load();
  if (!loaded) return fail(loaded.error());
  for (const Diagnostic& fault : loaded->diagnostics) {
    std::string where = fault.file + (fault.line > 0 ? ":" + std::to_string(fault.line) : "");
    if (!fault.key.empty()) where += " " + fault.key;
    if (fault.is_error) return invalid(fault.message, where, fault.try_this);
    *console_.err << "warning: " << fault.message << " (" << where << ")\n";
  }
  if (!overlays_.empty()) warn_of_implausible(loaded->catalog);
  house_ = std::make_unique<House>(House{std::move(loaded->catalog), std::move(loaded->calibration)});
  for (const RefusedRun& run : learn_overlays(*house_)) note_refused_run(run.id, run.message, run.did_you_mean);
  for (const std::string& folder : overlays_) {
    const std::optional<ProbedSpeed> speed = saved_speed(folder);
    const Result<const Device*> here = house_->catalog.device(kHere);
    if (speed && here) {
      learn_probed_speed(house_->catalog, **here, *speed, house_->calibration);
      if (const std::string words = disturbance_words(*speed); !words.empty())
        *console_.err << "warning: when this machine was probed, " << words
                      << "; what is said of \"here\" is too low: rigwise probe --save when nothing else runs\n";
    }
    if (here) learn_probed_gpus(house_->catalog, **here, saved_gpus(folder), house_->calibration);
  }
  return house_.get();
}

void Session::note_refused_run(const std::string& id, const std::string& message,
                               const std::vector<std::string>& names) {
  *console_.err << "note: run " << id << " is not used: " << message;
  if (!names.empty()) *console_.err << "; did you mean " << join(names, ", ") << "?";
  *console_.err << '\n';
}

void Session::note_refused_runs(const Json& response) {
  if (!response.contains("learned")) return;
  for (const Json& run : response["learned"]["refused"]) {
    note_refused_run(run["id"].get<std::string>(), run["message"].get<std::string>(),
                     run["did_you_mean"].get<std::vector<std::string>>());
  }
}

void Session::warn_of_implausible(const Catalog& catalog) {
  constexpr std::size_t kShown = 3;
  // The embedded facts pass every rule, so what fails now came with the user's files.
  const std::vector<Diagnostic> faults = check_catalog(catalog);
  for (std::size_t i = 0; i < faults.size() && i < kShown; ++i) {
    *console_.err << "warning: " << faults[i].message << " (" << faults[i].file << " " << faults[i].key << ")\n";
  }
  if (faults.size() > kShown) {
    *console_.err << "warning: " << faults.size() - kShown << " more; rigwise catalog check lists them\n";
  }
}

std::optional<Json> Session::answer(std::string_view verb, const Json& request, int& status) {
  const Result<const House*> facts = house();
  if (!facts) {
    status = console_.print_error(facts.error());
    return std::nullopt;
  }
  Result<Json> response = run_verb(**facts, verb, request);
  if (!response) {
    status = console_.print_error(with_here_explained(response.error(), (*facts)->catalog));
    return std::nullopt;
  }
  status = 0;
  note_refused_runs(*response);
  return std::move(*response);
}

bool Session::printed_as_json(const Json& response) {
  if (console_.format != OutputFormat::json) return false;
  *console_.out << response.dump(2, ' ', false, Json::error_handler_t::replace) << '\n';
  return true;
}

bool Session::printed_as_data(const Json& response, DataRows (*rows_of)(const Json& response)) {
  if (console_.format != OutputFormat::csv) return printed_as_json(response);
  *console_.out << rows_of(response).as_csv();
  return true;
}

}  // namespace rigwise
