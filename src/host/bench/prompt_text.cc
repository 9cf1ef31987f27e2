#include "host/bench/prompt_text.h"

#include <array>
#include <string_view>

#include "core/stats/random.h"

namespace rigwise {
namespace {

using Words = std::vector<std::string_view>;

const Words kNouns = {"river",   "garden",  "letter",  "market", "engine", "winter", "teacher", "window",
                      "village", "paper",   "bridge",  "doctor", "harbor", "family", "station", "summer",
                      "machine", "kitchen", "captain", "forest", "school", "island", "morning", "country",
                      "company", "student", "church",  "street", "mother", "friend", "writer",  "number",
                      "painter", "horse",   "table",   "water",  "story",  "house",  "field",   "city"};
const Words kAdjectives = {"old",    "small",  "quiet",  "early",  "heavy", "clear",   "young",
                           "broken", "common", "simple", "dark",   "long",  "strange", "warm",
                           "late",   "great",  "narrow", "modern", "local", "busy"};
const Words kVerbs = {"keeps",   "finds",   "leaves",  "watches", "carries", "remembers", "opens",
                      "follows", "builds",  "changes", "reaches", "holds",   "needs",     "brings",
                      "draws",   "answers", "counts",  "crosses", "meets",   "shows"};
const Words kPlaces = {"near", "behind", "over", "under", "beyond", "beside", "across", "above", "around", "inside"};
const Words kLinks = {"and", "but", "because", "while", "until", "when", "although", "so", "where", "before"};
const Words kOpenings = {"Every", "Another", "This", "One", "The", "Some", "That", "Each", "No", "Any"};

const Words kNames = {"count", "value", "index", "result", "total", "name",
                      "items", "state", "node",  "key",    "line",  "user"};
const Words kCalls = {"get",  "find",  "update", "read",  "write", "check",
                      "load", "merge", "sort",   "parse", "send",  "build"};

const Words kNonce = {"apple", "stone", "green", "north", "paper", "light", "seven", "music", "ocean", "bread", "chair",
                      "cloud", "dance", "eagle", "field", "glass", "heart", "image", "juice", "knife", "lemon", "mouse",
                      "night", "olive", "piano", "queen", "radio", "snake", "tiger", "uncle", "voice", "wheel"};

std::string_view one_of(const Words& words, Random& random) { return words[random.below(words.size())]; }

class Writer {
 public:
  explicit Writer(std::vector<std::string>& into) : into_(into) {}
  void word(std::string_view word) { into_.push_back((into_.empty() ? "" : " ") + std::string(word)); }
  void glue(std::string_view end) { into_.back() += end; }
  void line(std::string_view word) { into_.push_back((into_.empty() ? "" : "\n") + std::string(word)); }

 private:
  std::vector<std::string>& into_;
};

void add_clause(Writer& text, Random& random, bool opens) {
  text.word(opens ? one_of(kOpenings, random) : "the");
  if (random.uniform() < 0.6) text.word(one_of(kAdjectives, random));
  text.word(one_of(kNouns, random));
  text.word(one_of(kVerbs, random));
  text.word(random.uniform() < 0.5 ? "a" : "the");
  if (random.uniform() < 0.4) text.word(one_of(kAdjectives, random));
  text.word(one_of(kNouns, random));
  if (random.uniform() < 0.5) {
    text.word(one_of(kPlaces, random));
    text.word("the");
    text.word(one_of(kNouns, random));
  }
}

void add_sentence(Writer& text, Random& random) {
  add_clause(text, random, true);
  while (random.uniform() < 0.4) {
    text.word(one_of(kLinks, random));
    add_clause(text, random, false);
  }
  text.glue(".");
}

void add_function(Writer& text, Random& random) {
  const std::string_view name = one_of(kNames, random);
  text.line("def");
  text.word(std::string(one_of(kCalls, random)).append("_").append(name).append("(").append(name).append("):"));
  const std::uint64_t lines = 2 + random.below(4);
  for (std::uint64_t i = 0; i < lines; ++i) {
    text.line(std::string("    ").append(one_of(kNames, random)));
    text.word("=");
    text.word(std::string(one_of(kCalls, random)).append("(").append(one_of(kNames, random)).append(")"));
  }
  text.line("    return");
  text.word(name);
}

}  // namespace

std::vector<std::string> prompt_words(PromptProfile profile, std::uint64_t seed, std::size_t count) {
  Random random(seed, 11, 0);
  std::vector<std::string> words;
  words.reserve(count + 64);
  Writer text(words);
  while (words.size() < count) {
    if (profile == PromptProfile::code) {
      add_function(text, random);
    } else {
      add_sentence(text, random);
    }
  }
  words.resize(count);
  return words;
}

std::string nonce_words(std::uint64_t number) {
  std::string text;
  for (int i = 0; i < 8; ++i) {
    if (i > 0) text += ' ';
    text += kNonce[number % kNonce.size()];
    number /= kNonce.size();
  }
  return text;
}

}  // namespace rigwise
