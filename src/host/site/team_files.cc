#include "host/site/team_files.h"
#include "core/usage/secrets.h"

#include <algorithm>
#include <array>
#include <filesystem>
#include <optional>
#include <utility>

#include "codec/base64.h"
#include "codec/toml_json.h"
#include "core/base/text.h"
#include "host/files/files.h"
#include "host/store/ledger_transfer.h"

namespace rigwise {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kMostTextBytes = 500'000, kMostImageBytes = 1'000'000, kMostImagesBytes = 5'000'000;

/// The kinds of pictures that a page may hold, and how their files begin.
struct PictureKind {
  std::string_view ending, type, start;
};
constexpr std::array<PictureKind, 6> kPictures = {{{".png", "image/png", "\x89PNG"},
                                                   {".jpg", "image/jpeg", "\xff\xd8\xff"},
                                                   {".jpeg", "image/jpeg", "\xff\xd8\xff"},
                                                   {".gif", "image/gif", "GIF8"},
                                                   {".webp", "image/webp", "RIFF"},
                                                   {".svg", "image/svg+xml", "<"}}};

std::string lower_case(std::string text) {
  for (char& c : text) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  }
  return text;
}

/// A text without its front matter, and where in the file it begins.
struct FrontMatter {
  std::string toml;
  std::string_view rest;
  int first_line = 1;
};

Result<FrontMatter> split_front_matter(std::string_view text, const std::string& file) {
  constexpr std::string_view kFence = "+++";
  if (text.starts_with("---\n") || text.starts_with("---\r\n")) {
    return invalid("front matter stands between lines of +++, and is TOML", place_in_file(file, 1),
                   "+++, title = \"...\", +++; or no front matter");
  }
  if (!text.starts_with("+++\n") && !text.starts_with("+++\r\n")) return FrontMatter{{}, text, 1};
  FrontMatter front;
  std::size_t at = text.find('\n') + 1;
  for (front.first_line = 2; at < text.size(); ++front.first_line) {
    const std::size_t end = std::min(text.find('\n', at), text.size());
    const std::string_view line = text.substr(at, end - at);
    at = std::min(end + 1, text.size());
    if (trim(line) == kFence) {
      front.rest = text.substr(at);
      ++front.first_line;
      return front;
    }
    front.toml.append(line).append("\n");
  }
  return invalid("the front matter does not end", place_in_file(file, 1), "a second line of +++");
}

Result<void> read_front_matter(const FrontMatter& front, const std::string& file, std::string& title,
                               std::string& menu) {
  if (front.toml.empty()) return {};
  // A line before it, so that lines are the file's.
  const Result<TomlJson> toml = parse_toml_json("\n" + front.toml, file, "title = \"...\" or menu = \"...\"");
  if (!toml) return fail(toml.error());
  ObjectReader reader(toml->object, "");
  const std::optional<std::string> its_title = reader.text("title"), its_menu = reader.text("menu");
  if (std::optional<Error> fault = reader.done()) {
    const int line = toml->line_at(fault->where);
    fault->where = place_in_file(file, std::max(line, 1)) + " / " + fault->where;
    return fail(*std::move(fault));
  }
  if (its_title) title = *its_title;
  if (its_menu) menu = *its_menu;
  return {};
}

}  // namespace

bool is_outer_link(const std::string& target) {
  const std::string folded = lower_case(target);
  return std::any_of(target.begin(), target.end(), [](char c) { return static_cast<unsigned char>(c) > ' '; }) &&
         (folded.starts_with("https://") || folded.starts_with("http://") || folded.starts_with("mailto:"));
}

Result<void> refuse_keys(std::string_view text, const std::string& file) {
  int number = 0;
  for (const std::string_view line : split(text, '\n')) {
    ++number;
    const bool is_private =
        line.find("-----BEGIN") != std::string_view::npos && line.find("PRIVATE KEY") != std::string_view::npos;
    if (!is_private && !looks_like_a_key(line) && !holds_published_secret(line)) continue;
    return invalid("this looks like a key, and the page is for everybody", place_in_file(file, number),
                   "take it out; what was published once should be replaced");
  }
  return {};
}

Result<std::string> TeamFiles::path_of_file(const std::string& name, const std::string& where) const {
  const fs::path relative = fs::path(name).lexically_normal();
  const fs::path whole = fs::path(folder_) / relative;
  std::error_code fault;
  const bool is_below = !name.empty() && relative.is_relative() && *relative.begin() != "..";
  const char* const kAFile = "a file of that folder, by its path in it";
  if (!is_below) return invalid("\"" + name + "\" is not a file below " + folder_, where, kAFile);
  if (fs::is_regular_file(whole, fault)) {
    const fs::path real = fs::canonical(whole, fault), home = fs::canonical(folder_, fault);
    const fs::path inside = real.lexically_relative(home);
    if (!fault && !inside.empty() && *inside.begin() != "..") return whole.string();
    return invalid("\"" + name + "\" is a link that leads out of " + folder_, where,
                   "a copy of the file in that folder: all that is published lies there");
  }
  if (fs::is_directory(whole, fault)) return invalid("\"" + name + "\" is a folder", where, kAFile);
  if (fs::is_symlink(whole, fault)) {
    return invalid("\"" + name + "\" is a link to nothing", where,
                   "a link to a file of that folder, or the file itself");
  }
  std::vector<std::string> names;
  if (const auto files = list_files(folder_)) names = *files;
  return fail({ErrorCode::not_found, "there is no file \"" + name + "\" in " + folder_, where, kAFile,
               nearest_names(name, names)});
}

