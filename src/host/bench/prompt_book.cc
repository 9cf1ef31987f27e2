#include "host/bench/prompt_book.h"

#include <algorithm>

#include "core/base/text.h"
#include "core/stats/random.h"

namespace rigwise {
namespace {

constexpr double kTokensPerWord = 1.05;  // of words as common as ours
constexpr int kMostTries = 12;
constexpr std::size_t kNameDigits = 10;
/// Stands in a body where the nonce goes; no text has it.
const std::string kNoncePlace = "@nonce@nonce@";

std::string joined(const std::vector<std::string>& words, std::size_t from, std::size_t to) {
  std::string text;
  for (std::size_t i = from; i < to; ++i) text += words[i];
  return text;
}

/// A text as it is sent: what all share, the nonce, the rest.
struct Parts {
  std::string before, after;
};

std::string with_nonce(const Parts& parts, const std::string& nonce) {
  std::string text = parts.before;
  if (!nonce.empty()) text.append(text.empty() ? "" : " ").append(nonce).append(". ");
  return text += parts.after;
}

std::string digits_of(std::uint32_t number) {
  std::string digits = std::to_string(number);
  digits.insert(0, kNameDigits - digits.size(), '0');
  return digits;
}

/// Searches the number of words that gives the count: as many more as tokens lack, until it fits.
class Fitter {
 public:
  Fitter(const BenchTarget& target, const PromptChoice& choice, int wanted)
      : target_(target), choice_(choice), wanted_(wanted) {
    shared_words_ = prompt_words(choice.profile, choice.seed * 1'000'003 + 999'983,
                                 static_cast<std::size_t>(wanted * choice.shared_prefix / kTokensPerWord));
    words_ = static_cast<std::size_t>(std::max(1.0, (wanted - 8) * (1 - choice.shared_prefix)));
  }

  struct Fitted {
    Parts parts;
    std::optional<int> counted;
  };

  Fitted fit(std::uint64_t text) {
    const std::vector<std::string> words =
        prompt_words(choice_.profile, choice_.seed * 1'000'003 + text, static_cast<std::size_t>(wanted_) * 2 + 64);
    const std::string nonce = choice_.nonce ? nonce_words(choice_.seed * 7919 + text) : "";
    Fitted best;
    int best_miss = INT32_MAX;
    std::size_t count = std::clamp<std::size_t>(words_, 1, words.size());
    for (int i = 0; i < kMostTries; ++i) {
      Fitted now;
      now.parts = {joined(shared_words_, 0, shared_words_.size()), joined(words, 0, count)};
      now.counted = remote_prompt_tokens(target_, with_nonce(now.parts, nonce));
      if (!now.counted) return now;
      const int lacks = wanted_ - *now.counted;
      if (std::abs(lacks) < best_miss) {
        best_miss = std::abs(lacks);
        best = now;
        words_ = count;  // the next text begins where this one fits
      }
      if (lacks == 0) return best;
      const auto next = static_cast<std::int64_t>(count) + (i < 6 ? lacks : lacks > 0 ? 1 : -1);
      count = static_cast<std::size_t>(std::clamp<std::int64_t>(next, 1, static_cast<std::int64_t>(words.size())));
    }
    return best;
  }

