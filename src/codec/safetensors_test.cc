#include "codec/safetensors.h"

#include <gtest/gtest.h>

#include "codec/gguf_for_tests.h"
#include "core/sizing/shapes_for_tests.h"

namespace rigwise {
namespace {

using testing_files::put;
using testing_files::safetensors_file;

constexpr const char* kSmall = R"({"__metadata__":{"format":"pt"},)"
                               R"("b":{"dtype":"F32","shape":[2,3],"data_offsets":[8,32]},)"
                               R"("a":{"dtype":"BF16","shape":[4],"data_offsets":[0,8]},)"
                               R"("empty":{"dtype":"U8","shape":[0],"data_offsets":[32,32]}})";

Error error_of(const std::string& bytes, std::uint64_t file_size = 0) {
  const auto read = read_safetensors(bytes, file_size);
  if (read) return Error{ErrorCode::internal, read->more_bytes_needed ? "asked for more" : "accepted", "", "", {}};
  return read.error();
}

TEST(Safetensors, ReadsTensorsInTheOrderOfTheirBytes) {
  const std::string bytes = safetensors_file(kSmall);
  const auto read = read_safetensors(bytes, bytes.size() + 32);
  ASSERT_TRUE(read) << read.error().message;
  const SafetensorsHeader& h = read->header;
  EXPECT_EQ(h.metadata.at("format"), "pt");
  ASSERT_EQ(h.tensors.size(), 3u);
  EXPECT_EQ(h.tensors[0].name, "a");
  EXPECT_EQ(h.tensors[1].elements, 6u);
  EXPECT_EQ(h.tensors[1].type, "F32");
  EXPECT_EQ(h.data_offset, bytes.size());
  EXPECT_EQ(h.data_bytes, 32u);
}

TEST(Safetensors, AsksForTheWholeHeaderAtOnce) {
  const std::string bytes = safetensors_file(kSmall);
  EXPECT_EQ(read_safetensors("")->next_bytes, 8u);
  EXPECT_EQ(read_safetensors(std::string_view(bytes).substr(0, 40))->next_bytes, bytes.size());
  EXPECT_EQ(error_of(bytes.substr(0, 40), 40).message, "this safetensors file ends inside its header");
  EXPECT_EQ(error_of(bytes, bytes.size() + 31).message, "this safetensors file ends inside its tensors");
}

TEST(Safetensors, RefusesLengthsAboveSixtyFourMib) {
  std::string bytes;
  put<std::uint64_t>(bytes, 1ull << 40);
  EXPECT_EQ(error_of(bytes + "{").where, "byte 0");
  std::string none;
  put<std::uint64_t>(none, 0);
  EXPECT_EQ(error_of(none + "{").code, ErrorCode::corrupt_data);
}

TEST(Safetensors, RefusesTextOfAnotherForm) {
  for (
      const char* json : {
          "[]",
          "{",
          R"({"a": 1})",
          R"({"a": {"dtype": "BF16", "shape": [4], "data_offsets": [0, 8], "more": 1}})",
          R"({"a": {"dtype": "Q4", "shape": [4], "data_offsets": [0, 8]}})",
          R"({"a": {"dtype": "BF16", "shape": [4], "data_offsets": [0, 9]}})",
          R"({"a": {"dtype": "BF16", "shape": [4], "data_offsets": [8, 0]}})",
          R"({"a": {"dtype": "BF16", "shape": [-4], "data_offsets": [0, 8]}})",
          R"({"a": {"dtype": "BF16", "shape": [4.5], "data_offsets": [0, 8]}})",
          R"({"a": {"dtype": "BF16", "shape": [[4]], "data_offsets": [0, 8]}})",
          R"({"a": {"dtype": "BF16", "shape": [99999999999, 99999999999], "data_offsets": [0, 8]}})",
          R"({"a": {"dtype": "BF16", "shape": [1,1,1,1,1,1,1,1,4], "data_offsets": [0, 8]}})",
          R"({"a": {"dtype": "BF16", "shape": [4], "data_offsets": [2, 10]}})",
          R"({"a": {"dtype": null, "shape": [4], "data_offsets": [0, 8]}})",
          R"({"__metadata__": {"a": {"b": "c"}}})",
          R"({"a": {"dtype": "U8", "shape": [4], "data_offsets": [0, 4]}, "b": {"dtype": "U8", "shape": [4], "data_offsets": [2, 6]}})",
          R"({"a": {"dtype": "U8", "shape": [4], "data_offsets": [0, 4]}, "a": {"dtype": "U8", "shape": [4], "data_offsets": [4, 8]}})",
      }) {
    const Error error = error_of(safetensors_file(json));
    EXPECT_EQ(error.code, ErrorCode::corrupt_data) << json << ": " << error.message;
    EXPECT_FALSE(error.try_this.empty()) << json;
    EXPECT_FALSE(error.where.empty()) << json;
  }
}

TEST(SafetensorsIndex, ListsEachFileOnce) {
  const auto index = read_safetensors_index(
      R"({"metadata": {"total_size": 123}, "weight_map": {"a": "m-00002-of-00002.safetensors",
          "b": "m-00001-of-00002.safetensors", "c": "m-00001-of-00002.safetensors"}})");
  ASSERT_TRUE(index);
  EXPECT_EQ(index->total_bytes, 123);
  EXPECT_EQ(index->files, (std::vector<std::string>{"m-00001-of-00002.safetensors", "m-00002-of-00002.safetensors"}));
  EXPECT_FALSE(read_safetensors_index("{}"));
  EXPECT_FALSE(read_safetensors_index("not json"));
  EXPECT_FALSE(read_safetensors_index(R"({"weight_map": 3})"));
}

