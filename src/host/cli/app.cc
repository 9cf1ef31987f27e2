#include "host/cli/app.h"

#include <CLI/CLI.hpp>
#include <algorithm>
#include <filesystem>
#include <memory>
#include <sstream>

#include "core/base/check.h"
#include "core/base/text.h"
#include "host/cli/command.h"
#include "host/cli/deploy_command.h"
#include "host/cli/eval_demo_command.h"
#include "host/cli/export_measurements_command.h"
#include "host/cli/plain_stream.h"
#include "host/cli/probe_command.h"
#include "host/cli/session.h"
#include "host/cli/site_new_command.h"
#include "host/cli/usage_command.h"
#include "host/cli/version.h"
#include "host/probe/here_folder.h"

namespace rigwise {

const std::vector<const CommandSpec*>& command_list() {
  static const std::vector<const CommandSpec*> kCommands = {
      // what to buy
      &advise_command(),
      &report_command(),
      &predict_command(),
      &fit_command(),
      &compare_command(),
      &pack_command(),
      &cluster_command(),
      &capacity_command(),
      &cost_command(),
      &route_command(),
      &check_command(),
      &explain_command(),
      // what runs it
      &deploy_command(),
      &deploy_confirm_command(),
      // what is used
      &usage_import_command(),
      &usage_tasks_command(),
      &usage_rules_command(),
      &usage_why_command(),
      // what it rests on
      &catalog_command(),
      &catalog_check_command(),
      &validate_command(),
      &calibrate_command(),
      &import_command(),
      &export_measurements_command(),
      &seeds_command(),
      // what it is measured with
      &synth_command(),
      // which model
      &eval_demo_command(),
      &eval_tasks_list_command(),
      &eval_tasks_check_command(),
      &eval_tasks_prove_command(),
      &eval_tasks_new_command(),
      &eval_run_command(),
      &eval_grade_command(),
      &eval_judge_command(),
      &eval_review_command(),
      &eval_status_command(),
      &eval_worker_command(),
      &eval_report_command(),
      &eval_import_command(),
      // how fast it is
      &probe_command(),
      &bench_command(),
      &bench_list_command(),
      &bench_show_command(),
      &bench_compare_command(),
      // where it is seen, and where it is kept
      &serve_command(),
      &site_command(),
      &site_new_command(),
      &store_init_command(),
      &store_check_command(),
      &store_export_command(),
      &store_import_command(),
      &store_copy_command(),
      // what a shell and a manual need
      &completion_command(),
      &man_command(),
  };
  return kCommands;
}

const std::vector<CommandGroup>& command_groups() {
  static const std::vector<CommandGroup> kGroups = {
      {"eval", "which model is good enough for my work? tasks, runs, judges, reports"},
      {"eval tasks", "the tasks that models are asked"},
      {"export", "what others may have of yours"},
      {"usage", "what do I use today? local logs as tokens a month, hours, kinds of work"},
      {"store", "what was asked, answered, paid and judged: move, check, keep"},
  };
  return kGroups;
}

const std::vector<ArgSpec>& global_args() {
  static const std::vector<ArgSpec> kArgs = {
      {"--catalog", "", ArgType::list, "DIR", "folder with your own catalog files (repeatable)"},
      {"--base-catalog", "", ArgType::text, "DIR", "folder to use instead of the embedded catalog"},
      {"--format", "", ArgType::text, "FORMAT", "table, json, csv or md"},
      {"--json", "", ArgType::flag, "", "short for --format json"}};
  return kArgs;
}

namespace {

const CommandGroup* group_called(const std::string& name) {
  const std::vector<CommandGroup>& groups = command_groups();
  const auto group = std::find_if(groups.begin(), groups.end(), [&](const CommandGroup& g) { return g.name == name; });
  return group == groups.end() ? nullptr : &*group;
}

/// What the user typed for one command, gathered by CLI11 and handed over as Args.
struct Gathered {
  const CommandSpec* spec = nullptr;
  CLI::App* app = nullptr;
  std::vector<std::unique_ptr<std::vector<std::string>>> values;  ///< per argument
  std::vector<std::unique_ptr<bool>> flags;
};

struct Globals {
  std::vector<std::string> catalogs;
  std::string base_catalog;
  std::string format;
  bool json = false;
};

void add_globals(CLI::App& app, Globals& globals) {
  const std::vector<ArgSpec>& args = global_args();
  app.add_option(args[0].flag, globals.catalogs, args[0].help)->type_name(args[0].value_name)->allow_extra_args(false);
  app.add_option(args[1].flag, globals.base_catalog, args[1].help)->type_name(args[1].value_name);
  app.add_option(args[2].flag, globals.format, args[2].help)->type_name(args[2].value_name);
  app.add_flag(args[3].flag, globals.json, args[3].help);
}

std::vector<std::string> known_flags(const Gathered* command) {
  std::vector<std::string> flags = {"--help", "--json", "--format", "--catalog", "--base-catalog"};
  if (command == nullptr) {
    flags.push_back("--version");
    return flags;
  }
  for (const ArgSpec& arg : command->spec->args) {
    if (arg.flag.rfind("--", 0) == 0) flags.push_back(arg.flag);
    for (const std::string& other : other_spellings(arg.flag)) flags.push_back(other);
  }
  return flags;
}

CLI::App* subcommand_for(CLI::App& root, const CommandSpec& spec) {
  CLI::App* parent = &root;
  const std::vector<std::string_view> words = split(spec.name, ' ');
  std::string name;
  for (std::size_t i = 0; i + 1 < words.size(); ++i) {
    const std::string word(words[i]);
    name += (i == 0 ? "" : " ") + word;
    const auto namesakes = parent->get_subcommands([&](const CLI::App* app) { return app->get_name() == word; });
    CLI::App* known = namesakes.empty() ? nullptr : namesakes.front();
    if (known == nullptr) {
      const CommandGroup* group = group_called(name);
      RW_CHECK(group != nullptr);
      known = parent->add_subcommand(word, group->summary);
      known->require_subcommand(0, 1);
      known->fallthrough();
    }
    parent = known;
  }
  return parent->add_subcommand(std::string(words.back()), spec.summary);
}

void add_argument(Gathered& command, const ArgSpec& arg) {
  command.values.push_back(std::make_unique<std::vector<std::string>>());
  command.flags.push_back(std::make_unique<bool>(false));
  if (arg.type == ArgType::flag) {
    command.app->add_flag(arg.flag, *command.flags.back(), arg.help);
    return;
  }
  const std::string names = arg.flag == "--out" ? "-o,--out" : arg.flag;
  CLI::Option* option = command.app->add_option(names, *command.values.back(), arg.help);
  if (!arg.value_name.empty()) option->type_name(arg.value_name);
  const bool positional = arg.flag.rfind("--", 0) != 0;
  if (positional && arg.type == ArgType::list) {
    option->expected(0, -1);
  } else {
    option->expected(1)->allow_extra_args(false);
    const bool repeatable = arg.type == ArgType::list || arg.type == ArgType::measurements;
    option->multi_option_policy(repeatable ? CLI::MultiOptionPolicy::TakeAll : CLI::MultiOptionPolicy::TakeLast);
    // Of no group: taken, but not shown.
    for (const std::string& other : other_spellings(arg.flag)) {
      command.app->add_option(other, *command.values.back(), arg.help)
          ->group("")
          ->expected(1)
          ->allow_extra_args(false)
          ->multi_option_policy(CLI::MultiOptionPolicy::TakeLast);
    }
  }
}

Args to_args(const Gathered& command) {
  Args args;
  for (std::size_t i = 0; i < command.spec->args.size(); ++i) {
    const std::string& flag = command.spec->args[i].flag;
    if (*command.flags[i]) args.add(flag, "true");
    for (const std::string& value : *command.values[i]) args.add(flag, value);
  }
  return args;
}

/// The words that name a command or a group of them: "eval tasks prove" of its arguments.
std::string spoken_name(const std::vector<std::string>& arguments) {
  std::string name;
  for (std::size_t i = 0; i < arguments.size(); ++i) {
    const std::string& argument = arguments[i];
    if (argument == "--catalog" || argument == "--base-catalog" || argument == "--format") {
      ++i;
    } else if (!argument.starts_with('-')) {
      name += (name.empty() ? "" : " ") + argument;
      if (group_called(name) == nullptr) return name;
    }
  }
  return name;
}

/// CLI11's refusal in our words, with the nearest flag or command.
Error usage_error(const CLI::ParseError& fault, const Gathered* command, const std::vector<std::string>& arguments) {
  Error error{ErrorCode::invalid_input, fault.what(), "", "rigwise --help", {}};
  if (command != nullptr) error.try_this = "rigwise " + command->spec->name + " --help";
  if (dynamic_cast<const CLI::ArgumentMismatch*>(&fault) != nullptr) {
    const std::string flag = error.message.substr(0, error.message.find(':'));
    if (flag.starts_with("--")) error.message = flag + " needs a value";
    return error;
  }
  if (dynamic_cast<const CLI::ExtrasError*>(&fault) == nullptr) return error;
  std::vector<std::string> commands;
  for (const CommandSpec* spec : command_list()) commands.push_back(spec->name);
  for (const std::string& argument : arguments) {
    const std::string flag = argument.substr(0, argument.find('='));
    const std::vector<std::string> flags = known_flags(command);
    if (argument.rfind("--", 0) == 0 && std::find(flags.begin(), flags.end(), flag) == flags.end()) {
      error.message = "unknown option " + flag;
      error.did_you_mean = nearest_names(flag, flags, 2);
      return error;
    }
  }
  const std::string wanted = spoken_name(arguments);
  // In a group, its own; else all, each group once.
  const std::string group = wanted.substr(0, wanted.rfind(' '));
  const bool in_group = group != wanted && group_called(group) != nullptr;
  std::vector<std::string> choices;
  for (const std::string& name : commands) {
    const std::string first = name.substr(0, name.find(' '));
    const std::string& choice = group_called(first) == nullptr ? name : first;
    if (in_group ? name.starts_with(group + " ") : std::find(choices.begin(), choices.end(), choice) == choices.end()) {
      choices.push_back(in_group ? name : choice);
    }
  }
  if (command == nullptr && !wanted.empty()) {
    error.message = "unknown command \"" + wanted + "\"";
    error.did_you_mean = nearest_names(wanted, commands);
    error.try_this = "one of: " + join(choices, ", ");
  } else if (command != nullptr) {
    // CLI11 names all that is too much, the last first.
    const std::string extras = error.message.substr(error.message.rfind(": ") + 2);
    const auto first = std::find_if(arguments.begin(), arguments.end(), [&](const std::string& argument) {
      return (" " + extras + " ").find(" " + argument + " ") != std::string::npos;
    });
    const std::string extra = first == arguments.end() ? extras : *first;
    const std::vector<std::string> flags = known_flags(command);
    const bool takes_setup = std::find(flags.begin(), flags.end(), "--setup") != flags.end();
    error.message = "\"" + extra + "\" is not expected here: values follow an option, as in " +
                    (takes_setup ? "--setup" : "--model") + " NAME";
  }
  return error;
}

constexpr std::size_t kHelpWidth = 80;

/// One line of help, broken between words; later lines stand under the description, or, in an example, end so that a
/// shell reads them as one.
std::string wrapped_help_line(std::string_view line) {
  constexpr std::size_t kDescription = 30;  // where CLI11 puts it
  const bool example = line.starts_with("  rigwise ");
  const bool described = !example && line.size() > kDescription && line.starts_with("  ");
  const std::string indent(described ? kDescription : example ? 6 : 2, ' ');
  const std::size_t room = kHelpWidth - (example ? 2 : 0);
  std::string text;
  std::string rest(line);
  while (rest.size() > kHelpWidth) {
    std::size_t cut = rest.rfind(' ', room);
    if (cut == std::string::npos || cut <= indent.size()) break;  // a word wider than the line
    // An option of an example keeps its value beside it.
    const std::size_t option = example ? rest.rfind(" --", room) : std::string::npos;
    if (option != std::string::npos && option > indent.size()) cut = option;
    text.append(rest, 0, cut).append(example ? " \\\n" : "\n");
    rest.replace(0, cut + 1, indent);
  }
  return text + rest;
}

/// CLI11 does not break lines.
std::string wrapped_help(std::string_view text) {
  std::string wrapped;
  // Options that are not shown leave an empty line of their group.
  for (const std::string_view line : split(text, '\n')) {
    if (!line.empty() || !wrapped.ends_with("\n\n")) wrapped += wrapped_help_line(line) + "\n";
  }
  wrapped.pop_back();  // the text ended in a line end of its own
  return wrapped;
}

bool set_format(const Globals& globals, Console& console) {
  const std::string format = globals.json ? "json" : globals.format;
  if (format.empty() || format == "table") return true;
  if (format == "json")
    console.format = OutputFormat::json;
  else if (format == "csv")
    console.format = OutputFormat::csv;
  else if (format == "md")
    console.format = OutputFormat::md;
  else
    return false;
  return true;
}

}  // namespace

int run_app(const std::vector<std::string>& arguments, Console console, const std::string& extra_catalogs) {
  // Whatever is said of a file or an argument may quote it: no control character of theirs reaches the terminal.
  PlainStream out(*console.out, console.color), err(*console.err, console.color);
  console.out = &out;
  console.err = &err;
  CLI::App app{"Which machine should I buy to run LLMs myself, or should I not buy one at all?", "rigwise"};
  app.set_version_flag("--version", std::string("rigwise ") + kVersion);
  app.require_subcommand(0, 1);
  app.fallthrough();
  Globals globals;
  add_globals(app, globals);
  std::vector<Gathered> commands;
  for (const CommandSpec* spec : command_list()) {
    Gathered command;
    command.spec = spec;
    command.app = subcommand_for(app, *spec);
    command.app->fallthrough();
    if (!spec->example.empty()) command.app->footer("Example:\n  rigwise " + spec->example);
    commands.push_back(std::move(command));
    for (const ArgSpec& arg : spec->args) add_argument(commands.back(), arg);
  }
  app.footer(
      "Example:\n  rigwise predict --model llama-3.1-8b --setup \"rtx 4090\"\n  rigwise advise "
      "examples/needs-agents.toml");

  // JSON errors are promised even when the arguments do not parse.
  const auto has = [&](const char* word) {
    return std::find(arguments.begin(), arguments.end(), word) != arguments.end();
  };
  const auto format = std::find(arguments.begin(), arguments.end(), "--format");
  const bool json_format = format != arguments.end() && format + 1 != arguments.end() && *(format + 1) == "json";
  if (has("--json") || has("--format=json") || json_format) console.format = OutputFormat::json;
  const auto parsed_command = [&]() -> Gathered* {
    Gathered* deepest = nullptr;
    for (Gathered& command : commands) {
      if (command.app->parsed()) deepest = &command;
    }
    return deepest;
  };
  try {
    std::vector<std::string> reversed(arguments.rbegin(), arguments.rend());
    app.parse(reversed);
  } catch (const CLI::Success& request) {  // --help, --version
    std::ostringstream text;
    const int status = app.exit(request, text, *console.err);
    *console.out << wrapped_help(text.str());
    return status;
  } catch (const CLI::ParseError& fault) {
    return console.print_error(usage_error(fault, parsed_command(), arguments));
  }
  if (!set_format(globals, console)) {
    return console.print_error({ErrorCode::invalid_input, "unknown format \"" + globals.format + "\"", "--format",
                                "table, json, csv or md",
                                nearest_names(globals.format, {"table", "json", "csv", "md"})});
  }
  Gathered* command = parsed_command();
  if (command == nullptr) {  // a group alone shows what is in it
    const CLI::App* shown = &app;
    std::string before;
    while (!shown->get_subcommands().empty()) {
      before += (before.empty() ? "" : " ") + shown->get_name();
      shown = shown->get_subcommands().front();
    }
    const std::string help = wrapped_help(shown->help(before));
    *console.out << help << (help.ends_with('\n') ? "" : "\n");
    return 0;
  }
  std::vector<std::string> overlays;
  // `here` is this machine as `probe --save` wrote it down; who does not speak of it is told nothing of it.
  const std::string here = default_here_folder();
  std::error_code fault;
  if (std::any_of(arguments.begin(), arguments.end(), names_here) && std::filesystem::is_directory(here, fault))
    overlays.push_back(here);
  for (const std::string_view folder : split(extra_catalogs, ':')) {
    if (!folder.empty()) overlays.emplace_back(folder);
  }
  overlays.insert(overlays.end(), globals.catalogs.begin(), globals.catalogs.end());
  Session session(console, globals.base_catalog, std::move(overlays));
  return command->spec->run(session, to_args(*command));
}

}  // namespace rigwise
