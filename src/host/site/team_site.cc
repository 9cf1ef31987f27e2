#include "host/site/team_site.h"

#include <algorithm>
#include <array>
#include <filesystem>
#include <initializer_list>
#include <utility>

#include "codec/json_fields.h"
#include "codec/table_reader.h"
#include "core/base/text.h"
#include "host/files/files.h"
#include "host/site/team_files.h"

namespace rigwise {
namespace {

constexpr const char* kFileName = "site.toml";
constexpr std::size_t kMostParts = 30;

/// A part that site.toml may name, with its usual heading and its name in the menu.
struct KnownPart {
  const char* name;
  TeamPartKind kind;
  const char *title, *menu;
};
constexpr std::array<KnownPart, 8> kKnownParts = {{
    {"leaderboard", TeamPartKind::leaderboard, "The leaderboard", "Leaderboard"},
    {"speed", TeamPartKind::speed, "The speed test", "Speed"},
    {"costs", TeamPartKind::costs, "What it costs", "Costs"},
    {"setups", TeamPartKind::setups, "The set-ups", "Set-ups"},
    {"local", TeamPartKind::local, "What moves local", "Local"},
    {"faq", TeamPartKind::faq, "Questions", "Questions"},
    {"timeline", TeamPartKind::timeline, "Timeline", "Timeline"},
    {"invitation", TeamPartKind::invitation, "Join", "Join"},
}};

std::vector<std::string> part_names() {
  std::vector<std::string> names;
  names.reserve(kKnownParts.size());
  for (const KnownPart& part : kKnownParts) names.emplace_back(part.name);
  return names;
}

const Json& no_table() {
  static const Json kNone = Json::object();
  return kNone;
}

const Json& or_empty(const Json* value) { return value != nullptr ? *value : no_table(); }

/// What is wrong with the date of a step, "2026-03", "2026-03-14" or two of them with a slash between; "" when nothing
/// is.
std::string fault_of_when(const std::string& text) {
  constexpr std::size_t kMonth = 7;
  const std::size_t slash = text.find('/');
  const std::string first = text.substr(0, slash);
  const std::string last = slash == std::string::npos ? first : text.substr(slash + 1);
  for (const std::string& date : {first, last}) {
    if (date.size() < kMonth || !is_date(date)) return "\"" + date + "\" is no date";
  }
  // A month ends as late as its last day, and begins as early as its first.
  const std::size_t shared = std::min(first.size(), last.size());
  if (last.substr(0, shared) < first.substr(0, shared)) return "\"" + text + "\" ends before it begins";
  return {};
}

/// Reads site.toml; the first fault ends it.
class SiteReader {
 public:
  explicit SiteReader(TeamSite& site) : site_(site), files_(site.folder) {}

  std::optional<Error> read() {
    ObjectReader top(site_.file.object, "");
    site_.title = top.text("title").value_or("");
    site_.lead = top.text("lead").value_or("");
    site_.who = top.text("who").value_or("");
    site_.contact = top.text("contact").value_or("");
    site_.language = top.text("language").value_or("en");
    site_.currency = top.text("currency").value_or("");
    site_.as_of = top.text("as_of").value_or("");
    check_link(top, "contact", site_.contact);
    const std::vector<std::string> names = top.texts("parts").value_or(part_names());
    const bool is_all = top.raw("parts") == nullptr;
    std::map<std::string, const Json*> tables;
    for (const KnownPart& part : kKnownParts) tables[part.name] = top.raw(part.name);
    require(top, {{"title", "Our machine"}});
    if (std::optional<Error> fault = top.done()) return fault;
    if (std::optional<Error> fault = name_parts(names, is_all, tables)) return fault;
    for (TeamPart& part : site_.parts) {
      if (!fault_) read_part(part, tables);
    }
    if (fault_) return fault_;
    if (const Result<void> links = files_.check_links(); !links) return links.error();
    return std::nullopt;
  }

 private:
  void refuse(std::optional<Error> fault) {
    if (fault && !fault_) fault_ = std::move(fault);
  }