TEST(Safetensors, JoinsShardsAndRefusesTheSameTensorTwice) {
  const SafetensorsHeader one = read_safetensors(safetensors_file(kSmall))->header;
  const SafetensorsHeader two =
      read_safetensors(safetensors_file(R"({"c":{"dtype":"U8","shape":[4],"data_offsets":[0,4]}})"))->header;
  const auto whole = join_safetensors({one, two});
  ASSERT_TRUE(whole);
  EXPECT_EQ(whole->tensors.size(), 4u);
  EXPECT_EQ(whole->data_bytes, 36u);
  EXPECT_FALSE(join_safetensors({one, one}));
}

TEST(Safetensors, SortsHuggingFaceNamesIntoClasses) {
  const auto place = [](std::string_view name) { return safetensors_tensor_place(name, 61, true).tensor_class; };
  EXPECT_EQ(place("model.embed_tokens.weight"), "embedding");
  EXPECT_EQ(place("lm_head.weight"), "output");
  EXPECT_EQ(place("model.norm.weight"), "norms");
  EXPECT_EQ(place("model.layers.3.self_attn.q_proj.weight"), "attention");
  EXPECT_EQ(place("model.layers.3.self_attn.q_norm.weight"), "norms");
  EXPECT_EQ(place("model.layers.3.linear_attn.in_proj_qkvz.weight"), "attention");
  EXPECT_EQ(place("model.layers.3.input_layernorm.weight"), "norms");
  EXPECT_EQ(place("model.layers.3.mlp.gate_proj.weight"), "dense_ffn");
  EXPECT_EQ(place("model.layers.3.mlp.gate.weight"), "router");
  EXPECT_EQ(place("model.layers.3.mlp.gate.e_score_correction_bias"), "router");
  EXPECT_EQ(place("model.layers.3.mlp.experts.7.down_proj.weight_scale_inv"), "routed_experts");
  EXPECT_EQ(place("model.layers.3.mlp.experts.gate_up_proj_blocks"), "routed_experts");
  EXPECT_EQ(place("model.layers.3.mlp.router.weight"), "router");
  EXPECT_EQ(place("model.layers.3.block_sparse_moe.gate.weight"), "router");
  EXPECT_EQ(place("model.layers.3.block_sparse_moe.experts.0.w1.weight"), "routed_experts");
  EXPECT_EQ(place("model.layers.3.mlp.shared_experts.up_proj.weight"), "shared_experts");
  EXPECT_EQ(place("model.layers.3.mlp.shared_expert_gate.weight"), "router");
  EXPECT_EQ(place("model.layers.61.eh_proj.weight"), "extra");
  EXPECT_EQ(place("model.language_model.layers.3.self_attn.k_proj.weight"), "attention");
  EXPECT_EQ(place("model.visual.blocks.0.attn.qkv.weight"), "extra");
  EXPECT_EQ(place("vision_tower.vision_model.encoder.layers.0.mlp.fc1.weight"), "extra");
  EXPECT_EQ(place("transformer.h.3.attn.c_attn.weight"), "attention");
}

std::string tensor_json(const std::string& name, const char* dtype, std::vector<std::uint64_t> shape, int bits,
                        std::uint64_t& offset) {
  std::uint64_t elements = 1;
  std::string sizes;
  for (const std::uint64_t size : shape) {
    elements *= size;
    sizes += (sizes.empty() ? "" : ",") + std::to_string(size);
  }
  const std::uint64_t begin = offset;
  offset += elements * static_cast<std::uint64_t>(bits) / 8;
  return "\"" + name + "\":{\"dtype\":\"" + dtype + "\",\"shape\":[" + sizes + "],\"data_offsets\":[" +
         std::to_string(begin) + "," + std::to_string(offset) + "]}";
}

TEST(SafetensorsPlan, SumsBytesAndCountsPackedWeightsByShape) {
  // A two-layer Llama with packed 4-bit linears (AWQ) beside a 16-bit embedding and head.
  const Llm model =
      shapes::llm("m", 4096, 32000, false, 4096, {shapes::dense(shapes::attention(2, 32, 8, 128), 14336)});
  std::uint64_t offset = 0;
  std::string json = "{" + tensor_json("model.embed_tokens.weight", "F16", {32000, 4096}, 16, offset);
  json += "," + tensor_json("lm_head.weight", "F16", {32000, 4096}, 16, offset);
  for (int i = 0; i < 2; ++i) {
    const std::string layer = "model.layers." + std::to_string(i) + ".";
    json += "," + tensor_json(layer + "self_attn.q_proj.qweight", "I32", {4096, 512}, 32, offset);
    json += "," + tensor_json(layer + "self_attn.q_proj.scales", "F16", {32, 4096}, 16, offset);
    json += "," + tensor_json(layer + "mlp.up_proj.qweight", "I32", {4096, 1792}, 32, offset);
  }
  const auto read = read_safetensors(safetensors_file(json + "}"));
  ASSERT_TRUE(read) << read.error().message;
  const WeightPlan plan = safetensors_weight_plan(read->header, model);
  EXPECT_TRUE(plan.exact);
  EXPECT_DOUBLE_EQ(plan.total.value, double(offset));
  EXPECT_DOUBLE_EQ(plan.off_accelerator.value, 0);
  EXPECT_DOUBLE_EQ(plan.always_read.value, double(offset) - 32000.0 * 4096 * 2);
  EXPECT_DOUBLE_EQ(plan.params_total, parameter_count(model));
  EXPECT_EQ(safetensors_dtype_name(read->header), "f16");
}

}  // namespace
}  // namespace rigwise
