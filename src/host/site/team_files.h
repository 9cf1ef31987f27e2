#pragma once

#include <map>
#include <set>
#include <string>
#include <vector>

#include "host/site/markdown_text.h"

namespace rigwise {

/// The texts and pictures of a team's folder. Links between texts are kept until all anchors are known.
class TeamFiles {
 public:
  explicit TeamFiles(std::string folder) : folder_(std::move(folder)) {}

  /// What site.toml calls a part: "faq.md" -> "faq", so that links to it can be written as "faq.md".
  void name_text(const std::string& file, const std::string& anchor) { anchor_of_[file] = anchor; }

  /// A text of the folder; `front` takes what its front matter says (TOML between two lines of +++).
  Result<MarkdownText> read_text(const std::string& file, const std::string& prefix, std::string& title,
                                 std::string& menu, const std::string& named_at);
  /// A text of site.toml itself.
  Result<MarkdownText> read_words(const std::string& words, const std::string& prefix, const std::string& file,
                                  int line);
  void add_anchor(const std::string& anchor) { anchors_.insert(anchor); }

  /// Errors  the first link that leads nowhere, with the nearest anchor.
  Result<void> check_links() const;

  /// A file of the folder by its relative path. Errors  a path that leaves it, that is not there, with the nearest.
  Result<std::string> path_of_file(const std::string& name, const std::string& where) const;

 private:
  struct InnerLink {
    std::string anchor, where;
  };
  MarkdownTargets targets(const std::string& prefix);
  Result<std::string> link_target(const std::string& target, const std::string& where, const std::string& prefix);
  Result<std::string> image_target(const std::string& target, const std::string& where);

  std::string folder_;
  std::map<std::string, std::string> anchor_of_;
  std::set<std::string> anchors_;
  std::vector<InnerLink> links_;
  std::size_t image_bytes_ = 0;
};

/// An address that a page may lead to: https, http or mailto.
bool is_outer_link(const std::string& target);

/// Errors  the first line of a text that looks like a key or holds a private one.
Result<void> refuse_keys(std::string_view text, const std::string& file);

}  // namespace rigwise
