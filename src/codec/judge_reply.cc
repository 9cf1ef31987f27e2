#include "codec/judge_reply.h"

#include <set>

#include "core/base/text.h"
#include "core/grade/code_blocks.h"

namespace rigwise {
namespace {

constexpr std::string_view kShape =
    "one JSON object with correctness, completeness and quality, each {\"evidence\", \"reason\", \"score\": 0, 1 or "
    "2}, "
    "and injection_suspected: true or false";

Unexpected unreadable(std::string message, std::string where = {}) {
  return invalid(std::move(message), std::move(where), std::string(kShape));
}

/// A key that stands twice in one object, which parsers settle silently.
std::optional<std::string> repeated_key(std::string_view text) {
  std::optional<std::string> repeated;
  std::vector<std::set<std::string>> open;
  const auto look = [&](int, Json::parse_event_t event, Json& value) {
    if (event == Json::parse_event_t::object_start) open.emplace_back();
    if (event == Json::parse_event_t::object_end) open.pop_back();
    if (event == Json::parse_event_t::key && !open.back().insert(value.get<std::string>()).second) {
      repeated = value.get<std::string>();
    }
    return true;
  };
  const Json ignored = Json::parse(text, look, false);
  return repeated;
}

/// The reply without the one fence around it, where there is one and nothing else.
std::string unfenced(std::string_view reply) {
  const std::string_view bare = trim(reply);
  if (!bare.starts_with("```") || !bare.ends_with("```")) return std::string(bare);
  const std::vector<CodeBlock> blocks = code_blocks(bare);
  const std::size_t first_line = bare.find('\n');
  if (blocks.size() != 1 || first_line == std::string_view::npos) return std::string(bare);
  const bool is_all = blocks[0].body.size() + first_line + 1 + 3 >= bare.size();
  return is_all && (blocks[0].info.empty() || lower(blocks[0].info) == "json") ? blocks[0].body : std::string(bare);
}

std::optional<Error> read_grade(const Json& value, std::string_view criterion, CriterionGrade& grade) {
  constexpr std::size_t kLongest = 4000;
  ObjectReader reader(value, std::string(criterion));
  grade.evidence = reader.required_text("evidence", "a quote of the answer");
  grade.reason = reader.required_text("reason", "why this score");
  if (reader.raw("score") == nullptr) {
    reader.refuse({ErrorCode::invalid_input, "\"score\" is missing", reader.path_of("score"), "0, 1 or 2", {}});
  } else if (const auto score = reader.integer("score", 0, kBestGrade)) {
    grade.score = *score;
  }
  if (grade.evidence.size() > kLongest || grade.reason.size() > kLongest) {
    reader.refuse({ErrorCode::invalid_input, "longer than 4000 bytes", reader.path_of("reason"), "a sentence", {}});
  }
  return reader.done();
}

Json text_schema() { return Json{{"type", "string"}}; }

}  // namespace

Result<JudgeVerdict> parse_judge_reply(std::string_view reply) {
  if (trim(reply).empty()) return unreadable("the reply is empty");
  const std::string text = unfenced(reply);
  const Result<Json> json = parse_json(text);
  if (!json) return unreadable("the reply is not one JSON object: " + json.error().message, json.error().where);
  if (!json->is_object()) return unreadable("the reply is JSON, but no object");
  if (const auto key = repeated_key(text)) return unreadable("\"" + *key + "\" stands twice in one object", *key);
  JudgeVerdict judgement;
  ObjectReader reader(*json, "reply");
  for (std::size_t i = 0; i < kCriterionNames.size(); ++i) {
    const Json* value = reader.raw(kCriterionNames[i]);
    if (value == nullptr) return unreadable("\"" + std::string(kCriterionNames[i]) + "\" is missing", "reply");
    if (auto fault = read_grade(*value, kCriterionNames[i], judgement.grades[i])) {
      return unreadable(std::move(fault->message), std::move(fault->where));
    }
  }
  const auto suspected = reader.boolean("injection_suspected");
  if (auto fault = reader.done()) return unreadable(std::move(fault->message), std::move(fault->where));
  if (!suspected) return unreadable("\"injection_suspected\" is missing", "reply");
  judgement.injection_suspected = *suspected;
  return judgement;
}

Json judge_reply_schema() {
  const Json grade = {
      {"type", "object"},
      {"properties",
       {{"evidence", text_schema()}, {"reason", text_schema()}, {"score", {{"type", "integer"}, {"enum", {0, 1, 2}}}}}},
      {"required", {"evidence", "reason", "score"}},
      {"additionalProperties", false}};
  Json properties = Json::object();
  Json required = Json::array();
  for (const std::string_view name : kCriterionNames) {
    properties[std::string(name)] = grade;
    required.push_back(name);
  }
  properties["injection_suspected"] = {{"type", "boolean"}};
  required.push_back("injection_suspected");
  return {{"type", "object"},
          {"properties", std::move(properties)},
          {"required", std::move(required)},
          {"additionalProperties", false}};
}

}  // namespace rigwise
