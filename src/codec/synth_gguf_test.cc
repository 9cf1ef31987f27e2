#include "codec/synth_gguf.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>

#include "codec/gguf.h"
#include "codec/gguf_llm.h"
#include "core/sizing/shapes_for_tests.h"

namespace rigwise {
namespace {

using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;

Llm of_family(Llm model, std::string family) {
  model.family = std::move(family);
  return model;
}

Llm mixtral() {
  return of_family(shapes::llm("mixtral-8x7b", 4096, 32000, false, 32768,
                               {shapes::moe(shapes::attention(32, 32, 8, 128), 8, 2, 14336)}),
                   "Mixtral");
}
Llm minimax_m2() {
  return of_family(shapes::llm("minimax-m2", 3072, 200064, false, 196608,
                               {shapes::moe(shapes::attention(62, 48, 8, 128), 256, 8, 1536)}),
                   "MiniMax-M2");
}
Llm qwen3_4b() {
  return of_family(
      shapes::llm("qwen3-4b", 2560, 151936, true, 40960, {shapes::dense(shapes::attention(36, 32, 8, 128), 9728)}),
      "Qwen3");
}
Llm deepseek_v2_lite() {
  Llm model = of_family(shapes::deepseek_v2_lite(), "DeepSeek V2");
  model.layers[1].shared_experts = 2;
  return model;
}

/// One model of every architecture.
std::vector<Llm> one_of_each() {
  return {of_family(shapes::llama_3_2_1b(), "Llama 3.2"),
          of_family(shapes::qwen2_5_7b(), "Qwen2.5"),
          of_family(shapes::qwen3_8b(), "Qwen3"),
          of_family(shapes::qwen3_30b_a3b(), "Qwen3"),
          of_family(shapes::gpt_oss_20b(), "gpt-oss"),
          of_family(shapes::gemma_3_4b(), "Gemma 3"),
          of_family(shapes::deepseek_v3(), "DeepSeek V3"),
          of_family(shapes::glm_4_5_air(), "GLM-4.5"),
          minimax_m2()};
}

SynthGguf planned(const Llm& model, const std::string& format, int layers = 0) {
  SynthChoices choices;
  choices.format = format;
  choices.layers = layers;
  const Result<SynthGguf> file = plan_synth_gguf(Catalog{}, model, choices);
  EXPECT_TRUE(file) << model.id << ": " << (file ? "" : file.error().message);
  return file ? *file : SynthGguf{};
}

Error refusal(const Llm& model, const SynthChoices& choices) {
  const Result<SynthGguf> file = plan_synth_gguf(Catalog{}, model, choices);
  EXPECT_FALSE(file) << model.id;
  return file ? Error{} : file.error();
}

/// "blk.0.attn_q.weight 2048,2048 Q4_K" for the tensors that begin so.
std::vector<std::string> listed(const SynthGguf& file, std::string_view beginning) {
  std::vector<std::string> lines;
  for (const HeaderTensor& tensor : file.tensors) {
    if (!tensor.name.starts_with(beginning)) continue;
    std::string line = tensor.name + " ";
    for (std::size_t i = 0; i < tensor.shape.size(); ++i) {
      line += i == 0 ? "" : ",";
      line += std::to_string(tensor.shape[i]);
    }
    line += " " + tensor.type;
    lines.push_back(std::move(line));
  }
  return lines;
}

std::string shape_text(const LayerGroup& g) {
  std::string text = std::string(attention_kind_name(g.attention)) + "/" + ffn_kind_name(g.ffn);
  for (const int number : {g.heads, g.kv_heads, g.head_dim, g.v_head_dim, g.window, g.kv_lora_rank, g.q_lora_rank,
                           g.rope_dim, g.nope_dim, g.intermediate_size, g.experts, g.experts_per_token,
                           g.expert_intermediate_size, g.shared_experts, g.shared_intermediate_size}) {
    text += " " + std::to_string(number);
  }
  return text;
}

/// How many layers of each shape a model has.
std::map<std::string, int> shape_of(const Llm& model) {
  std::map<std::string, int> counts;
  for (const LayerGroup& g : model.layers) counts[shape_text(g)] += g.count;
  return counts;
}

TEST(SynthGguf, ReadBackGivesTheModelsOwnShape) {
  for (const Llm& model : one_of_each()) {
    const SynthGguf file = planned(model, "Q8_0");
    EXPECT_EQ(shape_of(file.shape), shape_of(model)) << model.id;
    EXPECT_EQ(file.shape.hidden_size, model.hidden_size);
    EXPECT_EQ(file.shape.vocab_size, model.vocab_size);
    EXPECT_EQ(file.shape.context_tokens, model.context_tokens);
    EXPECT_EQ(file.shape.tied_embeddings, model.tied_embeddings);
    EXPECT_NEAR(file.weights.params_read_per_token / active_parameter_count(model), 1, 0.001) << model.id;
  }
}

// Figures of real files, from memory of the models' pages (reference of the study); ours lack 4 to 6 MB of tokenizer.
TEST(SynthGguf, IsAsLargeAsThePublishedFile) {
  const struct {
    Llm model;
    const char* format;
    double published_gb;
  } cases[] = {{of_family(shapes::llama_3_2_1b(), "Llama 3.2"), "Q4_K_M", 0.808},
               {qwen3_4b(), "Q4_K_M", 2.50},
               {of_family(shapes::qwen3_8b(), "Qwen3"), "Q4_K_M", 5.03},
               {of_family(shapes::qwen3_30b_a3b(), "Qwen3"), "Q4_K_M", 18.56},
               {of_family(shapes::gpt_oss_20b(), "gpt-oss"), "MXFP4", 12.11},
               {of_family(shapes::llama_3_8b(), "Llama 3.1"), "Q4_K_M", 4.92}};
  for (const auto& c : cases) {
    const SynthGguf file = planned(c.model, c.format);
    EXPECT_NEAR(static_cast<double>(file.file_bytes) / 1e9, c.published_gb, 0.012) << c.model.id;
  }
}

TEST(SynthGguf, ReadsPerTokenWhatTheStudyCounted) {
  EXPECT_NEAR(planned(of_family(shapes::qwen3_8b(), "Qwen3"), "Q4_K_M").weights.read_by_step(1).value / 1e9, 4.672,
              0.001);
  EXPECT_NEAR(planned(of_family(shapes::gpt_oss_20b(), "gpt-oss"), "MXFP4").weights.read_by_step(1).value / 1e9, 2.575,
              0.001);
  EXPECT_NEAR(planned(deepseek_v2_lite(), "Q4_K_M").weights.read_by_step(1).value / 1e9, 1.612, 0.001);
  EXPECT_NEAR(planned(of_family(shapes::qwen3_30b_a3b(), "Qwen3"), "Q4_K_M").weights.read_by_step(1).value / 1e9, 1.920,
              0.001);
}

TEST(SynthGguf, ListsTheTensorsOfALlama) {
  const SynthGguf file = planned(of_family(shapes::llama_3_2_1b(), "Llama 3.2"), "Q4_K_M", 2);
  EXPECT_THAT(listed(file, "blk.0."),
              ElementsAre("blk.0.attn_norm.weight 2048 F32", "blk.0.attn_q.weight 2048,2048 Q4_K",
                          "blk.0.attn_k.weight 2048,512 Q4_K", "blk.0.attn_v.weight 2048,512 Q4_K",
                          "blk.0.attn_output.weight 2048,2048 Q4_K", "blk.0.ffn_norm.weight 2048 F32",
                          "blk.0.ffn_gate.weight 2048,8192 Q4_K", "blk.0.ffn_up.weight 2048,8192 Q4_K",
                          "blk.0.ffn_down.weight 8192,2048 Q4_K"));
  EXPECT_THAT(listed(file, "token"), ElementsAre("token_embd.weight 2048,128256 Q6_K"));
  EXPECT_THAT(listed(file, "rope"), ElementsAre("rope_freqs.weight 32 F32"));
  EXPECT_THAT(listed(file, "output"), ElementsAre("output_norm.weight 2048 F32"));
}

TEST(SynthGguf, ListsTheTensorsOfQwens) {
  const SynthGguf qwen2 = planned(of_family(shapes::qwen2_5_7b(), "Qwen2.5"), "Q8_0", 1);
  EXPECT_THAT(listed(qwen2, "blk.0.attn"),
              ElementsAre("blk.0.attn_norm.weight 3584 F32", "blk.0.attn_q.weight 3584,3584 Q8_0",
                          "blk.0.attn_k.weight 3584,512 Q8_0", "blk.0.attn_v.weight 3584,512 Q8_0",
                          "blk.0.attn_output.weight 3584,3584 Q8_0", "blk.0.attn_q.bias 3584 F32",
                          "blk.0.attn_k.bias 512 F32", "blk.0.attn_v.bias 512 F32"));
  const SynthGguf qwen3 = planned(of_family(shapes::qwen3_30b_a3b(), "Qwen3"), "Q4_K_M", 1);
  EXPECT_EQ(qwen3.architecture, "qwen3moe");
  EXPECT_THAT(
      listed(qwen3, "blk.0."),
      ElementsAre("blk.0.attn_norm.weight 2048 F32", "blk.0.attn_q.weight 2048,4096 Q4_K",
                  "blk.0.attn_k.weight 2048,512 Q4_K", "blk.0.attn_v.weight 2048,512 Q6_K",
                  "blk.0.attn_output.weight 4096,2048 Q4_K", "blk.0.attn_q_norm.weight 128 F32",
                  "blk.0.attn_k_norm.weight 128 F32", "blk.0.ffn_norm.weight 2048 F32",
                  "blk.0.ffn_gate_inp.weight 2048,128 F32", "blk.0.ffn_gate_exps.weight 2048,768,128 Q4_K",
                  "blk.0.ffn_up_exps.weight 2048,768,128 Q4_K", "blk.0.ffn_down_exps.weight 768,2048,128 Q6_K"));
}

TEST(SynthGguf, ListsTheTensorsOfGptOss) {
  const SynthGguf file = planned(of_family(shapes::gpt_oss_20b(), "gpt-oss"), "MXFP4", 2);
  EXPECT_THAT(
      listed(file, "blk.1."),
      ElementsAre("blk.1.attn_norm.weight 2880 F32", "blk.1.attn_q.weight 2880,4096 Q8_0",
                  "blk.1.attn_k.weight 2880,512 Q8_0", "blk.1.attn_v.weight 2880,512 Q8_0",
                  "blk.1.attn_output.weight 4096,2880 Q8_0", "blk.1.attn_q.bias 4096 F32", "blk.1.attn_k.bias 512 F32",
                  "blk.1.attn_v.bias 512 F32", "blk.1.attn_output.bias 2880 F32", "blk.1.attn_sinks.weight 64 F32",
                  "blk.1.post_attention_norm.weight 2880 F32", "blk.1.ffn_gate_inp.weight 2880,32 F32",
                  "blk.1.ffn_gate_exps.weight 2880,2880,32 MXFP4", "blk.1.ffn_up_exps.weight 2880,2880,32 MXFP4",
                  "blk.1.ffn_down_exps.weight 2880,2880,32 MXFP4", "blk.1.ffn_gate_inp.bias 32 F32",
                  "blk.1.ffn_gate_exps.bias 2880,32 F32", "blk.1.ffn_up_exps.bias 2880,32 F32",
                  "blk.1.ffn_down_exps.bias 2880,32 F32"));
}

TEST(SynthGguf, ListsTheTensorsOfGemma3) {
  const SynthGguf file = planned(of_family(shapes::gemma_3_4b(), "Gemma 3"), "F16", 1);
  EXPECT_THAT(listed(file, "blk.0."),
              ElementsAre("blk.0.attn_norm.weight 2560 F32", "blk.0.attn_q.weight 2560,2048 F16",
                          "blk.0.attn_k.weight 2560,1024 F16", "blk.0.attn_v.weight 2560,1024 F16",
                          "blk.0.attn_output.weight 2048,2560 F16", "blk.0.attn_q_norm.weight 256 F32",
                          "blk.0.attn_k_norm.weight 256 F32", "blk.0.ffn_norm.weight 2560 F32",
                          "blk.0.post_attention_norm.weight 2560 F32", "blk.0.post_ffw_norm.weight 2560 F32",
                          "blk.0.ffn_gate.weight 2560,10240 F16", "blk.0.ffn_up.weight 2560,10240 F16",
                          "blk.0.ffn_down.weight 10240,2560 F16"));
}

TEST(SynthGguf, ListsTheTensorsOfDeepSeek) {
  const SynthGguf v3 = planned(of_family(shapes::deepseek_v3(), "DeepSeek V3"), "Q4_K_M", 2);
  EXPECT_THAT(
      listed(v3, "blk.1."),
      ElementsAre("blk.1.attn_norm.weight 7168 F32", "blk.1.attn_q_a.weight 7168,1536 Q4_K",
                  "blk.1.attn_q_a_norm.weight 1536 F32", "blk.1.attn_q_b.weight 1536,24576 Q4_K",
                  "blk.1.attn_kv_a_mqa.weight 7168,576 Q4_K", "blk.1.attn_kv_a_norm.weight 512 F32",
                  "blk.1.attn_k_b.weight 128,512,128 Q5_0", "blk.1.attn_v_b.weight 512,128,128 Q4_K",
                  "blk.1.attn_output.weight 16384,7168 Q4_K", "blk.1.ffn_norm.weight 7168 F32",
                  "blk.1.ffn_gate_inp.weight 7168,256 F32", "blk.1.ffn_gate_exps.weight 7168,2048,256 Q4_K",
                  "blk.1.ffn_up_exps.weight 7168,2048,256 Q4_K", "blk.1.ffn_down_exps.weight 2048,7168,256 Q6_K",
                  "blk.1.exp_probs_b.bias 256 F32", "blk.1.ffn_gate_shexp.weight 7168,2048 Q4_K",
                  "blk.1.ffn_up_shexp.weight 7168,2048 Q4_K", "blk.1.ffn_down_shexp.weight 2048,7168 Q6_K"));
  EXPECT_THAT(listed(v3, "blk.0.ffn_down"), ElementsAre("blk.0.ffn_down.weight 18432,7168 Q4_K"))
      << "one of the two layers is dense";
  const SynthGguf lite = planned(deepseek_v2_lite(), "Q4_K_M");
  EXPECT_THAT(listed(lite, "blk.3.attn_q"), ElementsAre("blk.3.attn_q.weight 2048,3072 Q4_K"));
  EXPECT_THAT(listed(lite, "blk.3.exp_probs"), ElementsAre()) << "a softmax router has no biases";
}

TEST(SynthGguf, ListsTheTensorsOfGlmWithItsNextTokenLayer) {
  const SynthGguf file = planned(of_family(shapes::glm_4_5_air(), "GLM-4.5"), "Q4_0", 2);
  EXPECT_EQ(file.layers, 2);
  EXPECT_THAT(listed(file, "blk.0."),
              ElementsAre("blk.0.attn_norm.weight 4096 F32", "blk.0.attn_q.weight 4096,12288 Q4_0",
                          "blk.0.attn_k.weight 4096,1024 Q4_0", "blk.0.attn_v.weight 4096,1024 Q4_0",
                          "blk.0.attn_output.weight 12288,4096 Q4_0", "blk.0.attn_q.bias 12288 F32",
                          "blk.0.attn_k.bias 1024 F32", "blk.0.attn_v.bias 1024 F32",
                          "blk.0.post_attention_norm.weight 4096 F32", "blk.0.ffn_gate.weight 4096,10944 Q4_0",
                          "blk.0.ffn_up.weight 4096,10944 Q4_0", "blk.0.ffn_down.weight 10944,4096 Q4_0"));
  EXPECT_THAT(listed(file, "blk.2.nextn"),
              ElementsAre("blk.2.nextn.eh_proj.weight 8192,4096 Q4_0", "blk.2.nextn.enorm.weight 4096 F32",
                          "blk.2.nextn.hnorm.weight 4096 F32", "blk.2.nextn.shared_head_norm.weight 4096 F32"));
  EXPECT_THAT(listed(file, "blk.2.ffn_gate_exps"), ElementsAre("blk.2.ffn_gate_exps.weight 4096,1408,128 Q4_0"));
}

TEST(SynthGguf, ListsTheTensorsOfMiniMaxAndMixtral) {
  const SynthGguf minimax = planned(minimax_m2(), "Q6_K", 1);
  EXPECT_THAT(listed(minimax, "blk.0.attn_q_norm"), ElementsAre("blk.0.attn_q_norm.weight 6144 F32"));
  EXPECT_THAT(listed(minimax, "blk.0.attn_k_norm"), ElementsAre("blk.0.attn_k_norm.weight 1024 F32"));
  EXPECT_THAT(listed(minimax, "blk.0.exp_probs"), ElementsAre("blk.0.exp_probs_b.bias 256 F32"));
  const SynthGguf file = planned(mixtral(), "Q4_K_M", 1);
  EXPECT_EQ(file.architecture, "llama");
  EXPECT_THAT(listed(file, "blk.0.attn_k"), ElementsAre("blk.0.attn_k.weight 4096,1024 Q8_0"));
  EXPECT_THAT(listed(file, "blk.0.ffn_up"), ElementsAre("blk.0.ffn_up_exps.weight 4096,14336,8 Q4_K"));
}

TEST(SynthGguf, NamesItselfSyntheticAndHoldsATokenForEveryByte) {
  const SynthGguf file = planned(of_family(shapes::qwen3_8b(), "Qwen3"), "Q4_K_M", 4);
  EXPECT_EQ(file.name, "synthetic-qwen3-8b-Q4_K_M-4-layers");
  const auto read = read_gguf(file.header, file.file_bytes);
  ASSERT_TRUE(read) << read.error().message;
  EXPECT_EQ(read->header.text("general.name"), file.name);
  EXPECT_EQ(read->header.text("rigwise.synthetic"), "random weights, seed 1, shape of qwen3-8b, 4 of 36 layers");
  EXPECT_EQ(read->header.data_offset, file.data_offset());
  EXPECT_EQ(read->header.data_offset + read->header.data_bytes, file.file_bytes);
  EXPECT_EQ(read->header.find("tokenizer.ggml.tokens")->length, 151936U);
  EXPECT_EQ(gguf_format_name(read->header), "Q4_K_M");
  for (const char* marker : {"<|im_end|>", "<|endoftext|>", "</s>", "<eos>", "<|eot_id|>"}) {
    EXPECT_EQ(file.header.find(marker), std::string::npos) << marker;
  }
}

TEST(SynthGguf, LeavesTheEmbeddingAndTheRoutersOfASparseFileReal) {
  SynthChoices choices;
  choices.sparse = true;
  const Llm model = of_family(shapes::qwen3_30b_a3b(), "Qwen3");
  const Result<SynthGguf> sparse = plan_synth_gguf(Catalog{}, model, choices);
  ASSERT_TRUE(sparse);
  EXPECT_EQ(sparse->file_bytes, planned(model, "Q4_K_M").file_bytes);
  const double embedding = 2048.0 * 151936 * 4.5 / 8, routers = 48.0 * 2048 * 128 * 4;
  EXPECT_NEAR(static_cast<double>(sparse->written_bytes), embedding + routers, 8e6) << "and the header and norms";
}

TEST(SynthGguf, RefusesOtherArchitecturesWithTheNearestModelThatWorks) {
  Catalog catalog;
  catalog.models = {of_family(shapes::llama_3_2_1b(), "Llama 3.2"), of_family(shapes::qwen3_8b(), "Qwen3"),
                    of_family(shapes::qwen3_5_9b(), "Qwen3.5")};
  catalog.models[0].params_total = 1.24e9;
  catalog.models[1].params_total = 8.2e9;
  catalog.models[2].params_total = 9e9;
  const Result<SynthGguf> file = plan_synth_gguf(catalog, catalog.models[2], {});
  ASSERT_FALSE(file);
  EXPECT_EQ(file.error().code, ErrorCode::unsupported);
  EXPECT_THAT(file.error().try_this, HasSubstr("llama, qwen2, qwen3, qwen3moe, gpt-oss"));
  EXPECT_THAT(file.error().did_you_mean, ElementsAre("qwen3-8b", "llama-3.2-1b"));
}

TEST(SynthGguf, NamesTheFactThatTheCatalogLacks) {
  Llm model = of_family(shapes::gpt_oss_20b(), "gpt-oss");
  model.layers[0].window = 0;
  EXPECT_THAT(refusal(model, {}).message, HasSubstr("\"window\" of gpt-oss-20b"));
  Llm deepseek = of_family(shapes::deepseek_v3(), "DeepSeek V3");
  deepseek.layers[0].kv_lora_rank = 0;
  EXPECT_THAT(refusal(deepseek, {}).message, HasSubstr("\"kv_lora_rank\""));
}

TEST(SynthGguf, RefusesWhatTheEngineWouldTakeForAnotherModel) {
  SynthChoices cut;
  cut.layers = 27;
  EXPECT_THAT(refusal(of_family(shapes::deepseek_v3(), "DeepSeek V3"), cut).message, HasSubstr("27 layers"));
  cut.layers = 4;
  EXPECT_THAT(refusal(deepseek_v2_lite(), cut).message, HasSubstr("26 or 27 layers only"));
}

TEST(SynthGguf, RefusesFormatsAndCutsThatCannotBe) {
  SynthChoices choices;
  choices.format = "Q4_K_S";
  EXPECT_THAT(refusal(of_family(shapes::qwen3_8b(), "Qwen3"), choices).did_you_mean, Contains("Q4_K_M"));
  choices.format = "MXFP4";
  EXPECT_THAT(refusal(of_family(shapes::qwen3_8b(), "Qwen3"), choices).message, HasSubstr("has none"));
  choices.format = "Q8_0";
  choices.layers = 37;
  EXPECT_THAT(refusal(of_family(shapes::qwen3_8b(), "Qwen3"), choices).try_this, HasSubstr("1 to 36"));
}

}  // namespace
}  // namespace rigwise
