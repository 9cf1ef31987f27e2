#include <ostream>

#include "host/cli/command.h"
#include "host/cli/session.h"
#include "host/cli/shell_completion.h"

namespace rigwise {
namespace {

int run(Session& session, const Args& args) {
  const Console& console = session.console();
  const std::optional<std::string> shell = args.text("SHELL");
  const Result<std::string> script = shell_completion(shell.value_or(""));
  if (!script) return console.print_error(script.error());
  *console.out << *script;
  return 0;
}

}  // namespace

const CommandSpec& completion_command() {
  static const CommandSpec kSpec = {"completion",
                                    "what a shell needs to complete commands, flags and names",
                                    "completion bash > ~/.local/share/bash-completion/completions/rigwise",
                                    {{"SHELL", "", ArgType::text, "SHELL", "bash, zsh or fish"}},
                                    run};
  return kSpec;
}

}  // namespace rigwise
