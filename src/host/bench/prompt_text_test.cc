#include "host/bench/prompt_text.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <set>

namespace rigwise {
namespace {

TEST(PromptText, OneSeedOneText) {
  EXPECT_EQ(prompt_words(PromptProfile::chat, 3, 200), prompt_words(PromptProfile::chat, 3, 200));
  EXPECT_NE(prompt_words(PromptProfile::chat, 3, 200), prompt_words(PromptProfile::chat, 4, 200));
  EXPECT_EQ(prompt_words(PromptProfile::code, 1, 33).size(), 33U);
}

TEST(PromptText, IsNoRepeatedFiller) {
  const std::vector<std::string> words = prompt_words(PromptProfile::chat, 1, 2000);
  std::set<std::string> runs;
  for (std::size_t i = 0; i + 4 <= words.size(); ++i)
    runs.insert(words[i] + words[i + 1] + words[i + 2] + words[i + 3]);
  EXPECT_GT(runs.size(), 1900U);
}

TEST(PromptText, NoncesAreOfOneSizeAndDiffer) {
  std::set<std::string> nonces;
  for (std::uint64_t i = 0; i < 2000; ++i) {
    nonces.insert(nonce_words(i * 0x9E3779B97F4A7C15));
    EXPECT_EQ(nonce_words(i).size(), nonce_words(0).size());
  }
  EXPECT_EQ(nonces.size(), 2000U);
}

}  // namespace
}  // namespace rigwise
