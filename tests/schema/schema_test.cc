// Every request and response in use has a schema that says all of its keys, and real answers keep to it.
#include "schemas.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "codec/toml_needs.h"
#include "host/catalog_io/load.h"
#include "host/files/files.h"
#include "verbs/verbs.h"

namespace rigwise {
namespace {

using testing::Contains;
using testing::IsEmpty;
using testing::IsSupersetOf;

const House& house() {
  static const House kHouse = [] {
    Result<LoadedCatalog> loaded = load_catalog({});
    EXPECT_TRUE(loaded);
    House made;
    made.catalog = std::move(loaded->catalog);
    made.calibration = std::move(loaded->calibration);
    return made;
  }();
  return kHouse;
}

struct Exchange {
  const char* verb;
  const char* request;
};

/// Requests that between them reach every branch of the responses: one card, several, what does not fit, a machine
/// without known power, a mixture of experts, claims of every kind.
const Exchange kExchanges[] = {
    {"predict", R"({"model": "llama-3.1-8b", "quant": "Q4_K_M", "setup": "rtx 4090"})"},
    {"predict", R"({"model": "llama-3.1-405b", "quant": "Q8_0", "setup": "rtx 4090"})"},
    {"predict", R"({"model": "gpt-oss-120b", "setup": "strix halo", "concurrency": 4, "depth_tokens": 8192})"},
    {"predict", R"({"model": "qwen3-30b-a3b", "setup": "2x rtx 3090", "level": 0.99, "as_of": "2026-01-01"})"},
    {"predict", R"({"model": "qwen2.5-7b", "quant": "q4_0", "setup": "raspberry-pi-5-8gb", "kv_type": "kv-q8_0"})"},
    {"fit", R"({"models": ["llama-3.1-70b", "gpt-oss-20b"], "setups": ["rtx 4090", "strix halo"]})"},
    {"predict", R"({"model": "llama-3.1-70b", "quant": "Q4_K_M", "setup": "rtx 4090"})"},
    {"predict",
     R"({"model": "llama-3.1-8b", "setup": "2x rtx 3090", "engine": "vllm", "split": "tensor", "region": "GB"})"},
    {"predict",
     R"({"model": "llama-3.1-70b", "setup": "2x rtx 3090", "speculative": "llama-3.2-1b", "acceptance": 0.6})"},
    {"fit",
     R"({"models": "glm-4.7-flash", "quants": ["q4_k_m"], "setups": "rtx 3090", "context_tokens": 32768, "region": "SE"})"},
    {"compare",
     R"({"setups": ["rtx 4090", "strix halo", "2x rtx 3090"], "models": ["llama-3.1-8b", "llama-3.1-405b"]})"},
    {"compare",
     R"({"setups": "apple-mac-studio-m4-max-40c-128gb", "models": "gpt-oss-120b", "currency": "EUR", "region": "FR", "workload": {"concurrency": 2}})"},
    {"capacity",
     R"({"setup": "rtx 4090", "models": ["llama-3.1-8b"], "engine": "vllm", "workload": {"people": [{"role": "admin", "count": 10}, {"role": "manager", "count": 4, "agents": 2}]}, "slo": {"ttft_s": 1, "tpot_s": 0.05, "percentile": 95}})"},
    {"capacity",
     R"({"setup": "rtx 4090", "models": "llama-3.1-8b", "slots": 4, "workload": {"requests_per_s": 0.5, "burstiness": 0.5, "prompt_tokens": [100, 2000], "output_tokens": 200, "length_cv": 0}, "requests": 500, "seed": 7})"},
    {"capacity",
     R"({"setup": "strix halo", "models": [{"model": "gpt-oss-20b", "workload": {"users": 1}}, {"model": "llama-3.1-8b", "slo": {"percentile": 0.9}, "workload": {"users": 3, "think_s": 5, "prefix_hit": 0.8}}], "requests": 500})"},
    {"capacity",
     R"({"setup": "rtx 4090", "models": "llama-3.1-8b", "workload": {"trace": [{"arrival_s": 0, "prompt_tokens": 10, "output_tokens": 5}, {"arrival_s": 1.5, "prompt_tokens": 900, "output_tokens": 50}]}})"},
    {"capacity", R"({"setup": "rtx 4090", "models": "llama-3.1-405b", "workload": {"users": 1}})"},
    {"capacity",
     R"({"setup": "raspberry-pi-5-8gb", "models": "qwen2.5-7b", "quant": "q4_0", "workload": {"users": 2}, "requests": 200})"},
    {"cost",
     R"({"setup": "2x rtx 3090", "model": "qwen3-30b-a3b", "usage": {"tokens_per_month": 5e7, "input_share": 0.8, "cached_share": 0.3}, "currency": "CAD", "electricity": {"region": "CA"}, "api_models": ["gpt-oss-120b", {"name": "mine", "input_per_mtok": 0.1, "output_per_mtok": 0.3, "currency": "USD", "tokens_per_s": 80, "ttft_s": 0.4}], "seats": [{"role": "developer", "count": 8}, {"name": "SaaS", "count": 2, "price": 50}], "subscriptions": ["Claude Pro", {"name": "Max", "price": 140}], "tax": {"rate": 0.265}, "discount_rate": 0.05, "warranty": 120, "maintenance": {"hours_per_month": 1, "per_hour": 60}, "rented_gpu": {"per_hour": 2.5}, "hybrid": {"local_share": 0.5, "api_model": "gpt-oss-20b", "keep": ["Claude Pro"]}, "wait": {"months": 6, "price_factor": 0.9}, "split_people": {"members": [{"share": 0.5}, {"share": 0.5, "joins": 3}], "reserve_per_month": 5, "price_per_month": 30}, "hours_saved": {"hours_per_day": 0.5, "per_hour": 50}, "sensitivity": {"volume": [0.25, 4]}})"},
    {"cost",
     R"({"hardware_price": [{"name": "Mac", "price": 40000, "resale_share": 0.5}], "currency": "SEK", "exchange_rates": {"SEK": 10.09}, "power_w": 120, "tokens_per_s": 55, "usage": {"tokens_per_month": 1.9e9, "input_share": 0.3, "hours_per_day": 8}, "api_models": "qwen3-8b", "split_people": 4})"},
    {"cost",
     R"({"hardware_price": 9503, "electricity": {"per_month": 50}, "seats": {"name": "SaaS", "count": 20, "price": 50}})"},
    {"cost", R"({"setup": "rtx 4090"})"},
    {"cost", R"({"setup": "rtx 4090", "model": "llama-3.1-405b", "usage": {"tokens_per_month": 1e6}})"},
    {"pack",
     R"({"setup": "2x rtx 3090", "models": ["qwen3-32b:q4_k_m", {"model": "gpt-oss-20b", "streams": 2, "duty": 0.3}, "llama-3.1-405b"], "services": ["embedding:2", {"name": "speech", "pinned": true, "on": 1}, "image"], "context_tokens": 16384, "concurrency": 4, "reserve_gb": 2, "prompt_mix": [{"category": "coding", "share": 60}, {"category": "chat", "share": 40}]})"},
    {"pack",
     R"({"setup": "2x rtx a6000 + rtx 4090", "models": [{"model": "llama-3.3-70b", "pinned": true, "on": [0, 1], "quant": "q4_k_m"}, {"model": "qwen3-8b", "on": "rtx 4090"}, "qwen3-max"], "currency": "CHF", "region": "CH", "storage_gbps": 7})"},
    {"pack", R"({"setup": "strix halo", "models": [], "services": "vision"})"},
    {"deploy",
     R"({"setup": "2x rtx a6000 + rtx 4090", "models": [{"model": "llama-3.3-70b", "quant": "q4_k_m", "streams": 4, "on": [0, 1]}, "qwen3-8b"], "services": "embedding:2", "people": [{"role": "developer", "count": 8}, {"role": "admin", "count": 10}], "prompt_tokens": 512, "output_tokens": 64, "level": 0.9, "sign_in": "oidc"})"},
    {"deploy", R"({"setup": "2x framework-desktop-max-395-128gb@10gbe", "models": "llama-3.1-405b"})"},
    {"deploy", R"({"setup": "rtx 4090", "models": ["llama-3.1-70b:q8_0"]})"},
    {"route",
     R"({"models": ["qwen3-coder-next", "phi-4"], "prompt_mix": [{"category": "coding", "share": 50}, {"category": "writing", "share": 30}, {"category": "research", "share": 20, "needs": ["web_search"]}], "usage": {"tokens_per_month": 5e7, "input_share": 0.7, "cached_share": 0.2}, "api_models": ["claude-sonnet-4.6", "gpt-oss-120b"], "setup": "strix halo", "currency": "EUR", "region": "DE"})"},
    {"route",
     R"json({"models": "local models (not named)", "prompt_mix": ["refactoring", "poems"], "threshold": 0.75, "quality_source": "seed-003-local"})json"},
    {"route",
     R"({"models": "qwen3-32b", "prompt_mix": [{"category": "law"}], "reference": "Claude Sonnet 4.6", "scores": [{"model": "qwen3-32b", "category": "law", "score": 18, "scale_max": 20, "tasks": 12}], "abilities": ["tools"], "setup": "raspberry-pi-5-8gb", "usage": {"tokens_per_month": 1e6}})"},
    {"report", R"({"needs": {"budget": {"max": 3000}, "targets": [{"model_class": "fast"}]}, "page": true})"},
    {"report",
     R"({"scenarios": [{"name": "none", "needs": {"budget": {"max": 0}, "concurrency": 2}}, {"name": "two", "needs": {"budget": {"max": 9000, "currency": "EUR"}, "people": [{"role": "developer", "count": 2}]}}], "title": "T", "prepared_for": "A", "prepared_by": "B", "currency": "CHF", "level": 0.9})"},
    {"cluster",
     R"({"device": "framework-desktop-max-395-128gb", "link": "10gbe", "max_nodes": 4, "model": "llama-3.1-70b", "quant": "q4_k_m"})"},
    {"cluster", R"({"device": "dgx spark", "max_nodes": 2, "currency": "CHF"})"},
    {"cluster", R"({"device": "rtx 4090", "max_nodes": 2, "model": "kimi-k2"})"},
    {"eval_task", R"({"id": "nobody/A"})"},
    {"bench_compare",
     R"({"first": {"schema": "rigwise.bench/1", "load": {"seed": 1}, "levels": [{"concurrency": 4, "client_health": {"grade": "C"}, "samples": {"index": [0, 1], "ttft_s": [0.1, 0.2], "output_tokens": [9, 9]}}, {"rate": 2, "samples": {"index": [0], "output_tokens": [9]}}]}, "second": {"schema": "rigwise.bench/1", "levels": [{"concurrency": 4, "samples": {"index": [0, 1], "ttft_s": [0.1, 0.3], "output_tokens": [9, 9]}}, {"rate": 2, "samples": {"index": [0], "output_tokens": [99]}}]}, "first_name": "before"})"},
    {"eval_task",
     R"({"id": "manager/budget-line", "settings": {"title": "T", "category": "content", "kind": "text", "difficulty": 2, "expects": ["the sum"], "license": "Apache-2.0", "created": "2026-11-22", "check": [{"type": "keyword", "all": ["42"]}]}, "prompt": "What?", "reference": "42", "wrong": [{"name": "skims", "text": "1"}], "right": [{"name": "short", "text": "It is 42."}]})"},
    {"check", R"({"claim": "7B Q4 at 90 tok/s on Strix Halo"})"},
    {"check", R"({"claim": "GLM-4.7-Flash needs ~4 GB"})"},
    {"check", R"({"claim": "405B Q4 fits 2x Framework Desktop"})"},
    {"check", R"({"claim": "A6000 has 1900 GB/s and takes 300 W"})"},
    {"check", R"({"model": "gpt-oss-120b", "active_params_b": 20, "read_gb_per_token": 10})"},
    {"check",
     R"({"model": "llama-3.1-8b", "quant": "q4_k_m", "setup": "rtx 4090", "tokens_per_s": 128, "phase": "decode"})"},
    {"check", R"({"model": "llama-3.1-8b", "setup": "rtx 4090", "tokens_per_s": 9000, "phase": "prefill"})"},
    {"explain", R"({"key": "decode", "request": {"model": "llama-3.1-8b", "quant": "Q4_K_M", "setup": "rtx 4090"}})"},
    {"explain", R"({"key": "memory.kv_cache_bytes", "request": {"model": "glm-4.7-flash", "setup": "strix halo"}})"},
    {"explain",
     R"({"verb": "predict", "key": "prefill", "request": {"model": "gpt-oss-120b", "setup": "2x rtx 5090"}})"},
    {"catalog", R"({})"},
    {"catalog", R"({"kind": "devices"})"},
    {"catalog", R"({"kind": "models"})"},
    {"catalog", R"({"kind": "formats"})"},
    {"catalog", R"({"kind": "engines"})"},
    {"catalog", R"({"kind": "links"})"},
    {"catalog", R"({"kind": "hosts"})"},
    {"catalog", R"({"kind": "accessories"})"},
    {"catalog", R"({"kind": "classes"})"},
    {"catalog", R"({"kind": "roles"})"},
    {"catalog", R"({"kind": "prices"})"},
    {"catalog", R"({"kind": "api_prices"})"},
    {"catalog", R"({"kind": "saas_prices"})"},
    {"catalog", R"({"kind": "rates"})"},
    {"catalog", R"({"kind": "electricity"})"},
    {"catalog", R"({"kind": "scores"})"},
    {"catalog", R"({"kind": "measurements", "limit": 50})"},
    {"catalog", R"({"kind": "source_conditions"})"},
    {"catalog", R"({"kind": "unresolved"})"},
    {"seeds", R"({})"},
    {"seeds", R"({"section": "S0-16"})"},
    {"seeds", R"({"section": "S0-31", "overrides": {"electricity:CA-seed": 0.3}})"},
    {"seeds", R"({"diff": true})"},
    {"validate", R"({})"},
    {"validate",
     R"({"level": 0.9, "rows": true, "measurements": "id,hardware,hardware_count,interconnect,model,quant,engine,engine_version,backend,phase,prompt_tokens,gen_tokens,context_depth,concurrency,tokens_per_s,unit_note,power_w,date,source,source_locator,confidence\nx1,RTX 4090,1,,Llama 3.1 8B,Q4_K_M,llama.cpp,,CUDA,decode,,128,,1,130,,,2025-01-01,us,line 1,high\n"})"},
};

/// Requests that are refused, one per kind of refusal.
const Exchange kRefused[] = {
    {"predict", R"({"model": "llama-3.1-8b", "setup": "rtx 409"})"},
    {"predict", R"({"model": "llama-3.1-8b", "setup": "rtx 4090", "speed": 3})"},
    {"predict", R"({"setup": "rtx 4090"})"},
    {"fit", R"({})"},
    {"fit", R"({"file_header": "R0dVRg==", "setups": "rtx 4090"})"},
    {"compare", R"({"setups": [], "models": []})"},
    {"capacity", R"({"setup": "rtx 4090", "models": [], "workload": {"users": 1}})"},
    {"capacity", R"({"setup": "rtx 4090", "models": "llama-3.1-8b", "workload": {"users": 1, "requests_per_s": 1}})"},
    {"cost", R"({"hardware_price": -5})"},
    {"cost", R"({"setup": "rtx 4090", "currency": "XYZ"})"},
    {"pack", R"({"setup": "rtx 4090"})"},
    {"pack", R"({"setup": "rtx 4090", "models": ["qwen3-8b", "qwen3-8b"]})"},
    {"deploy", R"({"setup": "rtx 4090"})"},
    {"deploy", R"({"setup": "rtx 4090", "models": ["qwen3-8b"], "engine": "nothing"})"},
    {"deploy", R"({"setup": "rtx 4090", "plan": {"schema": "rigwise.fit/1"}})"},
    {"deploy", R"({"setup": "rtx 4090", "models": ["qwen3-8b"], "sign_in": "magic"})"},
    {"deploy", R"({"setup": "rtx 4090", "models": ["qwen3-8b"], "people": [{"role": "wizard"}]})"},
    {"route", R"({"models": "qwen3-8b"})"},
    {"route", R"({"models": "qwen3-8b", "prompt_mix": [{"category": "a", "share": 0}]})"},
    {"cluster", R"({"device": "rtx 409"})"},
    {"cluster", R"({"device": "framework-desktop-max-395-128gb", "max_nodes": 0})"},
    {"check", R"({"claim": "fast"})"},
    {"eval_task", R"({"settings": {}})"},
    {"bench_compare", R"({"first": {"schema": "rigwise.bench/1", "levels": []}})"},
    {"eval_task", R"({"id": "manager/a", "wrong": [{"name": 1}]})"},
    {"explain", R"({"key": "decod", "request": {"model": "llama-3.1-8b", "setup": "rtx 4090"}})"},
    {"catalog", R"({"kind": "device"})"},
    {"validate", R"({"measurements": "not,a,table"})"},
    {"advise", R"({"needs": {"budget": {"max": -1}}})"},
    {"report", R"({})"},
    {"report", R"({"scenarios": [{"name": "a", "needs": {"budget": {"max": -1}}}]})"},
    {"seeds", R"({"section": "S9-9"})"},
    {"seeds", R"({"overrides": {"price:none.USD": 1}})"},
    {"nonsense", R"({})"},
};

TEST(Schemas, AreDraft7AndParse) {
  for (const std::string& name : schema_files()) {
    const nlohmann::json* document = schema_document(name);
    ASSERT_NE(document, nullptr) << name;
    EXPECT_EQ((*document)["$schema"], "http://json-schema.org/draft-07/schema#") << name;
    EXPECT_EQ((*document)["$id"], name);
    EXPECT_NO_THROW(parsed_schema(name)) << name;
  }
}

TEST(Schemas, ExistForTheRequestAndResponseOfEveryVerb) {
  const std::vector<std::string> files = schema_files();
  for (const VerbEntry& verb : verb_list()) {
    EXPECT_THAT(files, Contains(std::string(verb.name) + ".request.json"));
    EXPECT_THAT(files, Contains(std::string(verb.name) + ".response.json"));
  }
  EXPECT_THAT(files, Contains("error.json"));
}

TEST(Schemas, HoldForRequestsAndTheirResponses) {
  for (const auto& [verb, text] : kExchanges) {
    const Result<Json> request = parse_json(text);
    ASSERT_TRUE(request) << text;
    EXPECT_THAT(schema_faults(std::string(verb) + ".request.json", *request), IsEmpty()) << verb << " " << text;
    const Result<Json> response = run_verb(house(), verb, *request);
    ASSERT_TRUE(response) << verb << " " << text << ": " << response.error().message;
    EXPECT_THAT(schema_faults(std::string(verb) + ".response.json", *response), IsEmpty()) << verb << " " << text;
  }
}

TEST(Schemas, HoldForTheAdviceOfEveryExample) {
  for (const char* name : {"hobbyist", "company", "coop", "agents"}) {
    const std::string file = "examples/needs-" + std::string(name) + ".toml";
    const Result<std::string> text = read_file(std::string(RIGWISE_SOURCE_DIR) + "/" + file);
    ASSERT_TRUE(text);
    const Result<NeedsFile> needs = parse_needs_toml(*text, file);
    ASSERT_TRUE(needs);
    const Json request = {{"needs", needs->object}};
    EXPECT_THAT(schema_faults("advise.request.json", request), IsEmpty()) << name;
    const Result<Json> response = run_verb(house(), "advise", request);
    ASSERT_TRUE(response) << name;
    EXPECT_FALSE((*response)["pareto"].empty()) << name;
    EXPECT_THAT(schema_faults("advise.response.json", *response), IsEmpty()) << name;
  }
}

TEST(Schemas, HoldForTheReportOfAnEvaluation) {
  const Result<std::string> text = read_file(std::string(RIGWISE_SOURCE_DIR) + "/tests/eval/results.json");
  ASSERT_TRUE(text);
  const Result<Json> results = parse_json(*text);
  ASSERT_TRUE(results);
  const Json plain = {{"results", *results}};
  const Json choosy = {{"results", Json::array({*results})},
                       {"reference", "claude-sonnet-4.6"},
                       {"roles", "developer"},
                       {"threshold", 0.8},
                       {"level", 0.8},
                       {"currency", "EUR"},
                       {"context_tokens", 4096}};
  for (const Json& request : {plain, choosy}) {
    EXPECT_THAT(schema_faults("eval_report.request.json", request), IsEmpty());
    const Result<Json> response = run_verb(house(), "eval_report", request);
    ASSERT_TRUE(response) << response.error().message;
    EXPECT_THAT(schema_faults("eval_report.response.json", *response), IsEmpty());
  }
  const Json route = {{"models", "qwen3-32b"}, {"prompt_mix", {"security"}}, {"results", *results}};
  EXPECT_THAT(schema_faults("route.request.json", route), IsEmpty());
}

TEST(Schemas, HoldForRefusals) {
  for (const auto& [verb, text] : kRefused) {
    const Json answer = Json::parse(call_verb(house(), verb, text));
    ASSERT_TRUE(answer.contains("error")) << verb << " " << text;
    EXPECT_THAT(schema_faults("error.json", answer), IsEmpty()) << verb << " " << text;
  }
  EXPECT_THAT(schema_faults("error.json", Json::parse(call_verb(house(), "predict", "{"))), IsEmpty());
}

TEST(Schemas, RefuseAKeyNobodyKnows) {
  for (const std::string& name : schema_files()) {
    if (name == "common.json") continue;
    Json value = {{"surely_not_a_key", 1}};
    EXPECT_THAT(schema_faults(name, value), Not(IsEmpty())) << name;
  }
}

TEST(Schemas, RefuseResponsesThatLackAKey) {
  const Json request = Json::parse(kExchanges[0].request);
  const Result<Json> whole = run_verb(house(), "predict", request);
  ASSERT_TRUE(whole);
  for (const auto& [key, value] : whole->items()) {
    Json lacking = *whole;
    lacking.erase(key);
    EXPECT_THAT(schema_faults("predict.response.json", lacking), Not(IsEmpty())) << key;
  }
}

/// JSON that a transcript shows, command by command.
std::vector<Json> json_of_transcripts() {
  std::vector<Json> found;
  const std::filesystem::path folder = std::filesystem::path(RIGWISE_SOURCE_DIR) / "tests/cli/transcripts";
  for (const auto& entry : std::filesystem::directory_iterator(folder)) {
    std::ifstream file(entry.path());
    std::string line, shown;
    const auto close = [&] {
      const Json value = Json::parse(shown, nullptr, false);
      if (value.is_object()) found.push_back(value);
      shown.clear();
    };
    while (std::getline(file, line)) {
      const bool command = line.starts_with("$ ");
      if (command) close();
      if (line == "{") shown.clear();  // what stood before it was no JSON
      if (!command && !line.starts_with("! ") && !line.starts_with("[exit ") && !line.starts_with("# "))
        shown += line + "\n";
      if (line == "}") close();
    }
    close();
  }
  return found;
}

TEST(Schemas, HoldForTheJsonThatTranscriptsShow) {
  const std::vector<Json> shown = json_of_transcripts();
  EXPECT_FALSE(shown.empty());
  for (const Json& value : shown) {
    std::string name = "error.json";
    if (value.contains("schema")) {
      const std::string id = value["schema"];  // "rigwise.predict/1"
      name = id.substr(id.find('.') + 1, id.find('/') - id.find('.') - 1) + ".response.json";
      ASSERT_THAT(schema_files(), Contains(name)) << id;
    }
    EXPECT_THAT(schema_faults(name, value), IsEmpty()) << name << " " << value.dump().substr(0, 300);
  }
}

/// The keys that the contract names, frozen.
struct Frozen {
  const char* schema;
  std::vector<std::string> keys;
};

TEST(Schemas, RequireEveryKeyOfTheContract) {
  const Frozen frozen[] = {
      {"predict.response.json",
       {"schema", "fits", "memory", "decode", "decode_total", "prefill", "ttft_s", "e2e_s", "load_s", "burst",
        "sustained", "energy_j_per_token", "bound", "terms", "assumptions", "evidence"}},
      {"fit.response.json", {"schema", "rows"}},
      {"compare.response.json", {"schema", "currency", "columns"}},
      {"cost.response.json",
       {"schema", "currency", "hardware", "deliverable", "tco", "cost_per_mtok", "against", "sensitivity", "split",
        "cash_flow", "assumptions"}},
      {"pack.response.json", {"schema", "currency", "fits", "devices", "models", "services", "assumptions"}},
      {"route.response.json",
       {"schema", "currency", "categories", "shares", "tokens_per_month", "money", "quality_kept", "would_change_if"}},
      {"check.response.json", {"schema", "verdict", "ceiling", "prediction", "measurements"}},
      {"explain.response.json", {"schema", "formula", "inputs", "measurements"}},
      {"advise.response.json", {"schema", "currency", "options", "pareto", "do_not_buy", "would_change_if"}},
      {"seeds.response.json", {"schema", "sections", "conflicts", "totals"}},
      {"eval_report.response.json",
       {"schema", "currency", "claim", "models", "pairs", "heatmap", "judges", "tiers", "roles", "moves", "money"}},
      {"validate.response.json", {"schema", "rows", "predicted", "skipped", "level", "classes", "by"}},
  };
  for (const Frozen& f : frozen) {
    const nlohmann::json* document = schema_document(f.schema);
    ASSERT_NE(document, nullptr) << f.schema;
    EXPECT_THAT((*document)["required"].get<std::vector<std::string>>(), IsSupersetOf(f.keys)) << f.schema;
  }
  const auto& memory = (*schema_document("common.json"))["definitions"]["memory"]["required"];
  EXPECT_THAT(memory.get<std::vector<std::string>>(),
              IsSupersetOf({"weights_bytes", "kv_cache_bytes", "compute_bytes", "runtime_bytes", "total_bytes",
                            "available_bytes"}));
  const auto& estimate = (*schema_document("common.json"))["definitions"]["estimate"]["required"];
  EXPECT_THAT(estimate.get<std::vector<std::string>>(),
              IsSupersetOf({"value", "low", "high", "level", "basis", "tier"}));
}

}  // namespace
}  // namespace rigwise