  /// Texts that must be there, each with an example. A key that nobody knows is said first: it may be meant to be one
  /// of them. Takes  a reader that was asked for all its keys.
  static void require(ObjectReader& reader, std::initializer_list<std::pair<const char*, const char*>> texts) {
    if (reader.done()) return;
    for (const auto& [key, example] : texts) reader.required_text(key, example);
  }

  static void check_link(ObjectReader& reader, const char* key, const std::string& link) {
    if (link.empty() || is_outer_link(link)) return;
    reader.refuse({ErrorCode::invalid_input,
                   "\"" + link + "\" is no address",
                   reader.path_of(key),
                   "https://... or mailto:...",
                   {}});
  }

  /// The parts in their order, so that texts may link to those behind them. Without a list all that have a table.
  std::optional<Error> name_parts(const std::vector<std::string>& names, bool is_all,
                                  const std::map<std::string, const Json*>& tables) {
    for (std::size_t i = 0; i < names.size(); ++i) {
      const std::string& name = names[i];
      const auto known = std::find_if(kKnownParts.begin(), kKnownParts.end(),
                                      [&](const KnownPart& part) { return name == part.name; });
      const std::string where = "parts[" + std::to_string(i) + "]";
      if (known == kKnownParts.end() && !name.ends_with(".md")) {
        return Error{ErrorCode::invalid_input, "\"" + name + "\" is no part of a page", where,
                     "a Markdown file, or one of: " + join(part_names(), ", "), nearest_names(name, part_names())};
      }
      if (known != kKnownParts.end() && is_all && tables.at(name) == nullptr) continue;
      const std::string id = known == kKnownParts.end() ? anchor_words(name.substr(0, name.size() - 3)) : name;
      const bool is_twice =
          std::any_of(site_.parts.begin(), site_.parts.end(), [&](const TeamPart& part) { return part.id == id; });
      if (is_twice)
        return Error{ErrorCode::invalid_input, "\"" + name + "\" stands twice", where, "each part once", {}};
      TeamPart& part = site_.parts.emplace_back();
      part.name = name;
      part.id = id;
      if (known != kKnownParts.end()) {
        part.kind = known->kind;
        part.title = known->title;
        part.menu = known->menu;
      }
      const Json* table = known != kKnownParts.end() ? tables.at(name) : nullptr;
      const std::string text = table != nullptr ? text_at(*table, "text") : known == kKnownParts.end() ? name : "";
      if (!text.empty()) files_.name_text(text, id);
      files_.add_anchor(id);
    }
    if (!site_.parts.empty() && site_.parts.size() <= kMostParts) return std::nullopt;
    return Error{ErrorCode::invalid_input,
                 "the page has " + std::to_string(site_.parts.size()) + " parts",
                 "parts",
                 "1 to 30 of them: Markdown files, or " + join(part_names(), ", "),
                 {}};
  }

  void read_part(TeamPart& part, const std::map<std::string, const Json*>& tables) {
    if (part.kind == TeamPartKind::text) {
      read_text_of(part, part.name, "parts");
      if (part.title.empty()) part.title = part.id;
      if (part.menu.empty()) part.menu = part.title;
      return;
    }
    ObjectReader table(or_empty(tables.at(part.name)), part.name);
    const std::optional<std::string> title = table.text("title"), menu = table.text("menu");
    const std::optional<std::string> file = table.text("text");
    switch (part.kind) {
      case TeamPartKind::leaderboard: read_leaderboard(table); break;
      case TeamPartKind::speed: read_speed(table); break;
      case TeamPartKind::costs: read_costs(table); break;
      case TeamPartKind::setups: read_setups(table); break;
      case TeamPartKind::local: site_.local_plan = or_empty(table.raw("plan")); break;
      case TeamPartKind::timeline: read_steps(table); break;
      case TeamPartKind::invitation: read_calls(table); break;
      case TeamPartKind::faq:
        if (!file)
          table.refuse({ErrorCode::invalid_input, "no text has the questions", "faq.text", "text = \"faq.md\"", {}});
        break;
      case TeamPartKind::text: break;
    }
    refuse(table.done());
    if (file && !fault_) read_text_of(part, *file, part.name + ".text");
    if (title) part.title = *title;
    if (menu) part.menu = *menu;
  }

