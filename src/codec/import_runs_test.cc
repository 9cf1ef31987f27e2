// Every format by an example in fuzz/seeds/import_runs, which the fuzz target reads too.
#include "codec/import_runs.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <sstream>

#include "codec/json_fields.h"
#include "codec/text_lines.h"

namespace rigwise {
namespace {

using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using testing::SizeIs;

Llm model(const char* id, double billions, const char* native) {
  Llm m;
  m.id = m.name = id;
  m.params_total = billions * 1e9;
  m.native_format = native;
  LayerGroup group;
  group.count = 28;
  m.layers.push_back(group);
  return m;
}

const Catalog& catalog() {
  static const Catalog kCatalog = [] {
    Catalog c;
    Device card;
    card.id = "rtx-4080";
    card.name = "NVIDIA GeForce RTX 4080";
    c.devices = {card};
    c.models = {model("qwen2.5-7b", 7.62, "bf16"), model("gemma-3-4b", 4.3, "bf16"), model("deepseek-r1", 671, "fp8")};
    for (const char* id : {"q4_k_m", "q4_0", "f16", "bf16", "fp8", "awq-4bit-g128", "gptq-4bit-g128"}) {
      Format f;
      f.id = f.name = id;
      if (std::string_view(id) == "awq-4bit-g128") f.aliases = {"awq"};
      c.formats.push_back(f);
    }
    Format cache;
    cache.id = cache.name = "kv-q8_0";
    cache.aliases = {"q8_0"};
    cache.for_kv_cache = true;
    c.formats.push_back(cache);
    for (const char* id : {"llama.cpp", "vllm", "sglang", "ollama", "llamafile"}) {
      Engine e;
      e.id = e.name = id;
      c.engines.push_back(e);
    }
    c.index_names();
    return c;
  }();
  return kCatalog;
}

std::string example(const std::string& name) {
  std::ifstream file(RIGWISE_SOURCE_DIR "/fuzz/seeds/import_runs/" + name, std::ios::binary);
  EXPECT_TRUE(file) << name;
  std::ostringstream text;
  text << file.rdbuf();
  return text.str();
}

ImportedFile read(const std::string& name, const ImportChoices& choices = {}) {
  const Result<ImportedFile> file = import_runs(catalog(), example(name), name, choices);
  EXPECT_TRUE(file) << name << ": " << (file ? "" : file.error().message);
  return file ? *file : ImportedFile{};
}

/// "prefill 512@0 x1 = 7286": what a row counts, short.
std::string said(const ImportedRun& run) {
  const Measurement& m = run.row;
  std::ostringstream text;
  text << phase_name(m.phase) << ' ' << m.prompt_tokens.value_or(-1) << '/' << m.gen_tokens.value_or(-1) << '@'
       << m.context_depth.value_or(-1) << " x" << m.concurrency << " = " << m.tokens_per_s;
  return text.str();
}

std::vector<std::string> all_said(const ImportedFile& file) {
  std::vector<std::string> said_of;
  said_of.reserve(file.runs.size());
  for (const ImportedRun& run : file.runs) said_of.push_back(said(run));
  return said_of;
}

std::vector<std::string> unmapped(const ImportedRun& run) {
  std::vector<std::string> what;
  what.reserve(run.unmapped.size());
  for (const UnmappedName& name : run.unmapped) what.push_back(name.what);
  return what;
}

TEST(ImportRuns, LlamaBenchCsvIsItsJsonInQuotes) {
  const ImportedFile file = read("llama-bench.csv");
  EXPECT_THAT(all_said(file), ElementsAre("prefill 512/0@0 x1 = 7285.68", "decode 0/128@0 x1 = 119.915"));
  EXPECT_EQ(file.runs[0].row.hardware, "rtx-4080");
  EXPECT_EQ(file.runs[0].row.model, "qwen2.5-7b");
  EXPECT_EQ(file.runs[0].row.engine_version, "b5163");
  ASSERT_THAT(file.skipped, SizeIs(1));
  EXPECT_EQ(file.skipped[0].line, 6) << "counted with what llama.cpp printed before";
  EXPECT_THAT(file.skipped[0].message, HasSubstr("cut off"));
}

TEST(ImportRuns, LlamaBenchSqlIsAStatementATest) {
  const ImportedFile file = read("llama-bench.sql");
  EXPECT_THAT(all_said(file), ElementsAre("prefill 512/0@4096 x1 = 7324.55", "decode 0/128@0 x1 = 120.347"));
  EXPECT_THAT(file.runs[0].row.unit_note, HasSubstr("FA on"));
  EXPECT_EQ(file.runs[1].row.model, "models/it's Qwen2.5-7B-Q4_K_M.gguf") << "a doubled quote is one; kept as printed";
  EXPECT_EQ(file.runs[1].line, 35);
}

TEST(ImportRuns, LlamaBenchTablesLackTheFileAndGetTheCardFromTheLog) {
  const ImportedFile file = read("llama-bench.md");
  EXPECT_THAT(all_said(file), ElementsAre("prefill 512/0@0 x1 = 7340.2", "decode 0/128@0 x1 = 120.6",
                                          "prefill 512/0@512 x1 = 6425.91", "e2e 512/128@0 x1 = 112.22"));
  EXPECT_EQ(file.runs[0].row.hardware, "rtx-4080");
  EXPECT_EQ(file.runs[0].row.quant, "q4_k_m");
  EXPECT_EQ(file.runs[0].row.engine_version, "b5163");
  EXPECT_EQ(file.runs[0].row.model, "not stated");
  ASSERT_THAT(file.runs[0].unmapped, SizeIs(1));
  EXPECT_THAT(file.runs[0].unmapped[0].did_you_mean, ElementsAre("qwen2.5-7b")) << "the one of that size";
  ASSERT_THAT(file.skipped, SizeIs(1));
  EXPECT_EQ(file.skipped[0].line, 9);
}

TEST(ImportRuns, LlamaBenchOf2023HasTruthsForBackends) {
  ImportChoices choices;
  choices.model = "qwen2.5-7b";
  const ImportedFile file = read("llama-bench-2023.json", choices);
  EXPECT_THAT(all_said(file), ElementsAre("prefill 512/0@0 x1 = 2410.97"));
  EXPECT_EQ(file.runs[0].row.backend, "cuda");
  EXPECT_EQ(file.runs[0].row.quant, "q4_0");
}

TEST(ImportRuns, BatchedBenchCountsAllStreams) {
  EXPECT_THAT(all_said(read("batched.jsonl")),
              ElementsAre("prefill 512/-1@0 x1 = 7314.29", "decode 512/128@512 x1 = 120.075",
                          "prefill 512/-1@0 x8 = 7314.29", "decode_total 512/128@512 x8 = 538.947"));
  const ImportedFile table = read("batched.md");
  EXPECT_THAT(all_said(table), ElementsAre("prefill 512/-1@0 x1 = 7314.29", "decode 512/128@512 x1 = 120.08",
                                           "prefill 512/-1@0 x1 = 7314.29", "decode_total 512/128@512 x4 = 387.88"))
      << "a prompt that all share is one prompt";
  EXPECT_THAT(table.runs[0].row.unit_note, HasSubstr("ubatch 2048"));
  EXPECT_EQ(table.runs[0].row.hardware, "rtx-4080");
  EXPECT_THAT(unmapped(table.runs[0]), ElementsAre("model", "quant"));
  ASSERT_THAT(table.skipped, SizeIs(1));
  EXPECT_EQ(table.skipped[0].line, 9);
}

TEST(ImportRuns, LlamaServersTimingsAreOneRequest) {
  EXPECT_THAT(all_said(read("llama-server.json")),
              ElementsAre("prefill 512/-1@0 x1 = 7303.85", "decode 512/128@512 x1 = 119.137"))
      << "of the answer's 128 tokens, the 127 that predicted_ms timed";
}

TEST(ImportRuns, OllamaPrintsPromptAndAnswer) {
  const ImportedFile file = read("ollama.txt");
  EXPECT_THAT(all_said(file), ElementsAre("prefill 35/-1@0 x1 = 848.48", "decode 35/212@35 x1 = 104.38",
                                          "prefill 311/-1@0 x1 = 141364", "decode 311/118@311 x1 = 103.51"));
  EXPECT_EQ(file.runs[0].row.model, "qwen2.5-7b");
  EXPECT_EQ(file.runs[0].row.quant, "q4_k_m") << "the tag says so";
  EXPECT_EQ(file.runs[0].row.engine, "ollama");
  EXPECT_EQ(file.runs[2].line, 15);
  EXPECT_THAT(unmapped(file.runs[0]), ElementsAre("machine"));
}

TEST(ImportRuns, OllamasStreamHasItsFiguresInTheLastObject) {
  const ImportedFile file = read("ollama.jsonl");
  EXPECT_THAT(all_said(file), ElementsAre("prefill 26/-1@0 x1 = 199.879", "decode 26/259@26 x1 = 61.1901"));
  EXPECT_THAT(file.skipped, IsEmpty());
  EXPECT_EQ(file.runs[0].row.model, "gemma-3-4b");
  EXPECT_EQ(file.runs[0].row.quant, "not stated") << "a tag without a format does not say one";
  EXPECT_EQ(file.runs[0].row.date, "2026-10-07");
}

TEST(ImportRuns, LocalScoreIsReadAsPayloadResultAndCsv) {
  for (const char* name : {"localscore.json", "localscore-site.json", "localscore.csv"}) {
    const ImportedFile file = read(name);
    ASSERT_THAT(file.runs, SizeIs(2)) << name;
    EXPECT_EQ(file.runs[0].row.model, "qwen2.5-7b") << name;
    EXPECT_EQ(file.runs[0].row.quant, "q4_k_m") << name;
    EXPECT_EQ(file.runs[0].row.engine, "llamafile") << name;
  }
  const ImportedFile file = read("localscore.json");
  EXPECT_THAT(all_said(file), ElementsAre("prefill 1024/16@0 x1 = 5021.5", "decode 1024/16@1024 x1 = 108.2"));
  EXPECT_EQ(file.runs[0].row.hardware, "rtx-4080");
  EXPECT_EQ(file.runs[0].row.backend, "cuda");
  EXPECT_EQ(file.runs[0].row.power_w, 288.6);
  EXPECT_EQ(file.version, "0.9.3");
}

TEST(ImportRuns, GuideLlmOfBothGenerations) {
  const ImportedFile old = read("guidellm-0.3.json");
  ASSERT_THAT(old.runs, SizeIs(3)) << "e2e, prefill and decode of the one stream";
  EXPECT_EQ(said(old.runs[2]), "decode 512/128@512 x1 = 52.0833") << "1 / 19.2 ms";
  EXPECT_EQ(old.runs[0].row.quant, "bf16") << "a repository without a format is in the published one";
  EXPECT_THAT(old.runs[0].row.unit_note, HasSubstr("weights as published"));
  EXPECT_THAT(unmapped(old.runs[0]), ElementsAre("engine", "machine"));
  ASSERT_THAT(old.skipped, SizeIs(1));
  EXPECT_THAT(old.skipped[0].message, HasSubstr("open load (constant, 3.5 requests/s)"));
  const ImportedFile now = read("guidellm-0.8.json");
  EXPECT_THAT(all_said(now), ElementsAre("e2e 1024/256@-1 x8 = 566.1"))
      << "with eight streams one's decoding waits for the others' prompts";
  EXPECT_EQ(now.runs[0].row.quant, "awq-4bit-g128");
  EXPECT_EQ(now.version, "0.8.1");
}

TEST(ImportRuns, AiperfAndGenAiPerfAsJsonAndCsv) {
  EXPECT_THAT(all_said(read("aiperf.json")), ElementsAre("e2e 1024/256@-1 x8 = 566.1")) << "not the one of the warm-up";
  EXPECT_EQ(read("aiperf.json").runs[0].row.quant, "awq-4bit-g128");
  EXPECT_THAT(all_said(read("genai-perf.csv")), ElementsAre("e2e 1024/256@-1 x8 = 566.1")) << "by Little's law";
  for (const char* name : {"aiperf.csv", "genai-perf.json"}) {
    const ImportedFile file = read(name);
    ASSERT_THAT(file.runs, SizeIs(3)) << name;
    EXPECT_EQ(said(file.runs[2]), "decode 512/128@512 x1 = 52.0833") << name;
  }
  EXPECT_EQ(read("aiperf.csv").program, "aiperf");
  EXPECT_EQ(read("genai-perf.csv").program, "genai-perf");
  EXPECT_EQ(read("genai-perf.json").runs[0].row.model, "qwen2.5-7b");
}

TEST(ImportRuns, VllmsBenchmarkALine) {
  const ImportedFile file = read("vllm.json");
  EXPECT_THAT(all_said(file), ElementsAre("e2e 512/128@-1 x1 = 50.381", "prefill 512/-1@0 x1 = 5614.04",
                                          "decode 512/128@512 x1 = 52.0833", "e2e 512/128@-1 x0 = 1157.3"));
  EXPECT_EQ(file.runs[0].row.engine, "vllm");
  EXPECT_EQ(file.runs[0].row.date, "2026-08-23");
  EXPECT_EQ(file.runs[3].row.engine, "not stated") << "openai-chat is a dialect of many";
  EXPECT_THAT(file.runs[3].row.unit_note, HasSubstr("all 500 requests sent at once"));
  ASSERT_THAT(file.skipped, SizeIs(1));
  EXPECT_EQ(file.skipped[0].line, 3);
  EXPECT_THAT(file.skipped[0].message, HasSubstr("2 requests/s"));
}

TEST(ImportRuns, SglangWritesInfinityAndSaysWhatItServed) {
  const ImportedFile file = read("sglang.jsonl");
  EXPECT_THAT(all_said(file), ElementsAre("e2e 1024/512@-1 x16 = 1055.3"));
  EXPECT_EQ(file.program, "sglang bench_serving");
  EXPECT_EQ(file.runs[0].row.model, "qwen2.5-7b");
  EXPECT_EQ(file.runs[0].row.quant, "fp8");
  EXPECT_EQ(file.runs[0].row.engine_version, "0.5.23");
  EXPECT_THAT(file.runs[0].row.unit_note, HasSubstr("TP2"));
}

TEST(ImportRuns, MlperfsSummariesCountTokensOrAreRefused) {
  const ImportedFile file = read("mlperf.txt");
  EXPECT_THAT(all_said(file), ElementsAre("e2e -1/-1@-1 x0 = 12231.4", "e2e -1/-1@-1 x0 = 11150.1"));
  EXPECT_THAT(file.runs[1].row.unit_note, HasSubstr("result INVALID"));
  ASSERT_THAT(file.skipped, SizeIs(1));
  EXPECT_EQ(file.skipped[0].line, 43);
  EXPECT_THAT(file.skipped[0].message, HasSubstr("samples, not tokens"));
}

TEST(ImportRuns, OurOwnBenchPrefersTheServersTimings) {
  const ImportedFile file = read("bench.json");
  EXPECT_THAT(all_said(file), ElementsAre("e2e 512/128@-1 x1 = 98.2", "prefill 512/-1@0 x1 = 6100.5",
                                          "decode 512/128@512 x1 = 105.4", "e2e 512/128@-1 x4 = 310.2"));
  ASSERT_THAT(file.skipped, SizeIs(1));
  EXPECT_THAT(file.skipped[0].message, HasSubstr("level 3: an open load"));
}

TEST(ImportRuns, FailedRequestsAreInTheNoteAndLowerTheConfidence) {
  Json bench = *parse_json(example("bench.json"));
  EXPECT_EQ(read("bench.json").runs[0].row.confidence, "high");
  bench["levels"][0]["requests"] = 8;
  bench["levels"][0]["ok"] = 5;
  bench["levels"][0]["notes"] = {"100 % of the answers have not the length asked for"};
  bench["levels"][0]["prompt_tokens"]["mean"] = 567.4666666666667;
  const Result<ImportedFile> file = import_runs(catalog(), bench.dump(), "bench.json", {});
  ASSERT_TRUE(file);
  const Measurement& row = file->runs[0].row;
  EXPECT_EQ(row.confidence, "low");
  EXPECT_THAT(row.unit_note, HasSubstr("3 of 8 requests failed"));
  EXPECT_THAT(row.unit_note, HasSubstr("100 % of the answers have not the length asked for"));
  EXPECT_EQ(row.prompt_tokens, 567) << "a mean of several lengths, in whole tokens";
}

/// bench.json with its first level, and its load, changed.
ImportedFile bench_with(const Json& level, const Json& load = Json::object()) {
  Json bench = *parse_json(example("bench.json"));
  bench["levels"][0].update(level);
  bench["load"].update(load);
  const Result<ImportedFile> file = import_runs(catalog(), bench.dump(), "bench.json", {});
  EXPECT_TRUE(file);
  return file ? *file : ImportedFile{};
}

TEST(ImportRuns, ACachedPromptTeachesNoPrefill) {
  const ImportedFile file = bench_with({{"cached_share", 0.97}, {"server_prefill_tokens_per_s", 365.0}});
  EXPECT_THAT(all_said(file),
              ElementsAre("e2e 512/128@-1 x1 = 98.2", "decode 512/128@512 x1 = 105.4", "e2e 512/128@-1 x4 = 310.2"));
  for (std::size_t i = 0; i < 2; ++i) {
    EXPECT_EQ(file.runs[i].row.confidence, "low");
    EXPECT_THAT(file.runs[i].row.unit_note,
                HasSubstr("97 % of the prompts from a cache: no speed of prefill is taken from it"));
  }
  EXPECT_EQ(file.runs[2].row.confidence, "high") << "another level";
}

TEST(ImportRuns, ATemplatesFirstTokensInTheCacheAreNothing) {
  const ImportedFile six_of_512 = bench_with({{"cached_share", 0.012}, {"prompt_tokens", {{"mean", 512.0}}}});
  EXPECT_THAT(all_said(six_of_512), Contains("prefill 512/-1@0 x1 = 6100.5"));
  const ImportedFile ten_of_512 = bench_with({{"cached_share", 0.02}, {"prompt_tokens", {{"mean", 512.0}}}});
  EXPECT_THAT(all_said(ten_of_512), Not(Contains("prefill 512/-1@0 x1 = 6100.5")));

  const ImportedFile file = bench_with({{"cached_share", 0.006}});
  EXPECT_THAT(all_said(file), Contains("prefill 512/-1@0 x1 = 6100.5"));
  EXPECT_EQ(file.runs[1].row.confidence, "high");
  EXPECT_THAT(file.runs[1].row.unit_note, HasSubstr("0.6 % of the prompts from a cache"));
}

TEST(ImportRuns, AlikePromptsOfWhichNobodySaysWhatWasCachedTeachNoPrefill) {
  for (const Json& load : {Json{{"shared_prefix", 0.5}}, Json{{"nonce", false}}}) {
    const ImportedFile file = bench_with({{"cached_share", nullptr}}, load);
    EXPECT_THAT(all_said(file), Not(Contains(HasSubstr("prefill")))) << load;
    EXPECT_THAT(file.runs[0].row.unit_note, HasSubstr("the server does not say what was cached"));
    const ImportedFile told = bench_with({{"cached_share", 0.0}}, load);
    EXPECT_THAT(all_said(told), Contains("prefill 512/-1@0 x1 = 6100.5")) << "the server had no cache";
  }
}

TEST(ImportRuns, ALevelThatItsClientSpoiledIsLeftOut) {
  const ImportedFile file = bench_with({{"client_health", {{"grade", "D"}, {"load_as_planned", true}}}});
  EXPECT_THAT(all_said(file), ElementsAre("e2e 512/128@-1 x4 = 310.2"));
  ASSERT_THAT(file.skipped, SizeIs(2));
  EXPECT_THAT(file.skipped[0].message, HasSubstr("level 1: client health D"));
}

TEST(ImportRuns, ALevelThatTheUserEndedIsDoubtful) {
  EXPECT_EQ(bench_with({{"interrupted", false}}).runs[0].row.confidence, "high");
  const ImportedFile file = bench_with({{"interrupted", true}});
  EXPECT_EQ(file.runs[0].row.confidence, "low");
  EXPECT_THAT(file.runs[0].row.unit_note, HasSubstr("ended by hand"));
}

TEST(ImportRuns, VllmSaysHowManyRequestsWereSent) {
  const std::string text = example("vllm.json");
  Json record = *parse_json(text.substr(0, text.find('\n')));
  record["completed"] = 40;
  record["num_prompts"] = 100;
  const Result<ImportedFile> file = import_runs(catalog(), record.dump(), "vllm.json", {});
  ASSERT_TRUE(file);
  ASSERT_FALSE(file->runs.empty());
  EXPECT_EQ(file->runs[0].row.confidence, "low");
  EXPECT_THAT(file->runs[0].row.unit_note, HasSubstr("60 of 100 requests failed"));
}

TEST(ImportRuns, GuideLlmCountsWhatFailedAndWhatItsEndMetUnderWay) {
  EXPECT_EQ(read("guidellm-0.8.json").runs[0].row.confidence, "high");
  EXPECT_THAT(read("guidellm-0.8.json").runs[0].row.unit_note, HasSubstr("160 requests; 8 more under way at its end"));
  EXPECT_THAT(read("guidellm-0.3.json").runs[0].row.unit_note, HasSubstr("23 requests; 1 more under way at its end"));
  const Json totals = {{"successful", 160}, {"errored", 32}, {"incomplete", 8}, {"total", 200}};
  Json now = *parse_json(example("guidellm-0.8.json")), old = *parse_json(example("guidellm-0.3.json"));
  now["benchmarks"][0]["metrics"]["request_totals"] = totals;
  old["benchmarks"][0]["request_totals"] = totals;
  for (const Json& report : {now, old}) {
    const Result<ImportedFile> file = import_runs(catalog(), report.dump(), "g.json", {});
    ASSERT_TRUE(file);
    EXPECT_EQ(file->runs[0].row.confidence, "low");
    EXPECT_THAT(file->runs[0].row.unit_note, HasSubstr("32 of 200 requests failed"));
  }
}

TEST(ImportRuns, AiperfCountsWhatFailedAndWhatWasCancelled) {
  const Json whole = *parse_json(example("aiperf.json"));
  const auto row_of = [](const Json& record) {
    const Result<ImportedFile> file = import_runs(catalog(), record.dump(), "a.json", {});
    return file && !file->runs.empty() ? file->runs[0].row : Measurement{};
  };
  EXPECT_EQ(row_of(whole).confidence, "high");
  Json counted = whole;
  counted["error_request_count"] = {{"unit", "requests"}, {"avg", 40.0}};
  counted["error_summary"] = Json::array({{{"error_details", {{"code", 500}}}, {"count", 7}}});
  EXPECT_EQ(row_of(counted).confidence, "low");
  EXPECT_THAT(row_of(counted).unit_note, HasSubstr("40 of 200 requests failed")) << "the count, and not the summary";
  counted.erase("error_request_count");
  EXPECT_THAT(row_of(counted).unit_note, HasSubstr("7 of 167 requests failed"));
  Json cancelled = whole;
  cancelled["cancelled_request_count"] = {{"unit", "requests"}, {"avg", 3.0}};
  EXPECT_EQ(row_of(cancelled).confidence, "low");
  EXPECT_THAT(row_of(cancelled).unit_note, HasSubstr("3 of 163 requests cancelled by the client"));
  Json ended = whole;
  ended["was_cancelled"] = true;
  EXPECT_EQ(row_of(ended).confidence, "low");
  EXPECT_THAT(row_of(ended).unit_note, HasSubstr("ended by hand"));
}

TEST(ImportRuns, AiperfsCsvCountsWhatFailed) {
  const Result<ImportedFile> file =
      import_runs(catalog(), example("aiperf.csv") + "Error Request Count (requests),2.00\n", "a.csv", {});
  ASSERT_TRUE(file);
  ASSERT_THAT(file->runs, SizeIs(3));
  for (const ImportedRun& run : file->runs) {
    EXPECT_EQ(run.row.confidence, "low");
    EXPECT_THAT(run.row.unit_note, HasSubstr("2 of 25 requests failed"));
  }
}

TEST(ImportRuns, AResultThatIsCutOffSaysWhere) {
  const std::string whole = example("vllm.json");
  const Result<ImportedFile> cut = import_runs(catalog(), whole.substr(0, 200), "vllm.json", {});
  ASSERT_FALSE(cut);
  EXPECT_EQ(cut.error().where, "vllm.json:1");
  const Result<ImportedFile> later = import_runs(catalog(), whole.substr(0, whole.find('\n') + 200), "vllm.json", {});
  ASSERT_TRUE(later);
  ASSERT_THAT(later->skipped, SizeIs(1));
  EXPECT_EQ(later->skipped[0].line, 2);
}

TEST(ImportRuns, CountsThatCannotBeAreRefused) {
  const Result<ImportedFile> file = import_runs(
      catalog(), R"({"model": "gemma3:4b", "prompt_eval_count": -5, "eval_count": 9, "eval_duration": 1e9})", "o.json",
      {});
  ASSERT_TRUE(file);
  EXPECT_THAT(file->runs, IsEmpty());
  EXPECT_THAT(file->skipped, SizeIs(1));
}

TEST(ImportRuns, FlagsNameWhatAFileDoesNot) {
  ImportChoices choices;
  choices.setup = "2x rtx-4080";
  choices.engine = "vllm";
  const ImportedFile file = read("guidellm-0.8.json", choices);
  EXPECT_THAT(file.runs[0].unmapped, IsEmpty());
  EXPECT_EQ(file.runs[0].row.hardware_count, 2);
  EXPECT_EQ(file.runs[0].row.engine, "vllm");
  choices.engine = "vlmm";
  const Result<ImportedFile> wrong = import_runs(catalog(), example("guidellm-0.8.json"), "g.json", choices);
  ASSERT_FALSE(wrong);
  EXPECT_THAT(wrong.error().did_you_mean, Contains("vllm"));
}

TEST(ImportRuns, TheTypeOfTheCacheIsSaidInTheNoteWhereTheFileSaysNone) {
  ImportChoices choices;
  choices.kv_type = "q8_0";
  EXPECT_THAT(read("guidellm-0.8.json").runs[0].row.unit_note, Not(HasSubstr("KV ")));
  EXPECT_THAT(read("guidellm-0.8.json", choices).runs[0].row.unit_note, HasSubstr("; KV q8_0"));
  choices.kv_type = "q9_0";
  const Result<ImportedFile> wrong = import_runs(catalog(), example("guidellm-0.8.json"), "g.json", choices);
  ASSERT_FALSE(wrong);
  EXPECT_EQ(wrong.error().where, "--kv-type");
}

TEST(ImportRuns, TheRowSaysWhereItComesFrom) {
  const std::string locator = read("vllm.json").runs[3].row.source_locator;
  EXPECT_THAT(locator, HasSubstr("vllm.json all at once; line 2; sha256 "));
  EXPECT_EQ(read("vllm.json").runs[3].row.source, "own run (vllm bench serve)");
}

TEST(ImportRuns, EveryRunHasAnIdOfItsOwnWhateverTheFlags) {
  ImportChoices choices;
  choices.setup = "rtx-4080";
  for (const char* name : {"vllm.json", "ollama.txt", "batched.md", "mlperf.txt", "localscore.json", "bench.json"}) {
    std::vector<std::string> ids;
    const ImportedFile plain = read(name), named = read(name, choices);
    for (std::size_t i = 0; i < plain.runs.size(); ++i) {
      EXPECT_THAT(ids, Not(Contains(plain.runs[i].row.id))) << name;
      ids.push_back(plain.runs[i].row.id);
      EXPECT_EQ(plain.runs[i].row.id, named.runs[i].row.id) << name;
    }
  }
}

TEST(RunNames, OnlyWordsThatSayNothingAboutTheModelAreDropped) {
  const auto id = [](const char* name) {
    const Result<const Llm*> found = model_of_name(catalog(), name);
    return found ? (*found)->id : std::string("none");
  };
  EXPECT_EQ(id("Qwen/Qwen2.5-7B-Instruct-GPTQ-Int4"), "qwen2.5-7b");
  EXPECT_EQ(id("google/gemma-3-4b-it"), "gemma-3-4b");
  EXPECT_EQ(id("qwen2.5:7b-instruct-q4_K_M"), "qwen2.5-7b");
  EXPECT_EQ(id("deepseek-ai/DeepSeek-R1-0528"), "deepseek-r1");
  EXPECT_EQ(id("deepseek-ai/DeepSeek-R1-Distill-Qwen-7B"), "none") << "not the 671B";
  EXPECT_EQ(id("Qwen2.5-7B-Coder"), "none");
}

TEST(JsonFields, PythonsWordsBecomeStandardOutsideOfTexts) {
  EXPECT_EQ(standard_json(R"({"a": NaN, "b": [-Infinity, Infinity], "c": "NaN \" Infinity", "d": -1})"),
            R"({"a": null, "b": ["-inf", "inf"], "c": "NaN \" Infinity", "d": -1})");
}

TEST(TextLines, CountsLinesAndCutsTables) {
  const std::vector<TextLine> lines = lines_of("a\r\n\n| b | |\n");
  ASSERT_THAT(lines, SizeIs(3));
  EXPECT_EQ(lines[0].text, "a");
  EXPECT_THAT(table_cells(lines[2].text), ElementsAre("b", ""));
  EXPECT_TRUE(is_table_rule(table_cells("|--:|:--|")));
  EXPECT_EQ(value_after("  eval rate:   7 tokens/s ", "eval rate"), "7 tokens/s");
  EXPECT_EQ(value_after("prompt eval rate: 7", "eval rate"), "");
}

}  // namespace
}  // namespace rigwise