Result<std::string> TeamFiles::link_target(const std::string& target, const std::string& where,
                                           const std::string& prefix) {
  if (is_outer_link(target)) return target;
  const std::size_t hash = std::min(target.find('#'), target.size());
  const std::string file = target.substr(0, hash), heading = hash < target.size() ? target.substr(hash + 1) : "";
  std::string anchor;
  if (file.empty()) {
    anchor = anchors_.contains(heading) ? heading : prefix + "-" + heading;
  } else {
    const auto text = anchor_of_.find(file);
    if (text == anchor_of_.end()) {
      std::vector<std::string> names;
      names.reserve(anchor_of_.size());
      for (const auto& [name, unused] : anchor_of_) names.push_back(name);
      return fail({ErrorCode::invalid_input, "the link \"" + target + "\" leads to nothing on the page", where,
                   "https://..., mailto:..., #heading, or a text that the page shows: " + join(names, ", "),
                   nearest_names(file, names)});
    }
    anchor = heading.empty() ? text->second : text->second + "-" + heading;
  }
  links_.push_back({anchor, where});
  return "#" + anchor;
}

Result<void> TeamFiles::check_links() const {
  for (const InnerLink& link : links_) {
    if (anchors_.contains(link.anchor)) continue;
    const std::vector<std::string> all(anchors_.begin(), anchors_.end());
    return fail({ErrorCode::invalid_input, "no heading of the page is \"#" + link.anchor + "\"", link.where,
                 "#heading of the same text, or FILE.md#heading", nearest_names(link.anchor, all)});
  }
  return {};
}

Result<std::string> TeamFiles::image_target(const std::string& target, const std::string& where) {
  const std::string folded = lower_case(target);
  const auto kind = std::find_if(kPictures.begin(), kPictures.end(),
                                 [&](const PictureKind& k) { return folded.ends_with(k.ending); });
  if (target.find(':') != std::string::npos || kind == kPictures.end()) {
    return invalid(
        "\"" + target.substr(0, 80) + "\" is no picture of this folder: the page loads nothing from elsewhere", where,
        "a .png, .jpg, .gif, .webp or .svg file below the folder");
  }
  const Result<std::string> path = path_of_file(target, where);
  if (!path) return fail(path.error());
  const Result<std::uint64_t> size = file_size(*path);
  if (!size) return fail(size.error());
  image_bytes_ += *size;
  if (*size > kMostImageBytes || image_bytes_ > kMostImagesBytes) {
    return invalid("the picture \"" + target + "\" has " + std::to_string(*size) + " bytes, all so far " +
                       std::to_string(image_bytes_),
                   where, "1 MB a picture, 5 MB together");
  }
  const Result<std::string> bytes = read_file(*path);
  if (!bytes) return fail(bytes.error());
  if (!bytes->starts_with(kind->start)) {
    return invalid("\"" + target + "\" does not begin as a " + std::string(kind->ending.substr(1)) + " does", where,
                   "the picture under its own ending");
  }
  return "data:" + std::string(kind->type) + ";base64," + encode_base64(*bytes);
}

MarkdownTargets TeamFiles::targets(const std::string& prefix) {
  return {[this, prefix](const std::string& target, const std::string& where) {
            return link_target(target, where, prefix);
          },
          [this](const std::string& target, const std::string& where) { return image_target(target, where); }};
}

Result<MarkdownText> TeamFiles::read_text(const std::string& file, const std::string& prefix, std::string& title,
                                          std::string& menu, const std::string& named_at) {
  const Result<std::string> path = path_of_file(file, named_at);
  if (!path) return fail(path.error());
  const Result<std::string> text = read_file(*path);
  if (!text) return fail(text.error());
  if (text->size() > kMostTextBytes) return invalid("the text is larger than 500 kB", *path, "a shorter one");
  if (const Result<void> clean = refuse_keys(*text, *path); !clean) return fail(clean.error());
  const Result<FrontMatter> front = split_front_matter(*text, *path);
  if (!front) return fail(front.error());
  if (const Result<void> read = read_front_matter(*front, *path, title, menu); !read) return fail(read.error());
  Result<MarkdownText> read = read_markdown_text(front->rest, *path, front->first_line, prefix, targets(prefix));
  if (read) anchors_.insert(read->anchors.begin(), read->anchors.end());
  return read;
}

Result<MarkdownText> TeamFiles::read_words(const std::string& words, const std::string& prefix, const std::string& file,
                                           int line) {
  Result<MarkdownText> read = read_markdown_text(words, file, std::max(line, 1), prefix, targets(prefix));
  if (read) anchors_.insert(read->anchors.begin(), read->anchors.end());
  return read;
}

}  // namespace rigwise
