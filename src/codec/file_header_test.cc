#include "codec/file_header.h"

#include <gtest/gtest.h>

#include "codec/gguf_for_tests.h"
#include "core/sizing/shapes_for_tests.h"

namespace rigwise {
namespace {

using testing_files::GgufWriter;
using testing_files::safetensors_file;

GgufWriter small_gguf(std::uint32_t no = 0, std::uint32_t count = 1) {
  GgufWriter w;
  if (no == 0) {
    w.text("general.architecture", "llama").number("general.file_type", 7).number("llama.block_count", 1);
    w.number("llama.embedding_length", 256).number("llama.attention.head_count", 4);
    w.number("llama.attention.head_count_kv", 2);
    w.tensor("token_embd.weight", {256, 1000}, 8);
  }
  if (count > 1) w.number("split.no", no).number("split.count", count);
  if (no + 1 == count) {
    w.tensor("blk.0.attn_q.weight", {256, 256}, 8).tensor("blk.0.attn_k.weight", {256, 128}, 8);
    w.tensor("blk.0.attn_v.weight", {256, 128}, 8).tensor("blk.0.attn_output.weight", {256, 256}, 8);
    w.tensor("blk.0.ffn_gate.weight", {256, 512}, 8).tensor("blk.0.ffn_up.weight", {256, 512}, 8);
    w.tensor("blk.0.ffn_down.weight", {512, 256}, 8);
  }
  return w;
}

FileHeader header(const std::string& bytes) {
  const Result<FileHeader> file = read_file_header(bytes);
  EXPECT_TRUE(file) << (file ? "" : file.error().message);
  return file ? *file : FileHeader{};
}

TEST(FileHeader, TellsTheKindFromTheFirstBytes) {
  EXPECT_EQ(header(small_gguf().header()).container, "gguf");
  EXPECT_EQ(header(safetensors_file("{}")).container, "safetensors");
  EXPECT_TRUE(header("GG").more_bytes_needed);
  EXPECT_GE(header("GG").next_bytes, 9u);
  EXPECT_EQ(read_file_header("PK\x03\x04zip archive").error().code, ErrorCode::corrupt_data);
  EXPECT_EQ(read_file_header("abc", 3).error().where, "byte 3");
}

TEST(FileHeader, IsReadWithFewGrowingPieces) {
  GgufWriter w = small_gguf();
  w.texts("tokenizer.ggml.tokens", std::vector<std::string>(100000, "token"));
  const std::string whole = w.header();
  std::uint64_t n = 65536;
  int reads = 0;
  for (;; ++reads) {
    const FileHeader file = header(whole.substr(0, n));
    if (!file.more_bytes_needed) break;
    ASSERT_GT(file.next_bytes, n);
    n = file.next_bytes;
  }
  EXPECT_LE(reads, 6);
}

TEST(ModelFile, GivesExactBytesShapeAndFormat) {
  const GgufWriter w = small_gguf();
  const auto model = model_from_headers({header(w.header())});
  ASSERT_TRUE(model) << model.error().message;
  EXPECT_TRUE(model->weights.exact);
  EXPECT_EQ(model->format_name, "Q8_0");
  EXPECT_EQ(model->container, "gguf");
  EXPECT_EQ(model->shape.depth(), 1);
  EXPECT_DOUBLE_EQ((model->weights.total + model->weights.off_accelerator - model->weights.counted_twice).value,
                   double(w.tensor_bytes()));
}

TEST(ModelFile, OfASplitModelIsThatOfTheWhole) {
  const auto parts = model_from_headers({header(small_gguf(1, 2).header()), header(small_gguf(0, 2).header())});
  const auto whole = model_from_headers({header(small_gguf().header())});
  ASSERT_TRUE(parts) << parts.error().message;
  EXPECT_DOUBLE_EQ(parts->weights.total.value, whole->weights.total.value);
  EXPECT_DOUBLE_EQ(parts->shape.params_total, whole->shape.params_total);
  EXPECT_FALSE(model_from_headers({header(small_gguf(0, 2).header())}));
}

TEST(ModelFile, CountsAProjectorAsEncoder) {
  GgufWriter clip;
  clip.text("general.architecture", "clip").tensor("v.patch_embd.weight", {1024, 64}, 1);
  const auto with = model_from_headers({header(clip.header()), header(small_gguf().header())});
  const auto without = model_from_headers({header(small_gguf().header())});
  ASSERT_TRUE(with) << with.error().message;
  EXPECT_DOUBLE_EQ((with->weights.total - without->weights.total).value, 1024 * 64 * 2);
  EXPECT_TRUE(with->shape.sees_images());
  EXPECT_EQ(model_from_headers({header(clip.header())}).error().code, ErrorCode::unsupported);
}

TEST(ModelFile, NeedsTheConfigBesideSafetensors) {
  const FileHeader file = header(
      safetensors_file(R"({"model.embed_tokens.weight":{"dtype":"BF16","shape":[100,64],"data_offsets":[0,12800]}})"));
  const auto alone = model_from_headers({file});
  ASSERT_FALSE(alone);
  EXPECT_EQ(alone.error().where, "config_json");
  const auto model = model_from_headers({file}, R"({"model_type": "llama", "hidden_size": 64, "num_hidden_layers": 1,
    "num_attention_heads": 2, "vocab_size": 100, "intermediate_size": 128})");
  ASSERT_TRUE(model) << model.error().message;
  EXPECT_EQ(model->format_name, "bf16");
  EXPECT_DOUBLE_EQ(model->weights.total.value, 12800);
}

TEST(ModelFile, RefusesFilesThatDoNotBelongTogether) {
  EXPECT_FALSE(model_from_headers({}));
  EXPECT_FALSE(model_from_headers({header(small_gguf().header()), header(safetensors_file("{}"))}));
  EXPECT_FALSE(model_from_headers({header("GGUF")}));
}

TEST(PartNames, ListAllPartsOfASplitModel) {
  const std::vector<std::string> names = part_names("dir/m-Q4_K_M-00002-of-00003.gguf");
  ASSERT_EQ(names.size(), 3u);
  EXPECT_EQ(names[0], "dir/m-Q4_K_M-00001-of-00003.gguf");
  EXPECT_EQ(names[2], "dir/m-Q4_K_M-00003-of-00003.gguf");
  EXPECT_EQ(part_names("model-00001-of-00163.safetensors").size(), 163u);
  EXPECT_EQ(part_names("model.gguf"), (std::vector<std::string>{"model.gguf"}));
  EXPECT_EQ(part_names("m-0002-of-0003.gguf").size(), 1u);
  EXPECT_EQ(part_names("m-00001-of-99999.gguf").size(), 1u);
  EXPECT_EQ(part_names("").size(), 1u);
}

}  // namespace
}  // namespace rigwise
