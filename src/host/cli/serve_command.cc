#include <cstdlib>
#include <filesystem>
#include <ostream>

#include "core/base/text.h"
#include "host/bench/saved_runs.h"
#include "host/cli/command.h"
#include "host/cli/session.h"
#include "host/cli/version.h"
#include "host/probe/here_folder.h"
#include "host/process/start.h"
#include "host/serve/embedded_files.h"
#include "host/serve/http_server.h"
#include "host/store/store_url.h"
#include "verbs/learned.h"

namespace rigwise {
namespace {

/// The token stands in the environment: arguments are seen by every user of the machine.
Result<std::string> token_of(const Args& args) {
  const std::optional<std::string> name = args.text("--token-env");
  if (!name) return std::string();
  const char* token = std::getenv(name->c_str());
  if (token == nullptr || *token == '\0') {
    return invalid("the environment has no \"" + *name + "\"", "--token-env",
                   "the name of a variable that holds the token: export " + *name + "=$(openssl rand -hex 16)");
  }
  return std::string(token);
}

Result<ServerOptions> server_options(const Args& args) {
  ServerOptions options;
  options.version = kVersion;
  if (const auto where = args.text("--listen")) {
    Result<ListenAddress> listen = parse_listen_address(*where);
    if (!listen) return fail(listen.error());
    options.listen = std::move(*listen);
  }
  Result<std::string> token = token_of(args);
  if (!token) return fail(token.error());
  options.token = std::move(*token);
  if (args.has("--open") && !options.token.empty()) options.opening = random_id();
  options.hosts = args.list("--host");
  options.tls_cert_file = args.text("--tls-cert").value_or("");
  options.tls_key_file = args.text("--tls-key").value_or("");
  options.evaluations.store = args.text("--store").value_or(default_store());
  options.evaluations.may_be_absent = !args.has("--store");
  options.evaluations.tasks_folder = args.text("--tasks").value_or("");
  options.runs.benches = args.text("--runs").value_or(default_runs_folder());
  options.runs.here = args.text("--here").value_or(default_here_folder());
  return options;
}

/// A slip in a name that was given shows at the start, not when somebody asks.
Result<void> check_served(const Args& args) {
  if (const auto store = args.text("--store")) {
    const auto opened = open_store_to_read(*store);
    if (!opened) return fail(opened.error());
  }
  const std::optional<std::string> tasks = args.text("--tasks");
  std::error_code failed;
  if (tasks && !std::filesystem::is_directory(*tasks, failed)) {
    return invalid("there is no folder \"" + *tasks + "\"", "--tasks", "a folder of tasks: tasks/<role>/<slug>");
  }
  if (!tasks || args.has("--token-env")) return {};
  return invalid("without a token nobody may save tasks", "--tasks",
                 "--token-env VAR, with a secret of 16 characters or more in VAR");
}

/// The house with the user's runs learned; nothing when no file is named.
Result<std::optional<LearnedHouse>> taught_house(const House& house, const Args& args) {
  const Result<std::optional<std::string>> csv = measurement_files(args, "--measurements");
  if (!csv) return fail(csv.error());
  if (!*csv) return std::optional<LearnedHouse>();
  Result<LearnedHouse> learned = learn_measurements(house, **csv, args.list("--measurements").front());
  if (!learned) return fail(learned.error());
  return std::optional<LearnedHouse>(std::move(*learned));
}

void say_where(const Console& console, const HttpServer& server, const ServerOptions& options) {
  const std::string& url = server.urls().front();
  if (console.format == OutputFormat::json) {
    *console.out << Json{{"schema", "rigwise.serve/1"}, {"urls", server.urls()}}.dump(2) << std::endl;
    return;
  }
  *console.out << "rigwise answers at " << url << (options.token.empty() ? "" : "?token=...") << '\n';
  for (std::size_t i = 1; i < server.urls().size(); ++i)
    *console.out << "               and " << server.urls()[i] << '\n';
  if (!options.token.empty()) {
    *console.out << "with the token: verdicts into " << shown_store(options.evaluations.store);
    if (!options.evaluations.tasks_folder.empty())
      *console.out << ", new tasks into " << options.evaluations.tasks_folder;
    *console.out << '\n';
  }
  if (embedded_site().empty()) *console.out << "the API only: this binary was built without the dashboard\n";
  *console.out << "Ctrl-C ends it" << std::endl;
  if (!options.listen.is_loopback && options.tls_cert_file.empty()) {
    *console.err << "warning: without --tls-cert the token travels readable to everyone on the way\n";
  }
}

int run(Session& session, const Args& args) {
  Console& console = session.console();
  Result<ServerOptions> options = server_options(args);
  if (!options) return console.print_error(options.error());
  // Whoever asks this server means its machine by `here`.
  std::error_code fault;
  if (std::filesystem::is_directory(options->runs.here, fault)) session.lay_over(options->runs.here);
  const Result<const House*> facts = session.house();
  if (!facts) return console.print_error(facts.error());
  const Result<std::optional<LearnedHouse>> learned = taught_house(**facts, args);
  if (!learned) return console.print_error(learned.error());
  if (*learned) session.note_refused_runs({{"learned", (*learned)->report}});
  const House& house = *learned ? (*learned)->house : **facts;
  if (const Result<void> served = check_served(args); !served) return console.print_error(served.error());
  const Result<std::unique_ptr<HttpServer>> server = HttpServer::open(house, *options);
  if (!server) return console.print_error(server.error());
  say_where(console, **server, *options);
  if (args.has("--open")) {
    const std::string shown = options->opening.empty() ? "" : "?token=" + options->opening;
    const Result<void> opened = open_in_browser((*server)->urls().front() + shown);
    if (!opened) *console.err << "note: " << opened.error().message << '\n';
  }
  (*server)->run(true);
  if (console.format != OutputFormat::json) *console.out << "ended\n";
  return 0;
}

}  // namespace

const CommandSpec& serve_command() {
  static const CommandSpec kSpec = {
      "serve",
      "the dashboard and the HTTP API, on this machine",
      "serve --open\n  rigwise serve --listen 0.0.0.0:443 --token-env RIGWISE_TOKEN --tls-cert cert.pem --tls-key "
      "key.pem",
      {{"--listen", "", ArgType::text, "ADDR:PORT", "where (127.0.0.1:7468 and [::1]:7468); port 0 is a free one"},
       {"--token-env", "", ArgType::text, "VAR",
        "variable that holds the token every request must show; needed where other machines can ask"},
       {"--host", "", ArgType::list, "NAME", "a name this server goes by, beside localhost (repeatable)"},
       {"--tls-cert", "", ArgType::text, "FILE", "certificate chain in PEM: https"},
       {"--tls-key", "", ArgType::text, "FILE", "its key"},
       {"--open", "", ArgType::flag, "", "show it in the browser"},
       {"--measurements", "", ArgType::list, "FILE.csv", "your own runs, learned once at the start (repeatable)"},
       {"--store", "", ArgType::text, "URL",
        "runs of evaluations to show and review (RIGWISE_STORE, or the usual store)"},
       {"--runs", "", ArgType::text, "FOLDER", "saved runs of bench to show (where --save keeps them)"},
       {"--here", "", ArgType::text, "DIR",
        "what probe --save kept (your data folder, rigwise/here): the set-up `here`"},
       {"--tasks", "", ArgType::text, "DIR", "where new tasks of the page may be saved; needs a token"}},
      run};
  return kSpec;
}

}  // namespace rigwise
