#pragma once

#include <optional>
#include <string>
#include <vector>

#include "core/evaluate/result_set.h"
#include "host/site/team_site.h"
#include "verbs/verbs.h"

namespace rigwise {

/// What a team's page may know beside its folder and the catalog.
struct TeamSources {
  std::optional<ResultSet> results;    ///< of its store, or its file of results
  std::vector<std::string> run_files;  ///< saved runs of `rigwise bench`
  std::string machine;                 ///< whose they are, where they do not say
};

/// The figures of a page, each as a verb gives it.
struct TeamFigures {
  Json leaderboards = Json::array();  ///< [{"title", "words", "scale", "is_demo", "counts", "machines", "rows"}]
  Json speeds = Json::array();        ///< compared_runs(), with "name" and "note"
  Json cost, compare, route;          ///< responses, or null
  Json volumes = Json::array();       ///< [{"tokens_per_month", "response"}], responses of cost
  Json packs = Json::array();         ///< responses of pack, one an option
  std::vector<std::string> notes;     ///< what was left out, for who writes the page
};

/// Computes what the page shows. Nothing of a store but names of models, scores, counts and times is in it: no text of
/// a task or an answer, no address, no label.
/// Errors  of the verbs, pointing into site.toml.
Result<TeamFigures> team_figures(const House& house, const TeamSite& site, const TeamSources& sources);

}  // namespace rigwise
