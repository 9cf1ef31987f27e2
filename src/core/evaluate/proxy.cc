#include "core/evaluate/proxy.h"

#include <algorithm>
#include <map>

namespace rigwise {
namespace {

/// More is nearer to the model as published: a cloud's column before any format, then bits.
double precision_of(const Catalog& catalog, const EvaluatedModel& model) {
  constexpr double kCloud = 1000;
  if (!model.quantisation) return model.setup || model.memory_gb ? 0 : kCloud;
  const Result<const Format*> format = catalog.format(*model.quantisation);
  return format ? (*format)->bits.whole_model : 0;
}

}  // namespace

std::vector<ProxyGroup> proxy_groups(const Catalog& catalog, const ResultSet& results, const ScoreSheet& sheet,
                                     const StandingsQuestion& question) {
  std::map<std::string, std::vector<std::size_t>> columns;
  for (std::size_t i = 0; i < results.models.size(); ++i) {
    if (results.models[i].foreign) continue;
    if (const Llm* llm = record_of(catalog, results.models[i])) columns[llm->id].push_back(i);
  }
  std::vector<ProxyGroup> groups;
  std::vector<std::pair<std::size_t, std::size_t>> pairs;
  for (const auto& [id, list] : columns) {
    if (list.size() < 2) continue;
    ProxyGroup group;
    group.llm = record_of(catalog, results.models[list.front()]);
    group.reference = *std::max_element(list.begin(), list.end(), [&](std::size_t a, std::size_t b) {
      return precision_of(catalog, results.models[a]) < precision_of(catalog, results.models[b]);
    });
    for (const std::size_t column : list) {
      if (column == group.reference) continue;
      PairStanding pair;
      pair.first = column;
      pair.second = group.reference;
      group.columns.push_back(pair);
      pairs.emplace_back(column, group.reference);
    }
    groups.push_back(std::move(group));
  }
  const std::vector<PairStanding> judged = compared_pairs(results, sheet, pairs, question);
  std::size_t next = 0;
  for (ProxyGroup& group : groups) {
    for (PairStanding& pair : group.columns) pair = judged[next++];
  }
  return groups;
}

}  // namespace rigwise
