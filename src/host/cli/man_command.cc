#include <cctype>
#include <ostream>

#include "core/base/text.h"
#include "host/cli/app.h"
#include "host/cli/command.h"
#include "host/cli/session.h"
#include "host/cli/version.h"

namespace rigwise {
namespace {

/// Text for roff: backslashes and hyphens are written as such, and no line begins with a control character.
std::string roff(std::string_view text) {
  std::string out;
  for (const char c : text) {
    if (c == '\\')
      out += "\\e";
    else if (c == '-')
      out += "\\-";
    else if ((c == '.' || c == '\'') && (out.empty() || out.back() == '\n'))
      out.append("\\&").push_back(c);
    else
      out += c;
  }
  return out;
}

std::string upper(std::string text) {
  for (char& c : text) c = static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
  return text;
}

std::string argument_entry(const ArgSpec& arg) {
  const bool is_flag = arg.flag.starts_with("--");
  std::string head =
      is_flag ? "\\fB" + roff(arg.flag == "--out" ? "-o, --out" : arg.flag) + "\\fR" : "\\fI" + roff(arg.flag) + "\\fR";
  if (is_flag && arg.type != ArgType::flag) head += " \\fI" + roff(arg.value_name) + "\\fR";
  return ".TP\n" + head + "\n" + roff(arg.help) + "\n";
}

std::string command_entry(const CommandSpec& spec) {
  std::string text = ".SS rigwise " + roff(spec.name) + "\n" + roff(spec.summary) + "\n";
  for (const ArgSpec& arg : spec.args) text += argument_entry(arg);
  if (!spec.example.empty()) text += ".PP\nExample:\n.PP\n.nf\n.RS 4\nrigwise " + roff(spec.example) + "\n.RE\n.fi\n";
  return text;
}

struct Named {
  const char *name, *words;
};
constexpr Named kStatuses[] = {{"0", "done"},
                               {"1", "done, and the answer is no: does not fit, failures, a check found faults"},
                               {"2", "bad usage or bad input"},
                               {"3", "the world failed: endpoint unreachable, store locked, disk full"},
                               {"70", "a bug of rigwise"},
                               {"130", "interrupted; finished work is kept"}};
constexpr Named kVariables[] = {
    {"RIGWISE_STORE", "the store of evaluations: sqlite:PATH or postgresql://..."},
    {"RIGWISE_CATALOG", "folders of your own catalog files, separated by colons; later ones win"},
    {"NO_COLOR", "when set, nothing is coloured"}};

std::string entries(const Named* begin, const Named* end) {
  std::string text;
  for (const Named* named = begin; named != end; ++named) {
    text.append(".TP\n\\fB").append(named->name).append("\\fR\n").append(roff(named->words)).append("\n");
  }
  return text;
}

std::string man_page() {
  std::string text = ".TH " + upper("rigwise") + " 1 \"\" \"rigwise " + kVersion + "\" \"User Commands\"\n";
  text += ".SH NAME\nrigwise \\- which machine to buy to run large language models, or whether to buy none\n";
  text += ".SH SYNOPSIS\n\\fBrigwise\\fR \\fICOMMAND\\fR [\\fIARGUMENTS\\fR]\n";
  text +=
      ".SH DESCRIPTION\n"
      "Predicts how fast each model runs on each machine and how far to trust that, measures, scores models on tasks "
      "of\n"
      "one's own, counts the money over years, and advises. Every command takes \\fB\\-\\-help\\fR, and shows an "
      "example.\n";
  text += ".SH OPTIONS OF EVERY COMMAND\n";
  for (const ArgSpec& arg : global_args()) text += argument_entry(arg);
  text += ".SH COMMANDS\n";
  for (const CommandSpec* spec : command_list()) text += command_entry(*spec);
  text += ".SH EXIT STATUS\n" + entries(std::begin(kStatuses), std::end(kStatuses));
  return text + ".SH ENVIRONMENT\n" + entries(std::begin(kVariables), std::end(kVariables));
}

int run(Session& session, const Args& /*args*/) {
  *session.console().out << man_page();
  return 0;
}

}  // namespace

const CommandSpec& man_command() {
  static const CommandSpec kSpec = {"man", "the manual page of all commands, as roff", "man | man -l -", {}, run};
  return kSpec;
}

}  // namespace rigwise
