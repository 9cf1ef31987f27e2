#include "host/cli/result_files.h"

#include "codec/result_set.h"
#include "host/eval/result_set_of_ledger.h"
#include "host/files/files.h"
#include "host/store/store_url.h"
#include "verbs/prompt_mix.h"

namespace rigwise {

Result<ResultSet> results_in_files(const std::vector<std::string>& paths) {
  std::vector<ResultSet> sets;
  sets.reserve(paths.size());
  for (const std::string& path : paths) {
    const Result<std::string> text = read_file(path);
    if (!text) return fail(text.error());
    Result<ResultSet> set = parse_result_set(*text, path);
    if (!set) return set;
    sets.push_back(std::move(*set));
  }
  return sets.size() == 1 ? std::move(sets.front()) : joined_results(std::move(sets), "FILE");
}

Result<ResultSet> results_in(const Args& args, std::string& note) {
  const std::vector<std::string> files = args.list("FILE");
  if (!files.empty()) {
    if (args.has("--run") || args.has("--store")) {
      return invalid("results come from files or from a store, not from both", "--store",
                     "FILE..., or --store and --run");
    }
    return results_in_files(files);
  }
  const auto ledger = open_store_to_read(args.text("--store").value_or(default_store()));
  if (!ledger) return fail(ledger.error());
  const std::string run = args.text("--run").value_or("");
  if (run.empty()) {
    const auto ids = runs_called(**ledger, run);
    if (!ids) return fail(ids.error());
    const Result<std::string> newest = newest_run_note(**ledger, *ids);
    if (!newest) return fail(newest.error());
    note = *newest;
  }
  return result_set_of_ledger(**ledger, {run, false});
}

}  // namespace rigwise
