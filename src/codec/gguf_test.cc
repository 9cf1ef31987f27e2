#include "codec/gguf.h"

#include <gtest/gtest.h>

#include <limits>

#include "codec/gguf_for_tests.h"

namespace rigwise {
namespace {

using testing_files::GgufWriter;
using testing_files::put;

GgufWriter small() {
  GgufWriter w;
  w.text("general.architecture", "llama").number("llama.block_count", 1).real("llama.rope.freq_base", 1e6F);
  w.numbers("llama.attention.head_count_kv", {8, 4}).flag("tokenizer.ggml.add_bos_token", true);
  w.texts("tokenizer.ggml.tokens", {"a", "bc", ""});
  w.tensor("token_embd.weight", {256, 10}, 12).tensor("output_norm.weight", {256});
  return w;
}

Error error_of(const std::string& bytes, std::uint64_t file_size = 0) {
  const auto read = read_gguf(bytes, file_size);
  if (read) return Error{ErrorCode::internal, read->more_bytes_needed ? "asked for more" : "accepted", "", "", {}};
  return read.error();
}

TEST(Gguf, ReadsKeysAndTensors) {
  const auto read = read_gguf(small().header());
  ASSERT_TRUE(read) << read.error().message;
  ASSERT_FALSE(read->more_bytes_needed);
  const GgufHeader& h = read->header;
  EXPECT_EQ(h.version, 3u);
  EXPECT_EQ(h.architecture(), "llama");
  EXPECT_EQ(h.number(".block_count"), 1);
  EXPECT_EQ(h.number("llama.rope.freq_base"), 1e6);
  EXPECT_EQ(h.number("tokenizer.ggml.add_bos_token"), 1);
  EXPECT_EQ(h.for_layer(".attention.head_count_kv", 1), 4);
  EXPECT_EQ(h.for_layer(".block_count", 7), 1);
  EXPECT_FALSE(h.for_layer(".attention.head_count_kv", 2));
  EXPECT_FALSE(h.number("llama.missing"));
  EXPECT_EQ(h.find("tokenizer.ggml.tokens")->length, 3u);
  ASSERT_EQ(h.tensors.size(), 2u);
  EXPECT_EQ(h.tensors[0].type, "Q4_K");
  EXPECT_EQ(h.tensors[0].elements, 2560u);
  EXPECT_EQ(h.tensors[0].bytes, 1440u);
  EXPECT_EQ(h.tensors[1].offset, 1440u);
  EXPECT_EQ(h.data_offset % 32, 0u);
  EXPECT_EQ(h.data_bytes, 1440u + 1024u);
}

TEST(Gguf, ReadsEveryTypeOfNumber) {
  GgufWriter w;
  std::string bytes;
  const auto one = [&w, &bytes](const char* key, std::uint32_t type, auto value) {
    bytes.clear();
    put(bytes, value);
    w.raw(key, type, bytes);
  };
  one("u8", 0, std::uint8_t{200});
  one("i8", 1, std::int8_t{-3});
  one("u16", 2, std::uint16_t{60000});
  one("i16", 3, std::int16_t{-300});
  one("u32", 4, std::uint32_t{4000000000});
  one("i32", 5, std::int32_t{-5});
  one("f32", 6, 0.5F);
  one("u64", 10, std::uint64_t{1} << 40);
  one("i64", 11, std::int64_t{-7});
  one("f64", 12, 0.25);
  const auto read = read_gguf(w.header());
  ASSERT_TRUE(read);
  const std::pair<const char*, double> expected[] = {
      {"u8", 200}, {"i8", -3},   {"u16", 60000},           {"i16", -300}, {"u32", 4e9},
      {"i32", -5}, {"f32", 0.5}, {"u64", 1099511627776.0}, {"i64", -7},   {"f64", 0.25}};
  for (const auto& [key, value] : expected) EXPECT_EQ(read->header.number(key), value) << key;
}

TEST(Gguf, ReadsVersion2AndOtherAlignments) {
  GgufWriter w;
  w.version(2).alignment(64).tensor("a", {5}).tensor("b", {3});
  const auto read = read_gguf(w.header());
  ASSERT_TRUE(read) << read.error().message;
  EXPECT_EQ(read->header.data_offset % 64, 0u);
  EXPECT_EQ(read->header.tensors[1].offset, 64u);
}

TEST(Gguf, AsksForMoreAtEveryCutAndNeverForTooLittle) {
  const std::string whole = small().header();
  for (std::size_t n = 0; n < whole.size(); ++n) {
    const auto read = read_gguf(std::string_view(whole).substr(0, n));
    ASSERT_TRUE(read) << n << ": " << read.error().message;
    ASSERT_TRUE(read->more_bytes_needed) << n;
    EXPECT_GT(read->next_bytes, n);
  }
}

TEST(Gguf, SaysWhereAnIncompleteFileEnds) {
  const std::string whole = small().header();
  const Error cut = error_of(whole.substr(0, 100), 100);
  EXPECT_EQ(cut.code, ErrorCode::corrupt_data);
  EXPECT_EQ(cut.where, "byte 100");
  const auto read = read_gguf(whole);
  const std::uint64_t full = read->header.data_offset + 1440 + 1024;
  EXPECT_TRUE(read_gguf(whole, full));
  EXPECT_NE(error_of(whole, full - 1).message.find("ends inside tensor \"output_norm.weight\""), std::string::npos);
}

TEST(Gguf, RefusesWhatIsNoGgufWithTheByte) {
  EXPECT_EQ(error_of("PK\x03\x04 something else entirely").where, "byte 0");
  EXPECT_NE(error_of(small().version(1).header()).message.find("version 1"), std::string::npos);
  EXPECT_NE(error_of(small().version(0x03000000).header()).message.find("big endian"), std::string::npos);
}

TEST(Gguf, RefusesHostileCountsBeforeItAllocates) {
  constexpr std::uint64_t kHuge = std::numeric_limits<std::uint64_t>::max();
  EXPECT_EQ(error_of(small().claim_tensors(kHuge).header()).where, "byte 8");
  EXPECT_EQ(error_of(small().claim_keys(kHuge).header()).where, "byte 16");

  std::string long_text;
  put(long_text, kHuge);
  EXPECT_NE(error_of(GgufWriter().raw("k", 8, long_text).header()).message.find("64 MiB"), std::string::npos);

  std::string long_array;
  put<std::uint32_t>(long_array, 10);
  put(long_array, kHuge);
  EXPECT_EQ(error_of(GgufWriter().raw("k", 9, long_array).header()).code, ErrorCode::corrupt_data);

  std::string many_texts;
  put<std::uint32_t>(many_texts, 8);
  put(many_texts, kHuge);
  EXPECT_EQ(error_of(GgufWriter().raw("k", 9, many_texts).header()).message, "asked for more");
}

TEST(Gguf, RefusesNestedArraysAndUnknownTypes) {
  std::string nested;
  put<std::uint32_t>(nested, 9);
  put<std::uint64_t>(nested, 1);
  EXPECT_NE(error_of(GgufWriter().raw("k", 9, nested).header()).message.find("array of arrays"), std::string::npos);
  std::string unknown;
  put<std::uint32_t>(unknown, 13);
  put<std::uint64_t>(unknown, 1);
  EXPECT_NE(error_of(GgufWriter().raw("k", 9, unknown).header()).message.find("type 13"), std::string::npos);
  EXPECT_NE(error_of(GgufWriter().raw("k", 99, "").header()).message.find("type 99"), std::string::npos);
  EXPECT_NE(error_of(GgufWriter().tensor("t", {32}, 36).header()).message.find("type 36"), std::string::npos);
  EXPECT_NE(error_of(GgufWriter().tensor("t", {32}, 4096).header()).message.find("type 4096"), std::string::npos);
}

TEST(Gguf, RefusesShapesThatCannotBe) {
  constexpr std::uint64_t kBig = 1ull << 33;
  EXPECT_EQ(error_of(GgufWriter().tensor("t", {kBig, kBig}).header()).code, ErrorCode::corrupt_data);
  EXPECT_EQ(error_of(GgufWriter().tensor("t", {4, 0}).header()).code, ErrorCode::corrupt_data);
  EXPECT_NE(error_of(GgufWriter().tensor("t", {100}, 12).header()).try_this.find("multiple of 256"), std::string::npos);
  EXPECT_EQ(error_of(GgufWriter().tensor("t", {1, 1, 1, 1, 1}).header()).code, ErrorCode::corrupt_data);
  EXPECT_EQ(error_of(GgufWriter().tensor("", {1}).header()).code, ErrorCode::corrupt_data);
}

TEST(Gguf, RefusesGapsOverlapsAndRepeats) {
  EXPECT_NE(error_of(GgufWriter().tensor("a", {8}).shift_next(32).tensor("b", {8}).header()).message.find("\"b\""),
            std::string::npos);
  EXPECT_NE(error_of(GgufWriter().tensor("a", {8}).tensor("a", {8}).header()).message.find("twice"), std::string::npos);
  EXPECT_NE(error_of(GgufWriter().number("k", 1).number("k", 2).header()).message.find("twice"), std::string::npos);
}

TEST(Gguf, RefusesAlignmentsThatAreNoPowerOfTwo) {
  for (const std::uint32_t bad : {0u, 3u, 48u, 1u << 31}) {
    EXPECT_EQ(error_of(GgufWriter().number("general.alignment", bad).header()).code, ErrorCode::corrupt_data) << bad;
  }
  std::string nan;
  put(nan, std::numeric_limits<float>::quiet_NaN());
  EXPECT_EQ(error_of(GgufWriter().raw("general.alignment", 6, nan).header()).code, ErrorCode::corrupt_data);
}

TEST(Gguf, DoesNotKeepLongTextsAndArrays) {
  GgufWriter w;
  w.text("chat", std::string(10000, 'x')).numbers("ids", std::vector<std::int32_t>(5000, 7));
  const auto read = read_gguf(w.header());
  ASSERT_TRUE(read);
  EXPECT_EQ(read->header.find("chat")->length, 10000u);
  EXPECT_TRUE(read->header.find("chat")->text.empty());
  EXPECT_EQ(read->header.find("ids")->length, 5000u);
  EXPECT_TRUE(read->header.find("ids")->numbers.empty());
}

TEST(GgmlTypes, TakeTheBitsTheyAreNamedFor) {
  const auto bits = [](std::uint32_t id) { return 8.0 * ggml_type(id)->block_bytes / ggml_type(id)->block_values; };
  EXPECT_DOUBLE_EQ(bits(8), 8.5);      // Q8_0
  EXPECT_DOUBLE_EQ(bits(12), 4.5);     // Q4_K
  EXPECT_DOUBLE_EQ(bits(14), 6.5625);  // Q6_K
  EXPECT_DOUBLE_EQ(bits(16), 2.0625);  // IQ2_XXS
  EXPECT_DOUBLE_EQ(bits(23), 4.25);    // IQ4_XS
  EXPECT_DOUBLE_EQ(bits(29), 1.75);    // IQ1_M
  EXPECT_DOUBLE_EQ(bits(39), 4.25);    // MXFP4
  EXPECT_DOUBLE_EQ(bits(40), 4.5);     // NVFP4
  for (const std::uint32_t gone : {4u, 5u, 31u, 36u, 43u}) EXPECT_EQ(ggml_type(gone), nullptr);
  EXPECT_EQ(gguf_file_type_name(15), "Q4_K_M");
  EXPECT_FALSE(gguf_file_type_name(33));
}

std::vector<GgufHeader> split(std::vector<std::pair<int, int>> numbers) {
  std::vector<GgufHeader> parts;
  for (const auto& [no, count] : numbers) {
    GgufWriter w;
    if (no == 0) w.text("general.architecture", "llama");
    w.number("split.no", static_cast<std::uint32_t>(no)).number("split.count", static_cast<std::uint32_t>(count));
    w.tensor("t" + std::to_string(no), {32});
    parts.push_back(read_gguf(w.header())->header);
  }
  return parts;
}

TEST(GgufSplits, JoinInAnyOrder) {
  const auto whole = join_gguf_splits(split({{2, 3}, {0, 3}, {1, 3}}));
  ASSERT_TRUE(whole) << whole.error().message;
  EXPECT_EQ(whole->architecture(), "llama");
  ASSERT_EQ(whole->tensors.size(), 3u);
  EXPECT_EQ(whole->tensors[2].name, "t2");
  EXPECT_EQ(whole->data_bytes, 3 * 128u);
}

TEST(GgufSplits, NeedEveryPartOnce) {
  EXPECT_FALSE(join_gguf_splits(split({{0, 3}, {1, 3}})));
  EXPECT_FALSE(join_gguf_splits(split({{0, 2}, {0, 2}})));
  EXPECT_FALSE(join_gguf_splits(split({{1, 2}})));
  EXPECT_FALSE(join_gguf_splits(split({{0, 2}, {1, 3}})));
  EXPECT_FALSE(join_gguf_splits({}));
}

}  // namespace
}  // namespace rigwise
