#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "host/bench/bench_endpoint.h"
#include "host/bench/prompt_text.h"

namespace rigwise {

/// What the requests of a run ask.
struct PromptChoice {
  PromptProfile profile = PromptProfile::chat;
  std::vector<int> prompt_tokens = {512};  ///< several: each as often as the others
  int output_tokens = 128;
  double shared_prefix = 0;  ///< share of the prompt that is the same in all, before the nonce
  bool nonce = true;         ///< against caches of prefixes
  std::uint64_t seed = 1;
  std::string run_id;  ///< another run's nonces are others
  int texts = 16;      ///< different texts of each length, each fitted to the count
};

/// How the planned number of prompt tokens is known.
enum class PromptCount { tokenizer, usage, words };
std::string_view prompt_count_name(PromptCount count);

/// A prompt of a data set: one line of JSON.
struct DatasetPrompt {
  std::string text;
  int output_tokens = 0;  ///< 0: as the run says
};
/// Reads JSON lines: {"prompt": "..."} or {"messages": [...]} (their texts, joined), and "output_tokens".
/// Errors  with the line.
Result<std::vector<DatasetPrompt>> parse_dataset(std::string_view text, const std::string& name);

/// Every request of a run as bytes: pieces that were made before, and a nonce and a name in their places.
class PromptBook : public RequestSource {
 public:
  /// Makes the texts and fits each to the exact count, by the endpoint's own counting (remote_prompt_tokens).
  static Result<PromptBook> fitted(const BenchTarget& target, const PromptChoice& choice);
  /// Takes the texts as they are. Counts are not planned.
  static PromptBook of_dataset(const BenchTarget& target, const PromptChoice& choice,
                               const std::vector<DatasetPrompt>& prompts);

  void write(std::uint32_t index, std::string& into) const override;
  std::uint32_t prompt_tokens(std::uint32_t index) const override { return page(index).prompt_tokens; }
  std::uint32_t output_tokens(std::uint32_t index) const override;

  PromptCount counted_by() const { return counted_by_; }
  int texts() const { return static_cast<int>(pages_.size()); }
  /// Texts that could not be fitted exactly, and by how much at most.
  int unfitted() const { return unfitted_; }

 private:
  struct Page {
    std::string head, before, after;  ///< of the HTTP request up to its name; of the body up to the nonce; the rest
    std::uint32_t prompt_tokens = 0, output_tokens = 0;
  };
  PromptBook(const BenchTarget& target, const PromptChoice& choice);
  const Page& page(std::uint32_t index) const;
  Result<void> add_fitted(const BenchTarget& target, int wanted);
  void add_page(const BenchTarget& target, const std::string& before, const std::string& after, int prompt_tokens,
                int output_tokens);

  PromptChoice choice_;
  std::vector<Page> pages_;
  std::size_t nonce_size_ = 0;
  PromptCount counted_by_ = PromptCount::words;
  int unfitted_ = 0;
  bool plans_output_ = false;
};

}  // namespace rigwise
