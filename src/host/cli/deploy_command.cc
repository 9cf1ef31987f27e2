#include "host/cli/deploy_command.h"

#include <algorithm>
#include <ostream>

#include "codec/kit_manifest.h"
#include "core/base/text.h"
#include "host/cli/mix_flags.h"
#include "host/cli/needs_files.h"
#include "host/cli/people_groups.h"
#include "host/cli/say.h"
#include "host/cli/session.h"
#include "host/files/files.h"
#include "host/files/folder.h"

namespace rigwise {
namespace {

Result<Json> plan_in(const std::string& path) {
  const Result<std::string> text = read_file(path);
  if (!text) return fail(text.error());
  Result<Json> plan = parse_json(*text);
  if (plan) return plan;
  Error error = plan.error();
  error.where = path + (error.where.empty() ? "" : ": " + error.where);
  return fail(std::move(error));
}

/// "developer=8,admin=10" and what `capacity` takes; or the people of a needs file.
Result<void> lay_people(const Args& args, Json& request) {
  if (args.has("--people") && args.has("--needs"))
    return invalid("the people are named twice", "--people", "--people or --needs");
  if (const auto text = args.text("--people")) {
    std::string words = *text;
    for (char& c : words) c = c == '=' ? ':' : c;
    Result<Json> people = people_in(words);
    if (!people) return fail(people.error());
    request["people"] = *std::move(people);
    return {};
  }
  const auto path = args.text("--needs");
  if (!path) return {};
  const Result<GivenNeeds> needs = read_needs_file(*path);
  if (!needs) return fail(needs.error());
  const auto people = needs->object.find("people");
  if (people == needs->object.end()) return invalid(*path + " names no people", "--needs", "a file with [[people]]");
  request["people"] = *people;
  return {};
}

Result<Json> deploy_request(const Args& args) {
  Result<Json> request = request_from_args(deploy_command(), args);
  if (!request) return request;
  if (const auto path = args.text("--plan")) {
    Result<Json> plan = plan_in(*path);
    if (!plan) return plan;
    (*request)["plan"] = *std::move(plan);
  }
  if (args.has("--model")) {
    Json models = Json::array();
    for (const std::string& text : args.list("--model")) {
      Result<Json> model = packed_model_in(text);
      if (!model) return model;
      models.push_back(*std::move(model));
    }
    (*request)["models"] = std::move(models);
  }
  if (const auto text = args.text("--context")) {
    const Result<int> context = context_in(*text, "--context");
    if (!context) return fail(context.error());
    (*request)["context_tokens"] = *context;
  }
  if (Result<void> done = lay_people(args, *request); !done) return fail(done.error());
  return request;
}

void print_left_out(const Console& console, const Json& response) {
  console.print_wrapped(console.bad("no") + ": not everything stays loaded, so there is no kit");
  *console.out << '\n';
  for (const Json& entry : response["left_out"]) {
    std::string line = "out: " + text_of(entry, "name");
    if (entry["quant"].is_string()) line += " " + text_of(entry, "quant");
    line += ": " + text_of(entry, "why");
    if (entry["missing_gb"].is_number()) line += "; short by " + say_number(entry["missing_gb"], 2) + " GB";
    console.print_wrapped(line, 2);
  }
  console.print_wrapped("`rigwise pack` says what would fit", 2);
}

std::vector<std::string> texts_in(const Json& list) {
  std::vector<std::string> words;
  words.reserve(list.size());
  for (const Json& text : list) words.push_back(text.get<std::string>());
  return words;
}

/// Warns where more people come than an engine serves.
void print_served(const Console& console, const Json& response) {
  for (const Json& served : response["served"]) {
    const bool holds = served["holds"].get<bool>();
    std::string line = text_of(served, "service");
    line += " ";
    line += holds ? "serves" : console.bad("does not serve");
    line += " its " + say_count(served["people"].get<double>()) + " people";
    if (!holds) line += ": " + text_of(served, "why_not");
    console.print_wrapped(line, 2);
  }
}

std::string numbers_of(const Json& on) {
  std::vector<std::string> words;
  for (const Json& number : on) words.push_back(std::to_string(number.get<int>()));
  return join(words, "+");
}

void print_services(const Console& console, const Json& response) {
  Table table;
  table.columns = {{"service", false, true}, {"engine", false}, {"node", false},       {"on", true},
                   {"port", true},           {"streams", true}, {"tok/s alone", true}, {"all busy", true}};
  for (const Json& service : response["services"]) {
    const Json& predicted = service["predicted"];
    const bool says_decode =
        !predicted.empty() && !predicted.front()["decode"].is_null() && !predicted.back()["decode"].is_null();
    table.rows.push_back({text_of(service, "service"), text_of(service, "engine"), text_of(service, "node"),
                          numbers_of(service["on"]), std::to_string(service["port"].get<int>()),
                          say_count(service["streams"].get<double>()),
                          says_decode ? say_estimate(predicted.front()["decode"]) : "-",
                          says_decode ? say_number(predicted.back()["decode"]["value"]) : "-"});
  }
  console.print(table);
  *console.out << '\n';
}

void print_kit(const Console& console, const Json& response) {
  *console.out << console.strong(text_of(response, "setup")) << '\n';
  if (!response["fits"].get<bool>()) {
    print_left_out(console, response);
    return;
  }
  print_services(console, response);
  for (const Json& service : response["services"]) {
    console.print_wrapped(text_of(service, "service") + ": " + text_of(service, "reason"), 2);
    for (const Json& note : service["notes"]) console.print_wrapped("note: " + note.get<std::string>(), 4);
  }
  for (const Json& tier : response["tiers"]) {
    console.print_wrapped(text_of(tier, "tier") + ": " + text_of(tier, "service") + ", " + text_of(tier, "why"), 2);
  }
  print_served(console, response);
  for (const Json& assumption : response["assumptions"])
    console.print_wrapped("assumed: " + assumption.get<std::string>(), 2);
}

DataRows kit_rows(const Json& response) {
  DataRows data;
  data.columns = {"path", "mode", "purpose"};
  for (const Json& file : response["files"]) data.rows.push_back({file["path"], file["mode"], file["purpose"]});
  return data;
}

/// What a former kit in the folder wrote and this one does not; nothing where none left a manifest.
Result<std::vector<RememberedFile>> left_behind(const std::string& folder, const Json& response) {
  const Result<std::vector<std::string>> there = list_files(folder);
  const std::string path = folder + "/" + kKitManifestPath;
  std::vector<RememberedFile> left;
  if (!there || std::find(there->begin(), there->end(), kKitManifestPath) == there->end()) return left;
  const Result<std::string> text = read_file(path);
  if (!text) return fail(text.error());
  Result<std::vector<WrittenFile>> former = read_kit_manifest(*text);
  if (!former) {
    Error error = former.error();
    error.where = path;
    return fail(std::move(error));
  }
  for (WrittenFile& file : *former) {
    const bool is_written_again = std::any_of(response["files"].begin(), response["files"].end(),
                                              [&](const Json& now) { return text_of(now, "path") == file.path; });
    if (!is_written_again) left.push_back({std::move(file.path), std::move(file.sha256)});
  }
  return left;
}

Result<RemovedFiles> write_kit(const std::string& folder, const Json& response, bool over) {
  std::vector<FolderFile> files;
  for (const Json& file : response["files"]) {
    files.push_back({text_of(file, "path"), text_of(file, "content"), text_of(file, "mode") == "0755"});
  }
  std::vector<RememberedFile> left;
  if (over) {
    Result<std::vector<RememberedFile>> found = left_behind(folder, response);
    if (!found) return fail(found.error());
    left = *std::move(found);
  }
  if (const Result<void> written = write_folder(folder, files, over); !written) return fail(written.error());
  return remove_unchanged(folder, left);
}

void print_removed(const Console& console, const Json& response) {
  const Json &removed = response["removed"], &kept = response["kept"];
  if (!removed.empty())
    console.print_wrapped("removed, of the kit that was there before: " + join(texts_in(removed), ", "), 2);
  if (!kept.empty()) {
    console.print_wrapped(
        "kept, though this kit does not have them, since somebody changed them: " + join(texts_in(kept), ", "), 2);
  }
}

int run(Session& session, const Args& args) {
  Console& console = session.console();
  const Result<Json> request = deploy_request(args);
  if (!request) return console.print_error(request.error());
  int status = 0;
  std::optional<Json> response = session.answer("deploy", *request, status);
  if (!response) return status;
  const bool fits = (*response)["fits"].get<bool>();
  const std::optional<std::string> out = args.text("--out");
  if (out && fits) {
    const Result<RemovedFiles> written = write_kit(*out, *response, args.has("--force"));
    if (!written) return console.print_error(written.error());
    (*response)["written"] = *out;
    (*response)["removed"] = written->removed;
    (*response)["kept"] = written->kept;
    for (Json& file : (*response)["files"]) file.erase("content");
  }
  if (!session.printed_as_data(*response, kit_rows)) {
    print_kit(console, *response);
    const std::string count = std::to_string((*response)["files"].size()) + " files";
    if (out && fits) *console.out << '\n' << count << " written to " << *out << ": begin with its README.md\n";
    if (out && fits) print_removed(console, *response);
    if (!out && fits) *console.out << '\n' << count << "; -o FOLDER writes them\n";
  }
  return fits ? 0 : 1;
}

}  // namespace

const CommandSpec& deploy_command() {
  static const CommandSpec kSpec = {
      "deploy",
      "what starts it? a kit of files: engines, router, chat page, checks",
      "deploy \"2x rtx 5090\" --model qwen3-32b:q4_k_m --model gpt-oss-20b -o kit\n"
      "  rigwise pack \"4x rtx 3090\" llama-3.3-70b qwen3-32b --json > plan.json; "
      "rigwise deploy \"4x rtx 3090\" --plan plan.json --people developer=8,admin=10 -o kit",
      {{"SETUP", "setup", ArgType::text, "SETUP", "[COUNTx]DEVICE[@LINK] [+ ...], as \"2x rtx-5090\""},
       {"--plan", "", ArgType::text, "FILE.json", "what `rigwise pack --json` printed"},
       {"--model", "", ArgType::list, "MODEL", "without a plan: NAME[:QUANT], or as `pack` takes it"},
       {"--out", "", ArgType::text, "FOLDER", "write the kit"},
       {"--force", "", ArgType::flag, "", "write over what is in FOLDER"},
       {"--engine", "engine", ArgType::text, "NAME", "llama-server, ollama, vllm, sglang or mlx, for all models"},
       {"--people", "", ArgType::text, "LIST", "groups with keys and budgets: developer=8,admin=10"},
       {"--sign-in", "sign_in", ArgType::text, "HOW", "to the chat page: passwords, or oidc (a provider of yours)"},
       {"--needs", "", ArgType::text, "NEEDS.toml", "the people of a needs file instead"},
       {"--context", "", ArgType::text, "N", "tokens of context of each stream, as 16k (8192)"},
       {"--concurrency", "concurrency", ArgType::integer, "N", "streams of each model (1)"},
       {"--quant", "quant", ArgType::text, "FORMAT", "weight format of all that name none"},
       {"--backend", "backend", ArgType::text, "NAME", "cuda, rocm, vulkan, metal, sycl or cpu"},
       {"--reserve", "reserve_gb", ArgType::number, "GB", "kept free on every device"},
       {"--prompt-tokens", "prompt_tokens", ArgType::integer, "N", "of the load that confirms (1024)"},
       {"--output-tokens", "output_tokens", ArgType::integer, "N", "of the load that confirms (256)"},
       {"--level", "level", ArgType::number, "P", "coverage of the bands (0.8)"},
       measurements_arg(),
       {"--as-of", "as_of", ArgType::text, "DATE", "answer as of this date"}},
      run};
  return kSpec;
}

}  // namespace rigwise
