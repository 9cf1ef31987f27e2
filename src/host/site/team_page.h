#pragma once

#include <string>

#include "host/site/team_figures.h"

namespace rigwise {

/// A team's page: one HTML file that asks nothing of any network, works from a disk, in light and dark, at 360 px and
/// on paper.
/// Takes  `dashboard`, the path of the dashboard beside it; empty: there is none. `catalog`, the catalog's hash.
std::string team_page(const TeamSite& site, const TeamFigures& figures, const std::string& dashboard,
                      const std::string& catalog, const std::string& as_of);

/// "2026-03/2026-04" -> "March to April 2026".
std::string step_dates(const std::string& when);

}  // namespace rigwise
