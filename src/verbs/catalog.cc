#include "verbs/catalog.h"

#include <algorithm>
#include <functional>

#include "core/base/text.h"
#include "verbs/answers.h"
#include "verbs/records.h"

namespace rigwise {
namespace {

constexpr std::size_t kDefaultLimit = 1000;

bool matches(const Json& record, const std::string& folded_filter) {
  if (folded_filter.empty()) return true;
  for (const char* key : {"id", "name", "vendor", "family", "model", "provider", "service", "hardware", "source"}) {
    const auto found = record.find(key);
    if (found != record.end() && found->is_string() &&
        fold_name(found->get<std::string>()).find(folded_filter) != std::string::npos) {
      return true;
    }
  }
  const auto aliases = record.find("aliases");
  return aliases != record.end() && std::any_of(aliases->begin(), aliases->end(), [&](const Json& alias) {
           return fold_name(alias.get<std::string>()).find(folded_filter) != std::string::npos;
         });
}

}  // namespace

Result<Json> catalog_verb(const House& house, const Json& request) {
  ObjectReader reader(request, "");
  const std::optional<std::string> kind = reader.text("kind");
  const std::string filter = fold_name(reader.text("filter").value_or(""));
  const std::size_t limit = static_cast<std::size_t>(reader.integer("limit", 1, 100000).value_or(kDefaultLimit));
  const std::string as_of = read_as_of(reader, house);
  if (std::optional<Error> fault = reader.done()) return fail(*fault);

  Json response = response_head("catalog", house, as_of);
  if (!kind) {
    Json counts = Json::object();
    for (const RecordKind& entry : record_kinds()) counts[std::string(entry.name)] = entry.count(house.catalog);
    response["counts"] = counts;
    return response;
  }
  const std::vector<RecordKind>& kinds = record_kinds();
  const auto entry = std::find_if(kinds.begin(), kinds.end(), [&](const RecordKind& k) { return k.name == *kind; });
  if (entry == kinds.end()) {
    std::vector<std::string> names;
    for (const RecordKind& k : kinds) names.emplace_back(k.name);
    return fail({ErrorCode::not_found, "no kind of record is called \"" + *kind + "\"", "kind",
                 "one of: " + join(names, ", "), nearest_names(*kind, names)});
  }
  response["kind"] = *kind;
  Json records = Json::array();
  std::size_t total = 0;
  for (std::size_t i = 0; i < entry->count(house.catalog); ++i) {
    Json record = entry->record(house.catalog, i);
    if (!matches(record, filter)) continue;
    if (++total <= limit) records.push_back(std::move(record));
  }
  response["total"] = total;
  response["records"] = std::move(records);
  return response;
}

}  // namespace rigwise
