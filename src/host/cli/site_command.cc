#include <list>
#include <ostream>
#include <vector>

#include "core/base/text.h"
#include "host/bench/saved_runs.h"
#include "host/cli/command.h"
#include "host/cli/result_files.h"
#include "host/cli/say.h"
#include "host/cli/session.h"
#include "host/cli/site_new_command.h"
#include "host/eval/result_set_of_ledger.h"
#include "host/serve/embedded_files.h"
#include "host/serve/site_content.h"
#include "host/serve/site_writer.h"
#include "host/site/team_page.h"
#include "host/site/team_template.h"
#include "host/store/store_url.h"

namespace rigwise {
namespace {

Error no_page() {
  return {ErrorCode::io,
          "this binary was built without the dashboard",
          {},
          "with Node 20.19 or newer: script/web build, then build rigwise again (script/run site does both)",
          {}};
}

/// The files, with the block at the end of the page; `page` holds the bytes of what is new.
std::vector<EmbeddedFile> with_block(std::span<const EmbeddedFile> files, std::string_view block, std::string& page) {
  std::vector<EmbeddedFile> with(files.begin(), files.end());
  for (EmbeddedFile& file : with) {
    if (!file.path.ends_with(".html")) continue;
    page = with_content(file.bytes, block);
    file.bytes = page;
    break;
  }
  return with;
}

/// What a folder is written of; the texts that it points into live beside it.
struct SiteFiles {
  std::vector<EmbeddedFile> files;
  std::list<std::string> texts;
  std::string page;                ///< the file to open
  std::vector<std::string> notes;  ///< what was left out
};

/// The results that the page is made of: a store's newest run or --run, else the file that site.toml names.
Result<std::optional<ResultSet>> results_of_team(const Args& args, const TeamSite& site) {
  if (const auto store = args.text("--store"); store || args.has("--run")) {
    const auto ledger = open_store_to_read(store.value_or(default_store()));
    if (!ledger) return fail(ledger.error());
    Result<ResultSet> results = result_set_of_ledger(**ledger, {args.text("--run").value_or(""), false});
    if (!results) return fail(results.error());
    return std::optional<ResultSet>(*std::move(results));
  }
  if (site.results.empty()) return std::optional<ResultSet>();
  Result<ResultSet> results = results_in_files({site.results});
  if (!results) return fail(results.error());
  return std::optional<ResultSet>(*std::move(results));
}

Result<TeamSources> sources_of_team(const Args& args, const TeamSite& site) {
  TeamSources sources;
  Result<std::optional<ResultSet>> results = results_of_team(args, site);
  if (!results) return fail(results.error());
  sources.results = std::move(*results);
  sources.machine = args.text("--machine").value_or("");
  const auto folder = args.text("--runs");
  if (!folder) return sources;
  const Result<std::vector<SavedRun>> runs = saved_runs(*folder);
  if (!runs) return fail(runs.error());
  for (const SavedRun& run : *runs) {
    if (!run.fault.empty()) return invalid(run.fault, run.path, "take the file away, or measure again");
    sources.run_files.push_back(run.path);
  }
  if (sources.run_files.empty()) {
    return invalid("\"" + *folder + "\" holds no saved run", "--runs",
                   "a folder that `rigwise bench --save --runs` filled");
  }
  return sources;
}

/// The dashboard beside a team's page: in a folder of its own, or as one file.
std::string add_dashboard(std::span<const EmbeddedFile> dashboard, bool single, SiteFiles& site) {
  if (dashboard.empty()) {
    site.notes.emplace_back("this binary was built without the dashboard, so the page has no link to it");
    return {};
  }
  for (EmbeddedFile file : dashboard) {
    if (!single) file.path = site.texts.emplace_back("dashboard/" + std::string(file.path));
    site.files.push_back(file);
  }
  return single ? std::string(dashboard.front().path) : "dashboard/index.html";
}

/// A team's own page, with the dashboard beside it.
Result<SiteFiles> team_site_files(Session& session, const Args& args, const std::string& content,
                                  std::span<const EmbeddedFile> dashboard) {
  const Result<TeamSite> team = read_team_site(content);
  if (!team) return fail(team.error());
  const Result<TeamSources> sources = sources_of_team(args, *team);
  if (!sources) return fail(sources.error());
  const Result<const House*> house = session.house();
  if (!house) return fail(house.error());
  Result<TeamFigures> figures = team_figures(**house, *team, *sources);
  if (!figures) return fail(figures.error());
  SiteFiles site;
  const std::string beside = add_dashboard(dashboard, args.has("--single-file"), site);
  const std::string as_of = team->as_of.empty() ? (*house)->catalog.as_of : team->as_of;
  const std::string& page =
      site.texts.emplace_back(team_page(*team, *figures, beside, (*house)->catalog.content_hash.substr(0, 12), as_of));
  site.files.insert(site.files.begin(), {"index.html", page, {}, {}});
  site.page = "index.html";
  site.notes.insert(site.notes.end(), figures->notes.begin(), figures->notes.end());
  return site;
}

/// The dashboard, with a folder's texts in it.
Result<SiteFiles> dashboard_files(const std::optional<std::string>& content, std::span<const EmbeddedFile> files,
                                  bool single) {
  if (files.empty()) return fail(no_page());
  SiteFiles site;
  site.files.assign(files.begin(), files.end());
  site.page = single ? std::string(files.front().path) : "index.html";
  if (!content) return site;
  const Result<std::string> block = content_block(*content);
  if (!block) return fail(block.error());
  site.files = with_block(files, *block, site.texts.emplace_back());
  return site;
}

/// Flags that only a team's page has a use for.
std::optional<Error> unused_flag(const Args& args, bool is_team) {
  for (const char* flag : {"--store", "--run", "--runs", "--machine"}) {
    if (is_team || !args.has(flag)) continue;
    return Error{ErrorCode::invalid_input,
                 std::string(flag) + " is for a team's page",
                 flag,
                 "--content DIR with a site.toml; `rigwise site new DIR` writes one",
                 {}};
  }
  return std::nullopt;
}

int run(Session& session, const Args& args) {
  Console& console = session.console();
  const bool single = args.has("--single-file");
  const std::span<const EmbeddedFile> dashboard = single ? embedded_single() : embedded_site();
  const std::vector<std::string> folders = args.list("OUT_DIR");
  if (folders.size() != 1) {
    return console.print_error({ErrorCode::invalid_input,
                                folders.empty() ? "no folder is named" : "more than one folder is named",
                                "OUT_DIR",
                                "rigwise site out",
                                {}});
  }
  const auto content = args.text("--content");
  const bool is_team = content && is_team_folder(*content);
  if (const auto unused = unused_flag(args, is_team)) return console.print_error(*unused);
  const Result<SiteFiles> site =
      is_team ? team_site_files(session, args, *content, dashboard) : dashboard_files(content, dashboard, single);
  if (!site) return console.print_error(site.error());
  const std::string& folder = folders.front();
  const Result<SiteWritten> written = write_site(folder, site->files, args.has("--force"));
  if (!written) return console.print_error(written.error());
  const std::string page = folder + (folder.ends_with('/') ? "" : "/") + site->page;
  for (const std::string& note : site->notes) *console.err << "note: " << note << '\n';
  if (console.format == OutputFormat::json) {
    *console.out << Json{{"schema", "rigwise.site/1"},
                         {"page", page},
                         {"files", written->files},
                         {"bytes", written->bytes},
                         {"kept_as", written->kept_as.empty() ? Json(nullptr) : Json(written->kept_as)}}
                        .dump(2)
                 << '\n';
    return 0;
  }
  *console.out << written->files << (written->files == 1 ? " file, " : " files, ")
               << significant(static_cast<double>(written->bytes) / 1e6, 3) << " MB: " << page << '\n';
  if (!written->kept_as.empty()) *console.out << "what was there is now " << written->kept_as << '\n';
  *console.out << (single || is_team ? "open it in a browser; it needs no server and no network\n"
                                     : "any web server can serve it; it needs no other\n");
  return 0;
}

int run_new(Session& session, const Args& args) {
  const Console& console = session.console();
  const auto folder = args.text("DIR");
  if (!folder) {
    return console.print_error(
        {ErrorCode::invalid_input, "no folder is named", "DIR", "rigwise site new our-page", {}});
  }
  const Result<std::vector<std::string>> written = write_team_template(*folder);
  if (!written) return console.print_error(written.error());
  if (console.format == OutputFormat::json) {
    *console.out << Json{{"schema", "rigwise.site_new/1"}, {"folder", *folder}, {"files", *written}}.dump(2) << '\n';
    return 0;
  }
  *console.out << *folder << ": " << join(*written, ", ") << "\nrigwise site out --single-file --content " << *folder
               << "   writes the page of it\n";
  return 0;
}

}  // namespace

const CommandSpec& site_command() {
  static const CommandSpec kSpec = {
      "site",
      "the dashboard as static files, or as one file that works offline; a team's own page",
      "site public\n  rigwise site out --single-file --content examples/coop --store sqlite:evals.db",
      {{"OUT_DIR", "", ArgType::list, "OUT_DIR", "folder to write; replaced when it holds an earlier site"},
       {"--single-file", "", ArgType::flag, "", "one HTML file with everything in it"},
       {"--content", "", ArgType::text, "DIR",
        "a team's page by its site.toml (`site new DIR`); without one its Markdown files as pages of the dashboard"},
       {"--store", "", ArgType::text, "URL", "the team's evaluation: names of models, scores, counts, times; no texts"},
       {"--run", "", ArgType::text, "LABEL", "which run of it (the newest)"},
       {"--runs", "", ArgType::text, "DIR", "saved runs of `bench --save` for the speed test"},
       {"--machine", "", ArgType::text, "SETUP", "whose they are, as \"2x rtx-3090\""},
       {"--force", "", ArgType::flag, "", "write where other files are; they are kept as OUT_DIR.before"}},
      run};
  return kSpec;
}

const CommandSpec& site_new_command() {
  static const CommandSpec kSpec = {"site new",
                                    "a starting folder for a team's page: site.toml and its texts",
                                    "site new our-page",
                                    {{"DIR", "", ArgType::text, "DIR", "folder to write them to"}},
                                    run_new};
  return kSpec;
}

}  // namespace rigwise