  /// The words of a part; its front matter names it, else its first heading.
  void read_text_of(TeamPart& part, const std::string& file, const std::string& key) {
    std::string title;
    Result<MarkdownText> text = files_.read_text(file, part.id, title, part.menu, site_.locate(key));
    if (!text) return refuse(text.error());
    part.text = std::move(*text);
    if (title.empty()) title = part.text.title;
    if (!title.empty()) part.title = title;
  }

  /// Words of site.toml itself, in Markdown.
  MarkdownText words_of(ObjectReader& table, const std::string& prefix) {
    const std::optional<std::string> words = table.text("text");
    if (!words || fault_) return {};
    Result<MarkdownText> read =
        files_.read_words(*words, prefix, site_.file.name, site_.file.line_at(table.path_of("text")));
    if (read) return std::move(*read);
    refuse(read.error());
    return {};
  }

  void read_leaderboard(ObjectReader& table) {
    site_.scores = table.text("scores").value_or("");
    site_.seconds = table.text("seconds").value_or("");
    site_.results = table.text("results").value_or("");
    site_.runs_on = table.texts("runs_on").value_or(std::vector<std::string>{});
    site_.quants = table.texts("quants").value_or(std::vector<std::string>{});
    site_.context_tokens = table.number("context_tokens", 256, 1e7);
    if (!site_.results.empty()) site_.results = file_named(table, "results", site_.results);
  }

  std::string file_named(ObjectReader& table, const char* key, const std::string& name) {
    const Result<std::string> path = files_.path_of_file(name, table.path_of(key));
    if (!path) {
      table.refuse(path.error());
      return {};
    }
    return *path;
  }

  /// Each table of a list under `key`; what is no list of tables is refused.
  template <class Use>
  void each_table(ObjectReader& above, const char* key, Use use) {
    const Json* list = above.raw(key);
    if (list == nullptr) return;
    const std::string path = above.path_of(key);
    if (!list->is_array()) {
      above.refuse({ErrorCode::invalid_input, "a list of tables belongs here", path, "[[" + path + "]]", {}});
      return;
    }
    for (std::size_t i = 0; i < list->size() && !fault_; ++i) {
      const std::string at = path + "[" + std::to_string(i) + "]";
      ObjectReader reader((*list)[i], at);
      use(reader, at);
      refuse(reader.done());
    }
  }

  void read_speed(ObjectReader& table) {
    site_.runs_machine = table.text("machine").value_or("");
    each_table(table, "run", [&](ObjectReader& run, const std::string& at) {
      TeamRun& one = site_.runs.emplace_back();
      one.id = run.text("measurement").value_or("");
      one.file = run.text("file").value_or("");
      one.machine = run.text("machine").value_or("");
      one.model = run.text("model").value_or("");
      one.quant = run.text("quant").value_or("");
      one.engine = run.text("engine").value_or("");
      if (one.id.empty() == one.file.empty()) {
        run.refuse({ErrorCode::invalid_input,
                    "a run is a row of the catalog or a file of results",
                    at,
                    "measurement = \"m00289\", or file = \"bench.json\"",
                    {}});
      }
      if (!one.file.empty()) one.file = file_named(run, "file", one.file);
    });
  }

  void read_costs(ObjectReader& table) {
    site_.cost_plan = or_empty(table.raw("plan"));
    const Json* volumes = table.raw("volumes");
    if (volumes == nullptr) return;
    const bool is_list = volumes->is_array() && volumes->size() <= 12 &&
                         std::all_of(volumes->begin(), volumes->end(),
                                     [](const Json& v) { return v.is_number() && v.get<double>() > 0; });
    if (!is_list) {
      table.refuse(
          {ErrorCode::invalid_input, "volumes are tokens a month", "costs.volumes", "[500e6, 1e9, 1.9e9]", {}});
      return;
    }
    for (const Json& volume : *volumes) site_.volumes.push_back(volume.get<double>());
  }

