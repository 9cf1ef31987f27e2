#include "host/serve/site_content.h"

#include <algorithm>

#include "codec/json_text.h"
#include "core/base/text.h"
#include "host/files/files.h"

namespace rigwise {
namespace {

constexpr std::size_t kMostFiles = 20;
constexpr std::size_t kMostBytes = 1'000'000;
constexpr std::string_view kEnding = ".md";

/// "# Questions" -> "Questions".
std::string title_of(std::string_view text, std::string_view name) {
  for (const std::string_view line : split(text, '\n')) {
    if (line.starts_with("# ")) return std::string(trim(line.substr(2)));
  }
  return std::string(name);
}

/// "<" ends a script wherever it stands; in a JSON text its escape means the same.
std::string without_tags(const std::string& json) {
  std::string safe;
  safe.reserve(json.size());
  for (const char letter : json) {
    if (letter == '<') {
      safe += "\\u003c";
    } else {
      safe += letter;
    }
  }
  return safe;
}

Result<Json> document(const std::string& folder, const std::string& file) {
  const std::string path = folder + "/" + file;
  Result<std::string> text = read_file(path);
  if (!text) return fail(text.error());
  const std::string name = file.substr(0, file.size() - kEnding.size());
  Json read = {{"name", name}, {"title", title_of(*text, name)}, {"text", *text}};
  const std::string lossless = read.dump(-1, ' ', false, Json::error_handler_t::ignore);
  if (Json::parse(lossless) != read) return invalid("\"" + path + "\" is not UTF-8", path, "text in UTF-8");
  return read;
}

}  // namespace

Result<std::string> content_block(const std::string& folder) {
  const Result<std::vector<std::string>> files = list_files(folder);
  if (!files) return fail(files.error());
  Json documents = Json::array();
  std::size_t bytes = 0;
  for (const std::string& file : *files) {
    if (!file.ends_with(kEnding) || file.find('/') != std::string::npos) continue;
    const Result<Json> read = document(folder, file);
    if (!read) return fail(read.error());
    bytes += read->at("text").get_ref<const std::string&>().size();
    documents.push_back(*read);
  }
  if (documents.empty()) {
    return invalid("\"" + folder + "\" holds no Markdown files", "--content", "files such as faq.md, timeline.md");
  }
  if (documents.size() > kMostFiles || bytes > kMostBytes) {
    return invalid("\"" + folder + "\" holds " + std::to_string(documents.size()) + " Markdown files of " +
                       std::to_string(bytes) + " bytes",
                   "--content", "at most 20 files, 1 MB together");
  }
  return "<script type=\"application/json\" id=\"content\">" + without_tags(documents.dump()) + "</script>";
}

std::string with_content(std::string_view html, std::string_view block) {
  const std::size_t end = std::min(html.rfind("</body>"), html.size());
  std::string page(html.substr(0, end));
  page.append(block).append(html.substr(end));
  return page;
}

}  // namespace rigwise
