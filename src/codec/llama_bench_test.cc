#include "codec/import_runs.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "codec/catalog_files_for_tests.h"
#include "codec/json_text.h"
#include "codec/llama_bench_names.h"

namespace rigwise {
namespace {

using testing::Contains;
using testing::HasSubstr;
using testing::IsEmpty;

Device gpu(const char* id, const char* name) {
  Device d;
  d.id = id;
  d.name = name;
  return d;
}

Llm model(const char* id, double billions, int layers) {
  Llm m;
  m.id = m.name = id;
  m.params_total = billions * 1e9;
  LayerGroup group;
  group.count = layers;
  m.layers.push_back(group);
  return m;
}

const Catalog& catalog() {
  static const Catalog kCatalog = [] {
    Catalog c;
    c.devices = {gpu("rtx-4080", "NVIDIA GeForce RTX 4080"), gpu("rx-7900-xtx", "AMD Radeon RX 7900 XTX"),
                 gpu("ryzen-7950x", "AMD Ryzen 9 7950X"), gpu("arc-b580", "Intel Arc B580")};
    c.models = {model("qwen2.5-7b", 7.62, 28), model("gemma-3-4b", 4.3, 34), model("deepseek-r1", 671, 61)};
    for (const char* id : {"q4_k_m", "q8_0", "q4_k_xl", "iq4_xs", "f16"}) {
      Format f;
      f.id = f.name = id;
      c.formats.push_back(f);
    }
    Engine engine;
    engine.id = engine.name = "llama.cpp";
    c.engines = {engine};
    c.index_names();
    return c;
  }();
  return kCatalog;
}

/// A record as llama-bench of build 11434 prints it, with some fields changed.
Json record(const Json& changes = Json::object()) {
  Json r = {{"build_commit", "ff4fc6f"},
            {"build_number", 11434},
            {"cpu_info", "AMD Ryzen 9 7950X 16-Core Processor"},
            {"gpu_info", "NVIDIA GeForce RTX 4080"},
            {"backends", "CUDA"},
            {"model_filename", "models/Qwen2.5-7B-Instruct-Q4_K_M.gguf"},
            {"model_type", "qwen2 7B Q4_K - Medium"},
            {"model_size", 4677120000},
            {"model_n_params", 7615616512},
            {"n_ubatch", 512},
            {"type_k", "f16"},
            {"type_v", "f16"},
            {"n_gpu_layers", -1},
            {"n_cpu_moe", 0},
            {"split_mode", "layer"},
            {"main_gpu", 0},
            {"no_kv_offload", false},
            {"flash_attn", -1},
            {"devices", "auto"},
            {"tensor_split", "0.00"},
            {"tensor_buft_overrides", "none"},
            {"embeddings", false},
            {"no_op_offload", 0},
            {"fit_target", 0},
            {"n_prompt", 512},
            {"n_gen", 0},
            {"n_depth", 0},
            {"test_time", "2026-10-24T11:59:33Z"},
            {"avg_ns", 70497220},
            {"avg_ts", 7263.6},
            {"stddev_ts", 90.9},
            {"samples_ts", {7155.7, 7371.5}}};
  r.update(changes);
  return r;
}

ImportedFile read(const std::string& text, const ImportChoices& choices = {}) {
  const Result<ImportedFile> runs = import_runs(catalog(), text, "runs.jsonl", choices);
  EXPECT_TRUE(runs) << (runs ? "" : runs.error().message);
  return runs ? *runs : ImportedFile{};
}

Measurement only_row(const Json& changes, const ImportChoices& choices = {}) {
  const ImportedFile runs = read(record(changes).dump(), choices);
  EXPECT_EQ(runs.runs.size(), 1u) << (runs.skipped.empty() ? "" : runs.skipped.front().message);
  return runs.runs.empty() ? Measurement{} : runs.runs.front().row;
}

std::string why_skipped(const Json& changes) {
  const ImportedFile runs = read(record(changes).dump());
  EXPECT_THAT(runs.runs, IsEmpty());
  return runs.skipped.empty() ? "" : runs.skipped.front().message;
}

TEST(LlamaBench, APromptTestIsPrefill) {
  const Measurement m = only_row({{"n_depth", 4096}});
  EXPECT_EQ(m.hardware, "rtx-4080");
  EXPECT_EQ(m.model, "qwen2.5-7b");
  EXPECT_EQ(m.quant, "q4_k_m");
  EXPECT_EQ(m.engine, "llama.cpp");
  EXPECT_EQ(m.engine_version, "b11434");
  EXPECT_EQ(m.backend, "cuda");
  EXPECT_EQ(m.phase, Phase::prefill);
  EXPECT_EQ(m.prompt_tokens, 512);
  EXPECT_EQ(m.context_depth, 4096);
  EXPECT_EQ(m.tokens_per_s, 7263.6);
  EXPECT_EQ(m.date, "2026-10-24");
  EXPECT_TRUE(m.is_own);
}

TEST(LlamaBench, ARunHasOneIdInWhicheverFormItWasPrinted) {
  std::string heads, cells, keys, values;
  const Json whole = record();
  for (const auto& [key, value] : whole.items()) {
    if (value.is_array()) continue;
    const std::string text = value.is_string() ? value.get<std::string>() : value.dump();
    const std::string comma = heads.empty() ? "" : ",";
    heads += comma + key;
    cells += comma + "\"" + text + "\"";
    keys += comma + key;
    values += comma + "'" + text + "'";
  }
  const std::string id = only_row(Json::object()).id;
  const ImportedFile csv = read(heads + "\n" + cells + "\n");
  ASSERT_EQ(csv.runs.size(), 1u);
  EXPECT_EQ(csv.runs[0].row.id, id);
  const ImportedFile sql = read("INSERT INTO llama_bench (" + keys + ") VALUES (" + values + ");\n");
  ASSERT_EQ(sql.runs.size(), 1u);
  EXPECT_EQ(sql.runs[0].row.id, id);
  EXPECT_NE(only_row({{"test_time", "2026-10-24T12:00:00Z"}}).id, id);
  EXPECT_NE(only_row({{"avg_ts", 7263.7}}).id, id);
}

TEST(LlamaBench, TheTypeOfTheCacheIsSaid) { EXPECT_THAT(only_row(Json::object()).unit_note, HasSubstr("; KV f16")); }

TEST(LlamaBench, ADateThatIsNoneIsLeftOutAndSaid) {
  const Measurement m = only_row({{"test_time", "2030-13-41T00:00:00Z"}});
  EXPECT_EQ(m.date, "");
  EXPECT_THAT(m.unit_note, HasSubstr("its date is none: \"2030-13-41\""));
}

TEST(LlamaBench, ATextTestIsDecodeAndBothAreAWholeRequest) {
  EXPECT_EQ(only_row({{"n_prompt", 0}, {"n_gen", 128}}).phase, Phase::decode);
  const Measurement both = only_row({{"n_gen", 128}, {"avg_ts", 500}});
  EXPECT_EQ(both.phase, Phase::e2e);
  EXPECT_EQ(both.tokens_per_s, 100) << "128 of 640 tokens were produced";
}

TEST(LlamaBench, OlderBuildsSayFlashAttentionAsABoolean) {
  EXPECT_THAT(only_row({{"flash_attn", true}}).unit_note, HasSubstr("FA on"));
  EXPECT_THAT(only_row({{"flash_attn", false}, {"n_gpu_layers", 99}}).unit_note, HasSubstr("FA off"));
  EXPECT_THAT(only_row({{"flash_attn", -1}}).unit_note, Not(HasSubstr("FA"))) << "automatic";
  EXPECT_THAT(only_row({{"n_ubatch", 2048}}).unit_note, HasSubstr("ubatch 2048"));
}

TEST(LlamaBench, ReadsAListAndLinesAlike) {
  const Json a = record(), b = record({{"n_prompt", 0}, {"n_gen", 128}});
  EXPECT_EQ(read(Json::array({a, b}).dump(2)).runs.size(), 2u);
  EXPECT_EQ(read(a.dump() + "\n" + b.dump() + "\n").runs.size(), 2u);
}

TEST(LlamaBench, ARecordThatIsCutOffIsReportedAndTheOthersKept) {
  const std::string whole = record().dump(), pretty = Json::array({record(), record()}).dump(2);
  for (const std::string& text : {whole + "\n" + whole.substr(0, 300), whole + "\n" + whole.substr(0, 20),
                                  whole.substr(0, 301) + "\n" + whole, pretty.substr(0, pretty.size() - 100)}) {
    const ImportedFile runs = read(text);
    EXPECT_EQ(runs.runs.size(), 1u) << text;
    ASSERT_EQ(runs.skipped.size(), 1u) << text;
    EXPECT_EQ(runs.skipped.front().message, "the record is cut off");
  }
  EXPECT_EQ(read(whole + "\n" + whole.substr(0, 300)).skipped.front().line, 2);
}

TEST(LlamaBench, TheSameRunHasTheSameIdInEveryLayout) {
  EXPECT_EQ(read(record().dump()).runs[0].row.id, read(Json::array({record()}).dump(2)).runs[0].row.id);
  EXPECT_NE(only_row(Json::object()).id, only_row({{"n_prompt", 1024}}).id);
}

TEST(LlamaBench, AllLayersOnTheProcessorIsItsOwnBackend) {
  const Measurement m = only_row({{"n_gpu_layers", 0}, {"n_prompt", 0}, {"n_gen", 32}});
  EXPECT_EQ(m.hardware, "ryzen-7950x");
  EXPECT_EQ(m.backend, "cpu");
  EXPECT_EQ(only_row({{"backends", "BLAS"}, {"gpu_info", ""}, {"cpu_info", "OpenBLAS, AMD Ryzen 9 7950X"}}).hardware,
            "ryzen-7950x");
}

TEST(LlamaBench, WhatARowCannotStateIsSkippedWithItsReason) {
  EXPECT_THAT(why_skipped({{"n_gpu_layers", 20}}), HasSubstr("only 20 of 29 layers"));
  EXPECT_THAT(why_skipped({{"n_cpu_moe", 48}}), HasSubstr("experts on the processor"));
  EXPECT_THAT(why_skipped({{"tensor_buft_overrides", "exps=CPU"}}), HasSubstr("placed by hand"));
  EXPECT_THAT(why_skipped({{"type_k", "q8_0"}}), HasSubstr("q8_0"));
  EXPECT_THAT(why_skipped({{"fit_target", 512}}), HasSubstr("fit_target"));
  EXPECT_THAT(why_skipped({{"backends", "ROCm,RPC"}}), HasSubstr("RPC"));
  EXPECT_THAT(why_skipped({{"backends", "CANN"}}), HasSubstr("CANN"));
  EXPECT_THAT(why_skipped({{"n_gpu_layers", 0}}), HasSubstr("prompts may use the GPU"));
  EXPECT_THAT(why_skipped({{"avg_ts", 0}}), HasSubstr("no speed"));
}

TEST(LlamaBench, LikeCardsAreCountedAndUnlikeOnesRefused) {
  const char* two = "NVIDIA GeForce RTX 4080, NVIDIA GeForce RTX 4080";
  EXPECT_EQ(only_row({{"gpu_info", two}}).hardware_count, 2);
  EXPECT_EQ(only_row({{"gpu_info", two}, {"split_mode", "none"}}).hardware_count, 1);
  EXPECT_EQ(only_row({{"gpu_info", two}, {"devices", "CUDA1"}}).hardware_count, 1);
  EXPECT_EQ(only_row({{"gpu_info", two}, {"tensor_split", "1.00/0.00"}}).hardware_count, 1);
  for (const char* split : {"row", "tensor"}) {
    EXPECT_THAT(why_skipped({{"gpu_info", two}, {"split_mode", split}}), HasSubstr("-sm layer")) << split;
    EXPECT_EQ(only_row({{"split_mode", split}}).hardware_count, 1) << "on one card it splits nothing";
  }
  const char* unlike = "NVIDIA GeForce RTX 4080, AMD Radeon RX 7900 XTX";
  EXPECT_THAT(why_skipped({{"gpu_info", unlike}}), HasSubstr("unlike devices"));
  EXPECT_EQ(only_row({{"gpu_info", unlike}, {"main_gpu", 1}, {"split_mode", "none"}}).hardware, "rx-7900-xtx");
}

TEST(LlamaBench, UnknownNamesAreKeptWithTheNearestAndFlagsAnswer) {
  const ImportedFile unknown = read(record({{"gpu_info", "NVIDIA GeForce RTX 4081"}}).dump());
  ASSERT_EQ(unknown.runs.size(), 1u);
  EXPECT_EQ(unknown.runs[0].row.hardware, "NVIDIA GeForce RTX 4081") << "as the driver calls it";
  ASSERT_EQ(unknown.runs[0].unmapped.size(), 1u);
  EXPECT_EQ(unknown.runs[0].unmapped[0].what, "machine");
  EXPECT_THAT(unknown.runs[0].unmapped[0].message, HasSubstr("--machine"));
  EXPECT_THAT(unknown.runs[0].unmapped[0].did_you_mean, Contains("NVIDIA GeForce RTX 4080"));
  ImportChoices choices;
  choices.setup = "2x rtx-4080";
  choices.model = "gemma-3-4b";
  choices.quant = "q8_0";
  const Measurement m = only_row({{"gpu_info", "who knows"}, {"model_filename", "model.gguf"}}, choices);
  EXPECT_EQ(m.hardware_count, 2);
  EXPECT_EQ(m.model, "gemma-3-4b");
  EXPECT_EQ(m.quant, "q8_0");
}

TEST(LlamaBench, TextWithoutARecordIsAnError) {
  for (const char* text : {"", "hello", "{}", "[]", "[{\"a\": 1}]", "| model | size |"}) {
    const Result<ImportedFile> runs = import_runs(catalog(), text, "runs.jsonl", {});
    ASSERT_FALSE(runs) << text;
    EXPECT_THAT(runs.error().try_this, HasSubstr("llama-bench (json"));
  }
}

TEST(LlamaBench, BuildsBeforeBackendsWereListedPrintATruthForEach) {
  Json old = record({{"cuda", true}, {"metal", false}});
  old.erase("backends");
  EXPECT_EQ(read(old.dump()).runs.at(0).row.backend, "cuda");
  old["cuda"] = false;
  old["gpu_info"] = "";
  EXPECT_EQ(read(old.dump()).runs.at(0).row.backend, "cpu");
}

TEST(LlamaBenchNames, DriversNamesLoseWhatTheyAdd) {
  const auto id = [](const char* name) { return device_of_driver_name(catalog(), name).value()->id; };
  EXPECT_EQ(id("AMD Radeon RX 7900 XTX (RADV NAVI31)"), "rx-7900-xtx");
  EXPECT_EQ(id("Intel(R) Arc(TM) B580 Graphics"), "arc-b580");
  EXPECT_EQ(id("AMD Ryzen 9 7950X 16-Core Processor"), "ryzen-7950x");
}

TEST(LlamaBenchNames, FileNamesLoseFolderFormatShardAndTrainingWords) {
  const auto id = [](const char* path, double billions) {
    const Result<const Llm*> model = model_of_file_name(catalog(), path, billions * 1e9);
    return model ? (*model)->id : model.error().message;
  };
  EXPECT_EQ(id("/m/Qwen2.5-7B-Instruct-Q4_K_M-00001-of-00002.gguf", 7.6), "qwen2.5-7b");
  EXPECT_EQ(id("C:\\m\\google_gemma-3-4b-it-UD-Q4_K_XL.gguf", 3.88), "gemma-3-4b");
  EXPECT_EQ(id("Qwen2.5-7B.Q8_0.gguf", 7.6), "qwen2.5-7b");
  EXPECT_THAT(id("DeepSeek-R1-Distill-Q8_0.gguf", 8), HasSubstr("DeepSeek-R1-Distill")) << "not the 671B";
}

TEST(LlamaBenchNames, FormatsComeFromTheFileNameOrTheDescription) {
  const auto id = [](const char* path, const char* description) {
    const Result<const Format*> format = format_of_file(catalog(), path, description);
    return format ? (*format)->id : format.error().message;
  };
  EXPECT_EQ(id("a-UD-Q4_K_XL.gguf", "llama 8B Q4_K - Medium"), "q4_k_xl");
  EXPECT_EQ(id("ggml-model.gguf", "llama 8B Q4_K - Medium"), "q4_k_m");
  EXPECT_EQ(id("ggml-model.gguf", "granite 3B IQ4_XS - 4.25 bpw"), "iq4_xs");
  EXPECT_EQ(id("ggml-model.gguf", "llama 7B mostly F16"), "f16");
  EXPECT_THAT(id("ggml-model.gguf", "llama 7B"), HasSubstr("llama 7B"));
}

}  // namespace
}  // namespace rigwise
