#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "codec/base64.h"
#include "codec/gguf_for_tests.h"
#include "host/catalog_io/load.h"
#include "verbs/fit.h"

namespace rigwise {
namespace {

using testing::HasSubstr;
using testing_files::GgufWriter;

const House& house() {
  static const House kHouse = [] {
    Result<LoadedCatalog> loaded = load_catalog({});
    EXPECT_TRUE(loaded);
    return loaded ? House{std::move(loaded->catalog), std::move(loaded->calibration)} : House{};
  }();
  return kHouse;
}

std::string small_gguf() {
  GgufWriter w;
  w.text("general.architecture", "llama").number("general.file_type", 7).number("llama.block_count", 1);
  w.number("llama.embedding_length", 256).number("llama.attention.head_count", 4);
  w.number("llama.attention.head_count_kv", 2);
  w.tensor("token_embd.weight", {256, 1000}, 8);
  w.tensor("blk.0.attn_q.weight", {256, 256}, 8).tensor("blk.0.attn_k.weight", {256, 128}, 8);
  w.tensor("blk.0.attn_v.weight", {256, 128}, 8).tensor("blk.0.attn_output.weight", {256, 256}, 8);
  w.tensor("blk.0.ffn_gate.weight", {256, 512}, 8).tensor("blk.0.ffn_up.weight", {256, 512}, 8);
  w.tensor("blk.0.ffn_down.weight", {512, 256}, 8);
  return w.header();
}

Json request(Json header) { return {{"file_header", std::move(header)}, {"setups", {"rtx 4090"}}}; }

TEST(FitHeader, AnswersAsForTheFileOnDisk) {
  const std::string bytes = small_gguf();
  const Result<Json> by_header = run_verb(house(), "fit", request(encode_base64(bytes)));
  ASSERT_TRUE(by_header) << by_header.error().message;
  const Result<Json> by_file = fit_files(house(), {{"the file", bytes, 0}}, {{"setups", {"rtx 4090"}}});
  ASSERT_TRUE(by_file);
  EXPECT_EQ(*by_header, *by_file);
  EXPECT_EQ((*by_header)["file"]["format"], "Q8_0");
  EXPECT_EQ((*by_header)["rows"][0]["fits"], "fits");
}

TEST(FitHeader, TakesSeveralFilesWithTheirNames) {
  const std::string bytes = small_gguf();
  const auto answer = [](const std::string& text) {
    return run_verb(house(), "fit",
                    request(Json::array({{{"name", "m.gguf"}, {"bytes", encode_base64(text)}, {"size", 5e6}}})));
  };
  const Result<Json> whole = answer(bytes);
  ASSERT_TRUE(whole) << whole.error().message;
  EXPECT_EQ((*whole)["rows"][0]["fits"], "fits");
  EXPECT_EQ(answer(bytes.substr(0, 200)).error().where, "m.gguf");
}

TEST(FitHeader, RefusesRubbishAndSaysWhere) {
  const auto error = [](const Json& header) {
    const Result<Json> answer = run_verb(house(), "fit", request(header));
    EXPECT_FALSE(answer) << header.dump().substr(0, 80);
    return answer ? Error{} : answer.error();
  };
  EXPECT_THAT(error("no base64!").message, HasSubstr("is not base64"));
  EXPECT_EQ(error("no base64!").where, "file_header");
  EXPECT_THAT(error("").message, HasSubstr("empty"));
  EXPECT_THAT(error(42).where, HasSubstr("file_header"));
  EXPECT_THAT(error(Json::array()).message, HasSubstr("0 files"));
  EXPECT_EQ(error({{{"name", "a"}}}).where, "file_header[0].bytes");
  EXPECT_EQ(error(encode_base64("PK\x03\x04 a zip archive")).code, ErrorCode::corrupt_data);
  const Error cut = error(encode_base64(small_gguf().substr(0, 200)));
  EXPECT_THAT(cut.message, HasSubstr("ends inside its header"));
  EXPECT_THAT(cut.try_this, HasSubstr("at least its first"));
  const Result<Json> both =
      run_verb(house(), "fit",
               {{"file_header", encode_base64(small_gguf())}, {"models", {"llama-3.1-8b"}}, {"setups", {"rtx 4090"}}});
  ASSERT_FALSE(both);
  EXPECT_EQ(both.error().where, "models");
}

}  // namespace
}  // namespace rigwise
