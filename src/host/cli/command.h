#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "verbs/verbs.h"

namespace rigwise {

class Session;

/// `measurements` names CSV files of the user's own runs; their text goes into the request. `money` is an amount as
/// people write it; a currency in it becomes the request's.
enum class ArgType { text, number, integer, money, flag, list, measurements };

/// One argument of a command. `flag` "--model" is an option, "NAME" without dashes a positional (ArgType::list: any
/// number). With a `key`, the value goes into the verb's request under it; without one the command reads it itself.
struct ArgSpec {
  std::string flag;
  std::string key;
  ArgType type = ArgType::text;
  std::string value_name;
  std::string help;
};

/// "--store URL", for every command that keeps what it paid for.
ArgSpec store_arg();

/// Values as the user typed them, by flag.
class Args {
 public:
  bool has(const std::string& flag) const { return values_.count(flag) != 0; }
  std::optional<std::string> text(const std::string& flag) const;
  std::vector<std::string> list(const std::string& flag) const;
  void add(const std::string& flag, std::string value) { values_[flag].push_back(std::move(value)); }

 private:
  std::map<std::string, std::vector<std::string>> values_;
};

/// A command of the terminal: what it takes and what it does. One file per command; app.cc lists them.
struct CommandSpec {
  std::string name;     ///< "predict", "catalog check"
  std::string summary;  ///< one line, lower case
  std::string example;  ///< shown under --help, without the leading "rigwise"
  std::vector<ArgSpec> args;
  int (*run)(Session& session, const Args& args) = nullptr;  ///< gives the exit status
};

/// What is accepted beside the spelling that help shows: --horizon-months was --horizon in one command and --months in
/// another.
std::vector<std::string> other_spellings(const std::string& flag);

/// "--measurements FILE.csv", for every command that predicts.
ArgSpec measurements_arg();

/// The files that a flag names, as one measurement CSV; nothing when it names none. Errors  a file that cannot be read
/// or is no measurement CSV.
Result<std::optional<std::string>> measurement_files(const Args& args, const std::string& flag);

/// The verb request that the arguments with a key spell out. Bad numbers are errors that name the flag; a file that
/// cannot be read, or is no measurement CSV, is an error at FILE:LINE.
Result<Json> request_from_args(const CommandSpec& spec, const Args& args);

const CommandSpec& advise_command();
const CommandSpec& bench_command();
const CommandSpec& bench_compare_command();
const CommandSpec& bench_list_command();
const CommandSpec& bench_show_command();
const CommandSpec& calibrate_command();
const CommandSpec& capacity_command();
const CommandSpec& catalog_check_command();
const CommandSpec& catalog_command();
const CommandSpec& check_command();
const CommandSpec& cluster_command();
const CommandSpec& compare_command();
const CommandSpec& completion_command();
const CommandSpec& cost_command();
const CommandSpec& eval_grade_command();
const CommandSpec& eval_import_command();
const CommandSpec& eval_judge_command();
const CommandSpec& eval_report_command();
const CommandSpec& eval_review_command();
const CommandSpec& eval_run_command();
const CommandSpec& eval_status_command();
const CommandSpec& eval_tasks_check_command();
const CommandSpec& eval_tasks_list_command();
const CommandSpec& eval_tasks_new_command();
const CommandSpec& eval_tasks_prove_command();
const CommandSpec& eval_worker_command();
const CommandSpec& explain_command();
const CommandSpec& fit_command();
const CommandSpec& import_command();
const CommandSpec& man_command();
const CommandSpec& pack_command();
const CommandSpec& predict_command();
const CommandSpec& report_command();
const CommandSpec& route_command();
const CommandSpec& seeds_command();
const CommandSpec& serve_command();
const CommandSpec& site_command();
const CommandSpec& store_check_command();
const CommandSpec& store_copy_command();
const CommandSpec& store_export_command();
const CommandSpec& store_import_command();
const CommandSpec& store_init_command();
const CommandSpec& synth_command();
const CommandSpec& validate_command();

}  // namespace rigwise
