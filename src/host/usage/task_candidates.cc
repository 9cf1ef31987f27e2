#include "host/usage/task_candidates.h"

#include <algorithm>
#include <filesystem>

#include "codec/eval_task_draft.h"
#include "core/base/text.h"
#include "core/usage/secrets.h"
#include "core/usage/usage_tally.h"
#include "host/files/files.h"

namespace rigwise {
namespace {

/// Shorter prompts say too little without what went before; longer ones are mostly pasted.
constexpr std::size_t kShortest = 80, kLongest = 8'000;

/// "refactoring", "commit-messages".
std::string slug_of(std::string_view name) {
  std::string slug;
  for (const char c : plain_words(name)) {
    if ((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9'))
      slug += c;
    else if (!slug.empty() && slug.back() != '-')
      slug += '-';
  }
  while (slug.ends_with('-')) slug.pop_back();
  return slug.empty() ? "task" : slug;
}

std::string eight_digits(std::uint64_t rank) {
  constexpr char kHex[] = "0123456789abcdef";
  std::string text;
  for (int shift = 28; shift >= 0; shift -= 4) text += kHex[(rank >> static_cast<unsigned>(shift)) & 0xF];
  return text;
}

/// The beginning of the first line, whole characters only.
std::string title_of(std::string_view prompt) {
  constexpr std::size_t kLongestTitle = 70;
  std::string_view line = trim(prompt.substr(0, prompt.find('\n')));
  if (line.size() <= kLongestTitle) return std::string(line);
  std::size_t end = kLongestTitle;
  while (end > 0 && (static_cast<unsigned char>(line[end]) & 0xC0) == 0x80) --end;
  return std::string(line.substr(0, end)) + "...";
}

/// A line of a prompt must not part the file.
std::string without_marks(std::string_view text) {
  std::string out;
  for (const std::string_view raw : split(text, '\n')) {
    const std::string_view line = raw.ends_with('\r') ? raw.substr(0, raw.size() - 1) : raw;
    if (!out.empty()) out += '\n';
    out.append(line.starts_with("+++") ? " " : "").append(line);
  }
  return out;
}

constexpr std::string_view kNote =
    "# A draft from a log. What looked like a secret was taken out; names and figures that are private may still be\n"
    "# there: read it before anybody else does. Then state what the prompt leaves open, and add `expects`, checks\n"
    "# ([[check]]), a reference answer (+++ reference) and three wrong ones (+++ wrong NAME); docs/tasks.md says how.\n"
    "# Until then `rigwise eval tasks check` and `prove` refuse it.\n";

}  // namespace

void CandidateKeeper::take(std::string_view prompt, const CategoryVerdict& verdict) {
  if (!verdict.category || prompt.size() < kShortest || prompt.size() > kLongest) return;
  const std::uint64_t rank = text_hash(prompt);
  std::map<std::uint64_t, std::string>& kept = by_category_[*verdict.category];
  if (kept.size() >= most_ && rank >= kept.rbegin()->first) return;
  kept.emplace(rank, without_secrets(prompt));
  if (kept.size() > most_) kept.erase(std::prev(kept.end()));
}

std::vector<TaskCandidate> CandidateKeeper::chosen() const {
  std::vector<TaskCandidate> all;
  for (std::size_t round = 0; round < most_; ++round) {
    for (const auto& [category, prompts] : by_category_) {
      if (round >= prompts.size() || all.size() >= most_) continue;
      const auto prompt = std::next(prompts.begin(), static_cast<std::ptrdiff_t>(round));
      all.push_back({prompt->second, category, prompt->first});
    }
  }
  std::stable_sort(all.begin(), all.end(),
                   [](const TaskCandidate& a, const TaskCandidate& b) { return a.category < b.category; });
  return all;
}

TaskDraftFile task_draft_file(const TaskCandidate& candidate, const CategoryRules& rules, const std::string& today) {
  const PromptCategory& category = rules.categories()[candidate.category];
  TaskDraft draft;
  draft.id = category.role + "/" + slug_of(category.name) + "-" + eight_digits(candidate.rank);
  draft.settings = {{"title", title_of(candidate.prompt)},
                    {"category", category.task_category},
                    {"kind", "text"},
                    {"difficulty", 2},
                    {"tags", Json::array({"draft"})},
                    {"license", "private"},
                    {"created", today}};
  draft.prompt = without_marks(candidate.prompt);
  TaskDraftFile file;
  file.path = draft.id + ".task.md";
  file.text = drafted_task(draft).text;
  constexpr std::string_view kMark = "+++\n";
  file.text.insert(kMark.size(), kNote);
  return file;
}

Result<std::vector<std::string>> write_task_drafts(const std::vector<TaskDraftFile>& drafts,
                                                   const std::string& folder) {
  std::vector<std::string> written;
  for (const TaskDraftFile& draft : drafts) {
    const std::filesystem::path path = std::filesystem::path(folder) / draft.path;
    if (Result<void> made = make_folder(path.parent_path().string()); !made) return fail(made.error());
    const Result<bool> created = create_file(path.string(), draft.text);
    if (!created) return fail(created.error());
    if (*created) written.push_back(path.string());
  }
  return written;
}

}  // namespace rigwise
