#include "codec/toml_usage_rules.h"

#include <algorithm>

#include "codec/toml_json.h"
#include "core/base/text.h"
#include "core/grade/eval_task.h"

namespace rigwise {
namespace {

constexpr std::pair<const char*, double> kWeights[] = {{"strong", 3}, {"clear", 2}, {"hint", 1}};
constexpr std::size_t kMostCategories = 64;

void check_word(ObjectReader& reader, const char* key, const std::string& word, const std::vector<std::string>& known) {
  if (word.empty() || std::find(known.begin(), known.end(), word) != known.end()) return;
  reader.refuse({ErrorCode::invalid_input, "\"" + word + "\" is none", reader.path_of(key),
                 "one of: " + join(known, ", "), nearest_names(word, known)});
}

Result<PromptCategory> read_category(const Json& table, const std::string& path) {
  ObjectReader reader(table, path);
  PromptCategory category;
  category.name = reader.required_text("name", "refactoring");
  category.task_category = reader.text("task").value_or("non-coding");
  category.role = reader.text("role").value_or("office_admin");
  category.at_least = reader.number("at_least", 1, 1000).value_or(category.at_least);
  check_word(reader, "task", category.task_category, task_categories());
  check_word(reader, "role", category.role, task_roles());
  for (const auto& [key, weight] : kWeights) {
    for (std::string& words : reader.texts(key).value_or(std::vector<std::string>{})) {
      if (trim(plain_words(words)).empty()) {
        reader.refuse({ErrorCode::invalid_input, "\"" + words + "\" has no word", reader.path_of(key), "words", {}});
      }
      category.phrases.push_back({std::move(words), weight});
    }
  }
  if (category.phrases.empty()) {
    reader.refuse({ErrorCode::invalid_input, "the category has no phrase", path, "strong = [\"refactor*\"]", {}});
  }
  if (fold_name(category.name) == kOtherCategory) {
    reader.refuse(
        {ErrorCode::invalid_input, "\"other\" is what no rule knows", reader.path_of("name"), "another name", {}});
  }
  if (std::optional<Error> fault = reader.done()) return fail(*std::move(fault));
  return category;
}

Result<std::vector<PromptCategory>> read_categories(const Json& object) {
  ObjectReader reader(object, "");
  const std::optional<int> schema = reader.integer("schema", 1, 1);
  const Json* list = reader.raw("category");
  if (!schema) reader.refuse({ErrorCode::invalid_input, "the rules name no schema", "schema", "schema = 1", {}});
  if (list == nullptr || !list->is_array() || list->empty() || list->size() > kMostCategories) {
    reader.refuse({ErrorCode::invalid_input,
                   "there is no list of categories",
                   "category",
                   "1 to " + std::to_string(kMostCategories) + " tables [[category]]",
                   {}});
  }
  if (std::optional<Error> fault = reader.done()) return fail(*std::move(fault));
  std::vector<PromptCategory> categories;
  for (std::size_t i = 0; i < list->size(); ++i) {
    const std::string path = "category[" + std::to_string(i) + "]";
    Result<PromptCategory> category = read_category((*list)[i], path);
    if (!category) return fail(category.error());
    for (const PromptCategory& known : categories) {
      if (fold_name(known.name) == fold_name(category->name)) {
        return invalid("\"" + category->name + "\" is named twice", path + ".name", "one entry a category");
      }
    }
    categories.push_back(*std::move(category));
  }
  return categories;
}

}  // namespace

Result<CategoryRules> parse_usage_rules(std::string_view text, std::string file_name) {
  const Result<TomlJson> file =
      parse_toml_json(text, std::move(file_name), "rules as `rigwise usage rules` prints them");
  if (!file) return fail(file.error());
  Result<std::vector<PromptCategory>> categories = read_categories(file->object);
  if (!categories) {
    Error error = categories.error();
    const int line = file->line_at(error.where);
    error.where =
        file->name + (line > 0 ? ":" + std::to_string(line) : "") + (error.where.empty() ? "" : " / " + error.where);
    return fail(std::move(error));
  }
  return CategoryRules(*std::move(categories));
}

}  // namespace rigwise
