#include "host/cli/shell_completion.h"

#include <algorithm>
#include <map>
#include <string_view>
#include <vector>

#include "core/base/text.h"
#include "host/cli/app.h"

namespace rigwise {
namespace {

/// What may stand where a value is expected.
enum class ValueKind { plain, file, folder, run, machine, model };

/// "FILE", "NEEDS.toml"; not "N,...", which is a list of numbers.
bool names_a_file(const std::string& name) {
  const std::size_t dot = name.find('.');
  const bool has_ending = dot + 1 < name.size() && name[dot + 1] >= 'a' && name[dot + 1] <= 'z';
  return name.find("FILE") != std::string::npos || name == "PATH" || name == "LOGS" || name == "REPORT" || has_ending;
}

ValueKind kind_of(const ArgSpec& arg) {
  const std::string& name = arg.value_name;
  if (name == "DIR" || name == "OUT_DIR" || name == "FOLDER") return ValueKind::folder;
  if (names_a_file(name)) return ValueKind::file;
  // A saved run is named by its file too. The RUN of --run is one of a store.
  if (arg.flag == "RUN" || arg.flag == "A" || arg.flag == "B") return ValueKind::run;
  if (name == "SETUP" || name == "DEVICE") return ValueKind::machine;
  if (name == "MODEL" || arg.flag == "--model" || arg.flag == "--models") return ValueKind::model;
  return ValueKind::plain;
}

bool is_flag(const ArgSpec& arg) { return arg.flag.starts_with("--"); }

/// "eval tasks" -> its words and what they are for; "" the top.
std::map<std::string, std::vector<std::pair<std::string, std::string>>> words_by_group() {
  std::map<std::string, std::vector<std::pair<std::string, std::string>>> all;
  const auto add = [&](const std::string& name, const std::string& summary) {
    const std::size_t space = name.rfind(' ');
    const std::string group = space == std::string::npos ? "" : name.substr(0, space);
    all[group].emplace_back(space == std::string::npos ? name : name.substr(space + 1), summary);
  };
  for (const CommandGroup& group : command_groups()) add(group.name, group.summary);
  for (const CommandSpec* spec : command_list()) add(spec->name, spec->summary);
  return all;
}

std::vector<ArgSpec> flags_of(const CommandSpec& spec) {
  std::vector<ArgSpec> flags;
  std::copy_if(spec.args.begin(), spec.args.end(), std::back_inserter(flags), is_flag);
  flags.insert(flags.end(), global_args().begin(), global_args().end());
  flags.push_back({"--help", "", ArgType::flag, "", "what this takes, with an example"});
  return flags;
}

/// What stands without a flag, as far as a shell can help with it.
ValueKind positional_kind(const CommandSpec& spec) {
  const auto positional = std::find_if_not(spec.args.begin(), spec.args.end(), is_flag);
  return positional == spec.args.end() ? ValueKind::plain : kind_of(*positional);
}

/// What bash does where a value of this kind is wanted; COMPREPLY holds flags already where there is no flag before it.
const char* bash_offer(ValueKind kind) {
  switch (kind) {
    case ValueKind::file: return "COMPREPLY+=($(compgen -f -- \"$cur\"))";
    case ValueKind::folder: return "COMPREPLY+=($(compgen -d -- \"$cur\"))";
    case ValueKind::run:
      return "COMPREPLY+=($(compgen -W \"last $(_rigwise_runs)\" -- \"$cur\") $(compgen -f -- \"$cur\"))";
    case ValueKind::machine: return "COMPREPLY+=($(compgen -W \"$(_rigwise_names devices)\" -- \"$cur\"))";
    case ValueKind::model: return "COMPREPLY+=($(compgen -W \"$(_rigwise_names models)\" -- \"$cur\"))";
    case ValueKind::plain: break;
  }
  return ":";
}

/// The values of flags, command by command: --out is a file in one and a folder in another.
std::string bash_values() {
  std::string text = "  case \"$path $prev\" in\n";
  for (const ValueKind kind :
       {ValueKind::file, ValueKind::folder, ValueKind::run, ValueKind::machine, ValueKind::model, ValueKind::plain}) {
    std::vector<std::string> places;
    for (const CommandSpec* spec : command_list()) {
      for (const ArgSpec& arg : spec->args) {
        if (!is_flag(arg) || arg.type == ArgType::flag || kind_of(arg) != kind) continue;
        places.push_back("\" " + spec->name + " " + arg.flag + "\"");
      }
    }
    for (const ArgSpec& arg : global_args()) {
      if (arg.type != ArgType::flag && kind_of(arg) == kind) places.push_back("*\" " + arg.flag + "\"");
    }
    if (!places.empty()) text += "    " + join(places, "|") + ") " + bash_offer(kind) + "; return ;;\n";
  }
  return text + "  esac\n";
}

std::string first_words(const std::vector<std::pair<std::string, std::string>>& words) {
  std::vector<std::string> names;
  names.reserve(words.size());
  for (const auto& [word, summary] : words) names.push_back(word);
  return join(names, " ");
}

std::string bash_completion() {
  std::string text =
      "# bash completion of rigwise: rigwise completion bash > /usr/share/bash-completion/completions/rigwise\n"
      "_rigwise_names() { \"${COMP_WORDS[0]}\" catalog \"$1\" --format csv 2>/dev/null | tail -n +2 | cut -d, -f1; }\n"
      "_rigwise_runs() { \"${COMP_WORDS[0]}\" bench list --format csv 2>/dev/null | grep -o '^[0-9][0-9a-z-]*'; }\n"
      "_rigwise() {\n"
      "  local cur=${COMP_WORDS[COMP_CWORD]} prev=${COMP_WORDS[COMP_CWORD-1]} path= i\n"
      "  COMPREPLY=()\n"
      "  for ((i = 1; i < COMP_CWORD; i++)); do\n"
      "    case \"$path ${COMP_WORDS[i]}\" in\n";
  std::vector<std::string> names;
  for (const CommandGroup& group : command_groups()) names.push_back("\" " + std::string(group.name) + "\"");
  for (const CommandSpec* spec : command_list()) names.push_back("\" " + spec->name + "\"");
  text += "      " + join(names, "|") + ") path=\"$path ${COMP_WORDS[i]}\" ;;\n    esac\n  done\n" + bash_values() +
          "  case \"$path\" in\n";
  const auto groups = words_by_group();
  for (const auto& [group, words] : groups) {
    const bool is_command = std::any_of(command_list().begin(), command_list().end(),
                                        [&, name = group](const CommandSpec* spec) { return spec->name == name; });
    if (is_command) continue;
    text += "    \"" + (group.empty() ? "" : " " + group) + "\") COMPREPLY=($(compgen -W \"" + first_words(words) +
            " --help\" -- \"$cur\")) ;;\n";
  }
  for (const CommandSpec* spec : command_list()) {
    std::vector<std::string> flags;
    for (const ArgSpec& arg : flags_of(*spec)) flags.push_back(arg.flag);
    const auto below = groups.find(spec->name);
    const std::string more = below == groups.end() ? "" : " " + first_words(below->second);
    text += "    \" " + spec->name + "\") COMPREPLY=($(compgen -W \"" + join(flags, " ") + more +
            "\" -- \"$cur\")); [[ $cur == -* ]] || " + bash_offer(positional_kind(*spec)) + " ;;\n";
  }
  return text + "  esac\n}\ncomplete -o filenames -F _rigwise rigwise\n";
}

/// For between single quotes of a shell; zsh's _arguments and _describe also take : and [ ] for their own.
std::string quoted(std::string_view text, bool zsh) {
  std::string out = "'";
  for (const char c : text) {
    if (c == '\'') {
      out += "'\\''";
    } else {
      if (zsh && (c == ':' || c == '[' || c == ']' || c == '\\')) out += '\\';
      out += c;
    }
  }
  return out + "'";
}

const char* zsh_action(ValueKind kind) {
  switch (kind) {
    case ValueKind::file: return "_files";
    case ValueKind::folder: return "_files -/";
    case ValueKind::run: return "_rigwise_runs";
    case ValueKind::machine: return "_rigwise_names devices";
    case ValueKind::model: return "_rigwise_names models";
    case ValueKind::plain: break;
  }
  return " ";
}

std::string zsh_argument(const ArgSpec& arg) {
  const bool repeatable = arg.type == ArgType::list || arg.type == ArgType::measurements;
  std::string described = quoted(arg.help, true);
  described = described.substr(1, described.size() - 2);
  std::string text = (repeatable ? "'*" : "'") + arg.flag + "[" + described + "]";
  if (arg.type != ArgType::flag) text += ":" + lower(arg.value_name) + ":" + zsh_action(kind_of(arg));
  return text + "'";
}

std::string zsh_completion() {
  std::string text =
      "#compdef rigwise\n"
      "# zsh completion of rigwise: rigwise completion zsh > \"${fpath[1]}/_rigwise\"\n"
      "_rigwise_names() {\n"
      "  local -a names=(${(f)\"$(rigwise catalog $1 --format csv 2>/dev/null | tail -n +2 | cut -d, -f1)\"})\n"
      "  compadd -a names\n}\n"
      "_rigwise_runs() {\n"
      "  local -a names=(last ${(f)\"$(rigwise bench list --format csv 2>/dev/null | grep -o '^[0-9][0-9a-z-]*')\"})\n"
      "  compadd -a names\n  _files\n}\n"
      "_rigwise() {\n"
      "  local rigwise_path= i\n"
      "  local -a words_below\n"
      "  for ((i = 2; i < CURRENT; i++)); do\n"
      "    case \"$rigwise_path ${words[i]}\" in\n";
  std::vector<std::string> names;
  for (const CommandGroup& group : command_groups()) names.push_back("\" " + std::string(group.name) + "\"");
  for (const CommandSpec* spec : command_list()) names.push_back("\" " + spec->name + "\"");
  text += "      " + join(names, "|") + ") rigwise_path=\"$rigwise_path ${words[i]}\" ;;\n    esac\n  done\n";
  text += "  case \"$rigwise_path\" in\n";
  const auto groups = words_by_group();
  for (const auto& [group, words] : groups) {
    text += "    \"" + (group.empty() ? "" : " " + group) + "\") words_below=(";
    for (const auto& [word, summary] : words) {
      std::string entry = quoted(word, true);
      entry.pop_back();
      text.append(entry).append(":").append(quoted(summary, true).substr(1)).append(" ");
    }
    text += ") ;;\n";
  }
  text += "  esac\n  (( $#words_below )) && _describe command words_below\n  case \"$rigwise_path\" in\n";
  for (const CommandSpec* spec : command_list()) {
    text += "    \" " + spec->name + "\") _arguments";
    for (const ArgSpec& arg : flags_of(*spec)) text.append(" ").append(zsh_argument(arg));
    const ValueKind kind = positional_kind(*spec);
    if (kind != ValueKind::plain) text.append(" '*: :").append(zsh_action(kind)).append("'");
    text += " ;;\n";
  }
  return text + "  esac\n}\n[[ $funcstack[1] == _rigwise ]] && _rigwise \"$@\" || compdef _rigwise rigwise\n";
}

const char* fish_values(ValueKind kind) {
  switch (kind) {
    case ValueKind::file: return " -r -F";
    case ValueKind::folder: return " -x -a '(__fish_complete_directories)'";
    case ValueKind::run: return " -r -F -a '(__rigwise_runs)'";
    case ValueKind::machine: return " -x -a '(__rigwise_names devices)'";
    case ValueKind::model: return " -x -a '(__rigwise_names models)'";
    case ValueKind::plain: break;
  }
  return " -x";
}

std::string fish_completion() {
  std::string text =
      "# fish completion of rigwise: rigwise completion fish > ~/.config/fish/completions/rigwise.fish\n"
      "function __rigwise_names\n"
      "  rigwise catalog $argv[1] --format csv 2>/dev/null | tail -n +2 | cut -d, -f1\n"
      "end\n"
      "function __rigwise_runs\n"
      "  echo last\n"
      "  rigwise bench list --format csv 2>/dev/null | grep -o '^[0-9][0-9a-z-]*'\n"
      "end\n"
      "# The words that name the command so far.\n"
      "function __rigwise_path\n"
      "  set -l path\n"
      "  for word in (commandline -opc)[2..-1]\n"
      "    switch \"$path $word\"\n"
      "      case";
  for (const CommandGroup& group : command_groups()) text.append(" ' ").append(group.name).append("'");
  for (const CommandSpec* spec : command_list()) text.append(" ' ").append(spec->name).append("'");
  text +=
      "\n        set path \"$path $word\"\n    end\n  end\n  echo \"$path\"\nend\n"
      "function __rigwise_at\n  test (__rigwise_path) = \"$argv[1]\"\nend\n"
      "complete -c rigwise -f\n";
  for (const auto& [group, words] : words_by_group()) {
    const std::string at = group.empty() ? "" : " " + group;
    for (const auto& [word, summary] : words) {
      text.append("complete -c rigwise -n \"__rigwise_at '").append(at).append("'\" -a ").append(word);
      text.append(" -d ").append(quoted(summary, false)).append("\n");
    }
  }
  for (const CommandSpec* spec : command_list()) {
    const std::string condition = "complete -c rigwise -n \"__rigwise_at ' " + spec->name + "'\"";
    for (const ArgSpec& arg : flags_of(*spec)) {
      text.append(condition).append(" -l ").append(arg.flag.substr(2)).append(" -d ").append(quoted(arg.help, false));
      if (arg.type != ArgType::flag) text.append(fish_values(kind_of(arg)));
      text += "\n";
    }
    const ValueKind kind = positional_kind(*spec);
    if (kind == ValueKind::file) text.append(condition).append(" -F\n");
    if (kind == ValueKind::folder) text.append(condition).append(" -a '(__fish_complete_directories)'\n");
    if (kind == ValueKind::run) text.append(condition).append(" -F -a '(__rigwise_runs)'\n");
    if (kind == ValueKind::machine) text.append(condition).append(" -a '(__rigwise_names devices)'\n");
    if (kind == ValueKind::model) text.append(condition).append(" -a '(__rigwise_names models)'\n");
  }
  return text;
}

}  // namespace

Result<std::string> shell_completion(const std::string& shell) {
  if (shell == "bash") return bash_completion();
  if (shell == "zsh") return zsh_completion();
  if (shell == "fish") return fish_completion();
  const std::string what =
      shell.empty() ? "no shell is named" : "no completion is known for the shell \"" + shell + "\"";
  return fail(
      {ErrorCode::invalid_input, what, "SHELL", "bash, zsh or fish", nearest_names(shell, {"bash", "zsh", "fish"})});
}

}  // namespace rigwise