  void read_setups(ObjectReader& table) {
    site_.machines = table.texts("machines").value_or(std::vector<std::string>{});
    site_.models = table.texts("models").value_or(std::vector<std::string>{});
    if (site_.machines.empty() != site_.models.empty()) {
      table.refuse({ErrorCode::invalid_input,
                    "machines are compared by models",
                    "setups",
                    "machines = [\"mac studio m4 max 128gb\"] and models = [\"gpt-oss-120b\"]",
                    {}});
    }
    each_table(table, "option", [&](ObjectReader& option, const std::string&) {
      TeamOption& one = site_.options.emplace_back();
      one.title = option.text("title").value_or("");
      one.machine = option.text("machine").value_or("");
      one.models = option.texts("models").value_or(std::vector<std::string>{});
      one.text = words_of(option, "option-" + std::to_string(site_.options.size()));
      require(option, {{"title", "A: the best model"}, {"machine", "mac studio m4 max 128gb"}});
    });
  }

  void read_steps(ObjectReader& table) {
    each_table(table, "step", [&](ObjectReader& step, const std::string&) {
      TeamStep& one = site_.steps.emplace_back();
      one.when = step.text("when").value_or("");
      one.title = step.text("title").value_or("");
      one.status = step.text("status").value_or("planned");
      one.text = words_of(step, "step-" + std::to_string(site_.steps.size()));
      require(step, {{"when", "2026-03"}, {"title", "Decide"}});
      if (const std::string fault = fault_of_when(one.when); !one.when.empty() && !fault.empty()) {
        step.refuse(
            {ErrorCode::invalid_input,
             fault,
             step.path_of("when"),
             "a day or month that exists, 2026-03-14 or 2026-03, or two of them with / between, the earlier first",
             {}});
      }
      const std::vector<std::string> known = {"done", "pending", "planned"};
      if (std::find(known.begin(), known.end(), one.status) == known.end()) {
        step.refuse({ErrorCode::invalid_input, "\"" + one.status + "\" says not how far it is", step.path_of("status"),
                     "one of: " + join(known, ", "), nearest_names(one.status, known)});
      }
    });
    if (site_.steps.empty() && !fault_) {
      table.refuse({ErrorCode::invalid_input, "the timeline has no step", "timeline", "[[timeline.step]]", {}});
    }
    std::stable_sort(site_.steps.begin(), site_.steps.end(),
                     [](const TeamStep& a, const TeamStep& b) { return a.when < b.when; });
  }

  void read_calls(ObjectReader& table) {
    each_table(table, "call", [&](ObjectReader& call, const std::string&) {
      TeamCall& one = site_.calls.emplace_back();
      one.label = call.text("label").value_or("");
      one.link = call.text("link").value_or("");
      require(call, {{"label", "Get in touch"}, {"link", "mailto:us@example.org"}});
      check_link(call, "link", one.link);
    });
  }

  TeamSite& site_;
  TeamFiles files_;
  std::optional<Error> fault_;
};

}  // namespace

bool TeamSite::shows(TeamPartKind kind) const {
  return std::any_of(parts.begin(), parts.end(), [&](const TeamPart& part) { return part.kind == kind; });
}

std::string TeamSite::locate(const std::string& path) const {
  const int line = path.empty() ? 0 : file.line_at(path);
  const std::string place = line > 0 ? place_in_file(file.name, line) : file.name;
  return path.empty() ? place : place + " / " + path;
}

bool is_team_folder(const std::string& folder) {
  std::error_code fault;
  return std::filesystem::is_regular_file(std::filesystem::path(folder) / kFileName, fault);
}

Result<TeamSite> read_team_site(const std::string& folder) {
  TeamSite site;
  site.folder = folder;
  const std::string path = (std::filesystem::path(folder) / kFileName).string();
  const Result<std::string> text = read_file(path);
  if (!text) return fail(text.error());
  if (const Result<void> clean = refuse_keys(*text, path); !clean) return fail(clean.error());
  Result<TomlJson> file =
      parse_toml_json(*text, path, "key = value lines under [tables]; `rigwise site new DIR` writes an example");
  if (!file) return fail(file.error());
  site.file = std::move(*file);
  std::optional<Error> fault = SiteReader(site).read();
  if (!fault) return site;
  // What the reader of keys finds says where by the key alone.
  const bool is_key = fault->where.find(':') == std::string::npos && !fault->where.starts_with(folder);
  if (is_key) fault->where = site.locate(fault->where);
  return fail(*std::move(fault));
}

}  // namespace rigwise