 private:
  const BenchTarget& target_;
  const PromptChoice& choice_;
  const int wanted_;
  std::vector<std::string> shared_words_;
  std::size_t words_ = 1;
};

Result<DatasetPrompt> prompt_of(const Json& json, const std::string& where) {
  DatasetPrompt prompt;
  if (json.is_object() && json.contains("prompt") && json["prompt"].is_string()) {
    prompt.text = json["prompt"].get<std::string>();
  } else if (json.is_object() && json.contains("messages") && json["messages"].is_array()) {
    for (const Json& message : json["messages"]) {
      if (!message.is_object() || !message.contains("content") || !message["content"].is_string()) continue;
      prompt.text.append(prompt.text.empty() ? "" : "\n\n").append(message["content"].get<std::string>());
    }
  }
  if (prompt.text.empty())
    return invalid("a line without a prompt", where, R"({"prompt": "..."} or {"messages": [...]})");
  if (json.contains("output_tokens")) {
    if (!json["output_tokens"].is_number_integer() || json["output_tokens"].get<int>() < 1) {
      return invalid("output_tokens is no number of tokens", where, "a whole number from 1");
    }
    prompt.output_tokens = json["output_tokens"].get<int>();
  }
  return prompt;
}

}  // namespace

std::string_view prompt_count_name(PromptCount count) {
  switch (count) {
    case PromptCount::tokenizer: return "the endpoint's tokenizer";
    case PromptCount::usage: return "the endpoint's usage";
    case PromptCount::words: return "words, about a token each";
  }
  return "";
}

Result<std::vector<DatasetPrompt>> parse_dataset(std::string_view text, const std::string& name) {
  std::vector<DatasetPrompt> prompts;
  int number = 0;
  for (const std::string_view line : split(text, '\n')) {
    ++number;
    if (trim(line).empty()) continue;
    const std::string where = name + ":" + std::to_string(number);
    const Result<Json> json = parse_json(trim(line));
    if (!json) return invalid(json.error().message, where, R"(lines such as {"prompt": "...", "output_tokens": 200})");
    Result<DatasetPrompt> prompt = prompt_of(*json, where);
    if (!prompt) return fail(prompt.error());
    prompts.push_back(std::move(*prompt));
  }
  if (prompts.empty()) return invalid("the data set holds no prompt", name, "one JSON object a line");
  return prompts;
}

PromptBook::PromptBook(const BenchTarget& target, const PromptChoice& choice) : choice_(choice) {
  nonce_size_ = nonce_words(0).size();
  plans_output_ = target.abilities.takes_ignore_eos || target.abilities.takes_min_tokens;
}

const PromptBook::Page& PromptBook::page(std::uint32_t index) const {
  Random random(choice_.seed, 13, index);
  return pages_[random.below(pages_.size())];
}

std::uint32_t PromptBook::output_tokens(std::uint32_t index) const {
  return plans_output_ ? page(index).output_tokens : 0;
}

void PromptBook::add_page(const BenchTarget& target, const std::string& before, const std::string& after,
                          int prompt_tokens, int output_tokens) {
  const std::string body =
      bench_body(target, with_nonce({before, after}, choice_.nonce ? kNoncePlace : ""), output_tokens).dump();
  Page page;
  page.prompt_tokens = static_cast<std::uint32_t>(prompt_tokens);
  page.output_tokens = static_cast<std::uint32_t>(output_tokens);
  const std::size_t place = choice_.nonce ? body.find(kNoncePlace) : body.size();
  page.before = body.substr(0, place);
  page.after = choice_.nonce ? body.substr(place + kNoncePlace.size()) : "";
  // Nonces are padded to one size, so that every request of a page is as long as the others.
  const std::size_t size = page.before.size() + page.after.size() + (choice_.nonce ? nonce_size_ : 0);
  std::string head = "POST ";
  head.append(target.url.target == "/" ? "" : target.url.target).append(target.path()).append(" HTTP/1.1\r\nHost: ");
  head.append(authority_of(target.url)).append("\r\nContent-Type: application/json\r\nAccept: text/event-stream\r\n");
  head.append("Accept-Encoding: identity\r\nUser-Agent: rigwise-bench\r\n");
  if (!target.chat.key.empty()) head.append("Authorization: Bearer ").append(target.chat.key).append("\r\n");
  head.append("Content-Length: ").append(std::to_string(size)).append("\r\nX-Request-Id: ");
  head.append(choice_.run_id).append("-");
  page.head = std::move(head);
  pages_.push_back(std::move(page));
}

void PromptBook::write(std::uint32_t index, std::string& into) const {
  const Page& chosen = page(index);
  into.assign(chosen.head);
  into.append(digits_of(index)).append("\r\n\r\n").append(chosen.before);
  if (choice_.nonce) {
    std::uint64_t run = 1469598103934665603ULL;
    for (const char c : choice_.run_id) run = (run ^ static_cast<unsigned char>(c)) * 1099511628211ULL;
    into.append(nonce_words(Random(run, 17, index).next()));
  }
  into.append(chosen.after);
}

Result<PromptBook> PromptBook::fitted(const BenchTarget& target, const PromptChoice& choice) {
  PromptBook book(target, choice);
  for (const int wanted : choice.prompt_tokens) {
    if (const Result<void> added = book.add_fitted(target, wanted); !added) return fail(added.error());
  }
  return book;
}

Result<void> PromptBook::add_fitted(const BenchTarget& target, int wanted) {
  Fitter fitter(target, choice_, wanted);
  for (int i = 0; i < choice_.texts; ++i) {
    const Fitter::Fitted fitted = fitter.fit(static_cast<std::uint64_t>(i));
    if (fitted.counted) {
      counted_by_ = target.abilities.tokenizer != RemoteTokenizer::none ? PromptCount::tokenizer : PromptCount::usage;
      if (*fitted.counted > wanted + wanted / 10) {
        const std::string least = std::to_string(*fitted.counted);
        return invalid(
            "a prompt of " + std::to_string(wanted) + " tokens is too short: template and nonce take " + least,
            "--prompt-tokens", "at least " + least + ", or --no-nonce");
      }
      unfitted_ += *fitted.counted != wanted;
    }
    add_page(target, fitted.parts.before, fitted.parts.after, fitted.counted.value_or(0), choice_.output_tokens);
  }
  return {};
}

PromptBook PromptBook::of_dataset(const BenchTarget& target, const PromptChoice& choice,
                                  const std::vector<DatasetPrompt>& prompts) {
  PromptBook book(target, choice);
  for (const DatasetPrompt& prompt : prompts) {
    book.add_page(target, "", prompt.text, 0, prompt.output_tokens > 0 ? prompt.output_tokens : choice.output_tokens);
  }
  return book;
}

}  // namespace rigwise
