#include "host/eval/eval_model.h"

#include <gtest/gtest.h>

namespace rigwise {
namespace {

TEST(EvalModel, FamiliesAreMakersWhateverTheEndpointCallsTheModel) {
  EXPECT_EQ(family_of_model("openai/gpt-4o"), "openai");
  EXPECT_EQ(family_of_model("gpt-oss:20b"), "openai");
  EXPECT_EQ(family_of_model("o3-mini"), "openai");
  EXPECT_EQ(family_of_model("anthropic/claude-sonnet-4.5"), "anthropic");
  EXPECT_EQ(family_of_model("meta-llama/llama-3.1-8b-instruct"), "meta");
  EXPECT_EQ(family_of_model("Llama-3.1-8B-Instruct-Q4_K_M.gguf"), "meta");
  EXPECT_EQ(family_of_model("gemma3:27b"), "google");
  EXPECT_EQ(family_of_model("google/gemini-2.5-pro"), "google");
  EXPECT_EQ(family_of_model("Qwen/Qwen3-32B"), "qwen");
  EXPECT_EQ(family_of_model("deepseek-r1-distill-llama-70b"), "deepseek");
  EXPECT_EQ(family_of_model("mistral-small3.2:24b"), "mistral");
}

TEST(EvalModel, WhatNobodyKnowsIsItsOwnFamily) {
  EXPECT_EQ(family_of_model("acme/robo-7b"), "acme");
  EXPECT_EQ(family_of_model("robo-7b"), "robo-7b");
  EXPECT_NE(family_of_model("robo-7b"), family_of_model("robo-8b"));
}

TEST(EvalModel, AnotherServerProviderOrFormIsAnotherModel) {
  const std::string plain = model_reference("m", "a", "", "").sha256;
  EXPECT_EQ(plain, model_reference("m", "a", "", "").sha256);
  EXPECT_NE(plain, model_reference("m", "b", "", "").sha256);
  EXPECT_NE(plain, model_reference("m", "a", "p", "").sha256);
  EXPECT_NE(plain, model_reference("m", "a", "", "q8").sha256);
  EXPECT_NE(plain, model_reference("m", "a", "", "", "d").sha256);
}

TEST(EvalModel, OtherWeightsBehindTheSameNameAreAnotherModel) {
  const std::vector<ListedModel> served = {{"gemma3:27b", "sha256:a"}, {"qwen3:latest", "sha256:b"}};
  EXPECT_EQ(digest_of_listed(served, "gemma3:27b"), "sha256:a");
  EXPECT_EQ(digest_of_listed(served, "qwen3"), "sha256:b");
  EXPECT_EQ(digest_of_listed(served, "gemma3"), "");
  const ModelRef one = model_reference("gemma3:27b", "127.0.0.1:11434", "", "", "sha256:a");
  EXPECT_NE(one.sha256, model_reference("gemma3:27b", "127.0.0.1:11434", "", "", "sha256:c").sha256);
  EXPECT_EQ(one.weights_digest, "sha256:a");
}

}  // namespace
}  // namespace rigwise
