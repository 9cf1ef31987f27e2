#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "codec/toml_json.h"
#include "host/site/markdown_text.h"

namespace rigwise {

/// What a part of a team's page shows.
enum class TeamPartKind { text, leaderboard, speed, costs, setups, local, faq, timeline, invitation };

/// A part of the page in its place: figures, words of the team's own, or both.
struct TeamPart {
  TeamPartKind kind = TeamPartKind::text;
  std::string name;   ///< as site.toml names it: "costs", "about.md"
  std::string id;     ///< its anchor: "costs", "about"
  std::string title;  ///< its heading
  std::string menu;   ///< its name at the head of the page
  MarkdownText text;  ///< the team's own words
};

/// A step of the timeline.
struct TeamStep {
  std::string when;  ///< "2026-03", "2026-03-14", "2026-03/2026-04"
  std::string title;
  std::string status;  ///< done, pending or planned
  MarkdownText text;
};

/// A way to use a machine: what stays loaded on it.
struct TeamOption {
  std::string title, machine;
  std::vector<std::string> models;
  MarkdownText text;
};

/// One run of the speed test: a row of the catalog, or a file of results.
struct TeamRun {
  std::string id, file;  ///< one of both
  std::string machine, model, quant, engine;
};

/// Where a person may join, or ask.
struct TeamCall {
  std::string label, link;
};

/// A team's page as its folder says it: site.toml and the texts that it names.
struct TeamSite {
  TomlJson file;  ///< site.toml, for the lines of faults found later
  std::string folder;
  std::string title, lead, who, contact, language = "en", currency, as_of;
  std::vector<TeamPart> parts;

  std::string scores, seconds, results;      ///< leaderboard: benchmarks of the catalog, a file of results
  std::vector<std::string> runs_on, quants;  ///< machines, and the formats that count on them (all)
  std::optional<double> context_tokens;
  std::string runs_machine;  ///< speed: whose the saved runs are
  std::vector<TeamRun> runs;
  Json cost_plan = Json::object(), local_plan = Json::object();
  std::vector<double> volumes;  ///< costs: tokens a month
  std::vector<std::string> machines, models;
  std::vector<TeamOption> options;
  std::vector<TeamStep> steps;
  std::vector<TeamCall> calls;

  bool shows(TeamPartKind kind) const;
  /// "DIR/site.toml:12 / costs.plan.price" for a key path, as errors say where they are.
  std::string locate(const std::string& path) const;
};

/// Whether a folder holds a team's page: it has a site.toml.
bool is_team_folder(const std::string& folder);

/// Reads site.toml and the texts and pictures that it names.
/// Errors  with file and line: what is no TOML, a key that nobody knows (with the nearest), a text or picture that is
///         not there, not below the folder, too large or no picture; a link that leads nowhere; HTML; what looks like a
///         key.
Result<TeamSite> read_team_site(const std::string& folder);

}  // namespace rigwise
