#include "verbs/deploy.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>

#include "codec/kit_manifest.h"
#include "codec/sha256.h"
#include "host/catalog_io/load.h"

namespace rigwise {
namespace {

using testing::Contains;
using testing::HasSubstr;
using testing::Not;

const House& kit_house() {
  static const House kHouse = [] {
    Result<LoadedCatalog> loaded = load_catalog({});
    EXPECT_TRUE(loaded);
    return loaded ? House{std::move(loaded->catalog), std::move(loaded->calibration)} : House{};
  }();
  return kHouse;
}

Json deployed(const Json& request) {
  const Result<Json> answer = run_verb(kit_house(), "deploy", request);
  EXPECT_TRUE(answer) << request << ": " << (answer ? "" : answer.error().message + " at " + answer.error().where);
  return answer ? *answer : Json::object();
}

Error deploy_fault(const Json& request) {
  const Result<Json> answer = run_verb(kit_house(), "deploy", request);
  EXPECT_FALSE(answer) << request;
  return answer ? Error{} : answer.error();
}

std::string file_of(const Json& answer, const std::string& path) {
  for (const Json& file : answer["files"]) {
    if (file["path"] == path) return file["content"].get<std::string>();
  }
  ADD_FAILURE() << "no file " << path;
  return {};
}

std::vector<std::string> paths_of(const Json& answer) {
  std::vector<std::string> paths;
  for (const Json& file : answer["files"]) paths.push_back(file["path"].get<std::string>());
  return paths;
}

/// The value after a flag.
std::string flag_of(const Json& service, const std::string& flag) {
  const Json& words = service["command"];
  for (std::size_t i = 0; i + 1 < words.size(); ++i) {
    if (words[i] == flag) return words[i + 1].get<std::string>();
  }
  return "(absent)";
}

TEST(Deploy, TurnsStreamsAndContextOfThePlanIntoTheEnginesOwnFlags) {
  const Json answer = deployed({{"setup", "2x rtx 3090"},
                                {"models", Json::array({{{"model", "qwen3-32b"},
                                                         {"quant", "q4_k_m"},
                                                         {"streams", 4},
                                                         {"context_tokens", 8192},
                                                         {"on", {0, 1}}}})}});
  ASSERT_EQ(answer["fits"], true);
  const Json& service = answer["services"][0];
  EXPECT_EQ(service["engine"], "llama-server");
  EXPECT_EQ(flag_of(service, "--ctx-size"), "32768") << "llama-server shares one context among its slots";
  EXPECT_EQ(flag_of(service, "--parallel"), "4");
  EXPECT_EQ(flag_of(service, "--split-mode"), "layer");
  EXPECT_EQ(flag_of(service, "--host"), "127.0.0.1");
  EXPECT_EQ(flag_of(service, "--fit"), "off") << "the engine must not change what was planned";
}

TEST(Deploy, PinsEachModelToItsOwnDevices) {
  const Json answer =
      deployed({{"setup", "2x rtx a6000 + rtx 4090"},
                {"models", Json::array({{{"model", "llama-3.3-70b"}, {"quant", "q4_k_m"}, {"on", {0, 1}}},
                                        {{"model", "qwen2.5-7b"}, {"quant", "q4_k_m"}, {"on", {2}}}})}});
  EXPECT_THAT(file_of(answer, "start/llama-3.3-70b.sh"), HasSubstr("CUDA_VISIBLE_DEVICES=0,1\n"));
  EXPECT_THAT(file_of(answer, "start/qwen2.5-7b.sh"), HasSubstr("CUDA_VISIBLE_DEVICES=2\n"));
  EXPECT_THAT(file_of(answer, "compose.yaml"), HasSubstr("device_ids:\n                - \"2\"\n"));
}

TEST(Deploy, ALaptopServesItsOwnUserAndTheRouterNeverAsksIt) {
  const Json answer =
      deployed({{"setup", "macbook-pro-14-m5-pro-64gb + framework-desktop-max-395-128gb"},
                {"models", Json::array({{{"model", "qwen3-32b"}, {"quant", "q4_k_m"}, {"on", {0}}},
                                        {{"model", "llama-3.3-70b"}, {"quant", "q4_k_m"}, {"on", {1}}}})}});
  ASSERT_EQ(answer["nodes"].size(), 2);
  EXPECT_EQ(answer["nodes"][1]["gateway"], true);
  EXPECT_THAT(file_of(answer, "node2/litellm/config.yaml"), Not(HasSubstr("qwen3-32b")));
  EXPECT_THAT(paths_of(answer), Contains("node1/launchd/rigwise.qwen3-32b.plist"));
  EXPECT_THAT(paths_of(answer), Not(Contains("node1/compose.yaml")));
}

TEST(Deploy, AModelOverMachinesGetsWorkersOnThePrivateLink) {
  const Json answer =
      deployed({{"setup", "2x framework-desktop-max-395-128gb@10gbe"},
                {"models", Json::array({{{"model", "qwen3-235b-a22b"}, {"quant", "q4_k_m"}, {"on", {0, 1}}}})}});
  ASSERT_EQ(answer["fits"], true);
  const Json& service = answer["services"][0];
  EXPECT_EQ(service["workers"].size(), 1);
  EXPECT_TRUE(service["image"].is_null()) << "the published images are built without RPC";
  EXPECT_EQ(flag_of(service, "--rpc"), "${NODE2_ADDRESS}:50052");
  EXPECT_THAT(file_of(answer, "node2/start/qwen3-235b-a22b-rpc.sh"), HasSubstr("--host \"${NODE2_ADDRESS}\""));
  EXPECT_THAT(file_of(answer, "README.md"), HasSubstr("without any authentication"));
}

TEST(Deploy, GivesVllmWhatThePlanLeavesOfTheDevices) {
  const Json answer = deployed(
      {{"setup", "4x rtx a6000"},
       {"engine", "vllm"},
       {"models",
        Json::array({{{"model", "qwen2.5-72b"}, {"quant", "awq-4bit-g128"}, {"streams", 4}, {"on", {0, 1, 2, 3}}}})}});
  ASSERT_EQ(answer["fits"], true);
  const Json& service = answer["services"][0];
  EXPECT_EQ(flag_of(service, "--tensor-parallel-size"), "4");
  EXPECT_EQ(flag_of(service, "--max-num-seqs"), "4");
  const double share = std::stod(flag_of(service, "--gpu-memory-utilization"));
  EXPECT_GT(share, 0.8);
  EXPECT_LE(share, 0.97);
}

TEST(Deploy, ThreeCardsDoNotDivideSixtyFourHeadsSoLayersAreDealt) {
  const Json answer = deployed(
      {{"setup", "3x rtx a6000"},
       {"engine", "vllm"},
       {"models",
        Json::array({{{"model", "qwen2.5-72b"}, {"quant", "awq-4bit-g128"}, {"split", "layer"}, {"on", {0, 1, 2}}}})}});
  ASSERT_EQ(answer["fits"], true) << answer["left_out"];
  EXPECT_EQ(flag_of(answer["services"][0], "--tensor-parallel-size"), "1");
  EXPECT_EQ(flag_of(answer["services"][0], "--pipeline-parallel-size"), "3");
}

TEST(Deploy, NothingListensBeyondLoopbackButTheProxy) {
  const Json answer = deployed({{"setup", "rtx 4090"},
                                {"models", "qwen3-8b:q4_k_m"},
                                {"people", Json::array({{{"role", "developer"}, {"count", 8}}})}});
  const std::string compose = file_of(answer, "compose.yaml");
  for (std::size_t at = compose.find("ports:"); at != std::string::npos; at = compose.find("ports:", at + 1)) {
    const std::string port = compose.substr(at, compose.find("\n    ", compose.find("- ", at)) - at);
    EXPECT_TRUE(port.find("127.0.0.1:") != std::string::npos ||
                port.find("${PROXY_ADDRESS:-127.0.0.1}:") != std::string::npos)
        << port;
  }
  for (const Json& file : answer["files"]) {
    EXPECT_THAT(file["content"].get<std::string>(), Not(testing::ContainsRegex("sk-[0-9a-f]{16}"))) << file["path"];
  }
}

TEST(Deploy, TheSamePlanByFileOrByModelsGivesTheSameKit) {
  const Json models = Json::array({"llama-3.1-8b:q4_k_m", "gpt-oss-20b:mxfp4"});
  const Result<Json> plan = run_verb(kit_house(), "pack", {{"setup", "2x rtx 3090"}, {"models", models}});
  ASSERT_TRUE(plan);
  EXPECT_EQ(deployed({{"setup", "2x rtx 3090"}, {"plan", *plan}})["files"],
            deployed({{"setup", "2x rtx 3090"}, {"models", models}})["files"]);
  EXPECT_EQ(deploy_fault({{"setup", "rtx 3090"}, {"plan", *plan}}).where, "plan.devices");
  EXPECT_EQ(deploy_fault({{"setup", "2x rtx 4090"}, {"plan", *plan}}).where, "plan.devices[0]");
  Json broken = *plan;
  broken["models"][0]["on"] = {7};
  EXPECT_EQ(deploy_fault({{"setup", "2x rtx 3090"}, {"plan", broken}}).where, "plan.models[0].on");
}

TEST(Deploy, WhatDoesNotFitIsSaidAndMakesNoFiles) {
  const Json answer = deployed({{"setup", "rtx 4090"}, {"models", {"llama-3.1-70b:q8_0", "qwen3-8b:q4_k_m"}}});
  EXPECT_EQ(answer["fits"], false);
  ASSERT_EQ(answer["left_out"].size(), 1);
  EXPECT_EQ(answer["left_out"][0]["name"], "llama-3.1-70b");
  EXPECT_TRUE(answer["left_out"][0]["why"].is_string());
  EXPECT_TRUE(answer["files"].empty());
}

TEST(Deploy, RefusesAnEngineThatCannotServeTheFormatThere) {
  EXPECT_THAT(deploy_fault({{"setup", "rtx 4090"}, {"models", "qwen3-8b:q4_k_m"}, {"engine", "nothing"}}).message,
              HasSubstr("nothing"));
  const Result<Json> plan = run_verb(kit_house(), "pack", {{"setup", "rtx 4090"}, {"models", "qwen3-8b:q4_k_m"}});
  ASSERT_TRUE(plan);
  EXPECT_THAT(deploy_fault({{"setup", "rtx 4090"}, {"plan", *plan}, {"engine", "vllm"}}).message,
              HasSubstr("no safetensors"));
  EXPECT_THAT(deploy_fault({{"setup", "rtx 4090"}, {"plan", *plan}, {"engine", "mlx"}}).message, HasSubstr("qwen3-8b"));
}

TEST(Deploy, TiersGoByQualityAndSpeedAndGroupsByRole) {
  const Json answer =
      deployed({{"setup", "rtx pro 6000"},
                {"models", {"gpt-oss-120b:mxfp4", "qwen2.5-7b:q4_k_m"}},
                {"people", Json::array({{{"role", "developer"}, {"count", 8}}, {{"role", "admin"}, {"count", 10}}})}});
  ASSERT_EQ(answer["tiers"].size(), 3);
  EXPECT_EQ(answer["tiers"][0]["tier"], "fast");
  EXPECT_EQ(answer["tiers"][0]["service"], "qwen2.5-7b");
  EXPECT_EQ(answer["tiers"][2]["service"], "gpt-oss-120b");
  EXPECT_THAT(file_of(answer, "litellm/make_teams.sh"), HasSubstr("max_budget"));
  EXPECT_THAT(answer["groups"][0]["tiers"], Contains("premium"));
}

TEST(Deploy, AHigherTierNeverHasTheWorseModel) {
  // gpt-oss-20b writes faster than qwen3-8b, and is the better of the two.
  const Json answer =
      deployed({{"setup", "rtx pro 6000"}, {"models", {"gpt-oss-120b:mxfp4", "gpt-oss-20b:mxfp4", "qwen3-8b:q8_0"}}});
  EXPECT_EQ(answer["tiers"][0]["service"], "qwen3-8b");
  EXPECT_THAT(answer["tiers"][0]["why"], HasSubstr("the quickest is better"));
  EXPECT_EQ(answer["tiers"][1]["service"], "gpt-oss-20b");
  EXPECT_EQ(answer["tiers"][2]["service"], "gpt-oss-120b");
}

TEST(Deploy, TheConfirmationExpectsWhatPredictSays) {
  const Json answer =
      deployed({{"setup", "rtx 4090"}, {"models", "qwen3-8b:q4_k_m"}, {"prompt_tokens", 512}, {"output_tokens", 64}});
  const Result<Json> alone = run_verb(kit_house(), "predict",
                                      {{"model", "qwen3-8b"},
                                       {"quant", "q4_k_m"},
                                       {"setup", "rtx 4090"},
                                       {"engine", "llama.cpp"},
                                       {"backend", "cuda"},
                                       {"prompt_tokens", 512},
                                       {"output_tokens", 64}});
  ASSERT_TRUE(alone);
  EXPECT_EQ(answer["services"][0]["predicted"][0]["decode"]["value"], (*alone)["decode"]["value"]);
  EXPECT_THAT(file_of(answer, "confirm.sh"), HasSubstr("--prompt-tokens 512"));
}

/// A plan with one thing changed.
Json changed_plan(const std::function<void(Json&)>& change) {
  const Result<Json> plan = run_verb(
      kit_house(), "pack", {{"setup", "4x rtx 3090"}, {"models", {"llama-3.3-70b:q4_k_m", "qwen3-8b:q4_k_m"}}});
  EXPECT_TRUE(plan);
  Json json = plan.value_or(Json::object());
  change(json);
  return {{"setup", "4x rtx 3090"}, {"plan", std::move(json)}};
}

TEST(Deploy, APlanThatWasChangedBeyondSenseIsRefusedWithItsPlace) {
  EXPECT_TRUE(run_verb(kit_house(), "deploy", changed_plan([](Json&) {})));
  const std::pair<const char*, std::function<void(Json&)>> kChanges[] = {
      {"plan.devices[", [](Json& plan) { plan["models"][0]["on_gb"][0] = 1; }},
      {"plan.models[0].on_gb", [](Json& plan) { plan["models"][0]["on_gb"][0] = -3; }},
      {"plan.models[0].on_gb", [](Json& plan) { plan["models"][0]["on_gb"].push_back(1); }},
      {"plan.models[0].backend", [](Json& plan) { plan["models"][0]["backend"] = "rocm"; }},
      {"plan.models[0].context_tokens", [](Json& plan) { plan["models"][0]["context_tokens"] = 9000000; }},
      {"plan.devices[", [](Json& plan) { plan["models"].push_back(plan["models"][0]); }}};
  for (const auto& [where, change] : kChanges)
    EXPECT_TRUE(deploy_fault(changed_plan(change)).where.starts_with(where)) << where;
}

TEST(Deploy, ARoleIsNamedOnce) {
  const Error fault = deploy_fault({{"setup", "rtx 4090"},
                                    {"models", {"qwen3-8b"}},
                                    {"people", {{{"role", "developer"}, {"count", 8}}, {{"role", "developer"}}}}});
  EXPECT_EQ(fault.where, "people[1].role");
}

TEST(Deploy, AModelThatSeesImagesGetsItsEncoder) {
  const Json answer = deployed({{"setup", "rtx pro 6000"}, {"models", {"qwen2.5-vl-7b:q4_k_m", "qwen2.5-7b:q4_k_m"}}});
  ASSERT_EQ(answer["fits"], true);
  EXPECT_EQ(flag_of(answer["services"][0], "--mmproj"), "${MODELS_DIR}/qwen2.5-vl-7b-mmproj-f16.gguf");
  EXPECT_EQ(flag_of(answer["services"][1], "--mmproj"), "(absent)");
  EXPECT_THAT(file_of(answer, "get_models.sh"), HasSubstr("gguf node1 qwen2.5-vl-7b-mmproj-f16.gguf"));
  EXPECT_THAT(file_of(answer, "compose.yaml"), HasSubstr("/models/qwen2.5-vl-7b-mmproj-f16.gguf"));
}

TEST(Deploy, SaysWhereAnEngineGivesAModelNoImages) {
  const Json answer = deployed({{"setup", "rtx 4090"}, {"models", "qwen2.5-vl-7b:q4_k_m"}, {"engine", "ollama"}});
  EXPECT_THAT(answer["services"][0]["notes"], Contains(testing::Truly([](const Json& note) {
                return note.get<std::string>().find("text alone") != std::string::npos;
              })));
}

TEST(Deploy, PeopleAreHeldAgainstWhatTheEnginesServe) {
  const auto asked = [](int developers) {
    return deployed({{"setup", "rtx 4090"},
                     {"models", "qwen3-8b:q4_k_m"},
                     {"concurrency", 8},
                     {"people", Json::array({{{"role", "developer"}, {"count", developers}}})}});
  };
  const Json few = asked(1)["served"][0];
  EXPECT_EQ(few["service"], "qwen3-8b");
  EXPECT_EQ(few["holds"], true);
  EXPECT_TRUE(few["why_not"].is_null());
  const Json crowd = asked(1000);
  EXPECT_EQ(crowd["served"][0]["holds"], false);
  EXPECT_EQ(crowd["served"][0]["people"], 1000);
  EXPECT_LT(crowd["served"][0]["largest"]["value"].get<double>(), 1000);
  EXPECT_THAT(file_of(crowd, "README.md"), HasSubstr("**not enough:**"));
  EXPECT_TRUE(deployed({{"setup", "rtx 4090"}, {"models", "qwen3-8b:q4_k_m"}})["served"].empty()) << "nobody is named";
}

/// The number after a word in a file.
double number_after(const std::string& text, const std::string& word) {
  const std::size_t at = text.find(word);
  if (at == std::string::npos) return -1;
  return std::stod(text.substr(at + word.size()));
}

TEST(Deploy, NoTeamMayAskForMoreThanItsEngineKeepsUpWith) {
  const Json answer = deployed({{"setup", "rtx 4090"},
                                {"models", "qwen3-8b:q4_k_m"},
                                {"people", Json::array({{{"role", "developer"}, {"count", 1000}}})}});
  const double engine = number_after(file_of(answer, "litellm/config.yaml"), " rpm: ");
  const double team = number_after(file_of(answer, "litellm/make_teams.sh"), "\"rpm_limit\":");
  EXPECT_GT(team, 0);
  EXPECT_LE(team, engine);
}

TEST(Deploy, TheChatPageHasAKeyOfItsOwn) {
  const Json answer = deployed({{"setup", "rtx 4090"}, {"models", "qwen3-8b:q4_k_m"}});
  EXPECT_THAT(file_of(answer, "make_secrets.sh"), HasSubstr("OPENAI_API_KEY=sk-$(random)"));
  EXPECT_THAT(file_of(answer, "litellm/make_page_key.sh"),
              HasSubstr("[\"fast\",\"standard\",\"premium\",\"qwen3-8b\"]"));
  EXPECT_THAT(file_of(answer, "smoke_test.sh"), HasSubstr("manage nothing"));
}

TEST(Deploy, PeopleSignInAtAProviderWhenAsked) {
  Json request = {{"setup", "rtx 4090"}, {"models", "qwen3-8b:q4_k_m"}, {"sign_in", "oidc"}};
  const Json answer = deployed(request);
  EXPECT_THAT(file_of(answer, "open-webui/settings.env"), HasSubstr("ENABLE_OAUTH_SIGNUP=True"));
  EXPECT_THAT(file_of(answer, "open-webui/settings.env"), HasSubstr("DEFAULT_USER_ROLE=pending"));
  EXPECT_THAT(file_of(answer, "compose.yaml"), HasSubstr("./secrets/oidc.env"));
  EXPECT_THAT(file_of(answer, "start/open-webui.sh"), HasSubstr("/oauth/oidc/callback"));
  EXPECT_THAT(file_of(answer, "systemd/rigwise-open-webui.service"), HasSubstr("/secrets/oidc.env"));
  EXPECT_THAT(file_of(answer, ".env.example"), HasSubstr("OPENID_PROVIDER_URL=''"));
  EXPECT_THAT(file_of(answer, ".env.example"), Not(HasSubstr("CLIENT_SECRET")));
  request["sign_in"] = "passwords";
  const Json usual = deployed(request);
  EXPECT_EQ(usual["files"], deployed({{"setup", "rtx 4090"}, {"models", "qwen3-8b:q4_k_m"}})["files"]);
  for (const Json& file : usual["files"]) {
    EXPECT_THAT(file["content"].get<std::string>(), Not(HasSubstr("OAUTH_CLIENT"))) << file["path"];
  }
  request["sign_in"] = "ocid";
  EXPECT_THAT(deploy_fault(request).did_you_mean, Contains("oidc"));
  EXPECT_EQ(deploy_fault({{"setup", "macbook-pro-14-m5-pro-64gb + macbook-pro-14-m5-pro-64gb"},
                          {"models", "qwen3-8b:q4_k_m"},
                          {"sign_in", "oidc"}})
                .where,
            "sign_in");
}

TEST(Deploy, OnAMacServicesRunAsAUserAndLogWhereMacsDo) {
  const Json answer = deployed({{"setup", "mac studio m3 ultra 512gb"}, {"models", "qwen3-8b:q4_k_m"}});
  const std::string list = file_of(answer, "launchd/rigwise.qwen3-8b.plist");
  EXPECT_THAT(list, HasSubstr("<key>UserName</key>"));
  EXPECT_THAT(list, HasSubstr("/Library/Logs/rigwise/qwen3-8b.log"));
  EXPECT_THAT(list, Not(HasSubstr("/tmp/")));
  EXPECT_THAT(file_of(answer, "launchd/install.sh"), HasSubstr("never as root"));
  EXPECT_THAT(file_of(answer, "README.md"), HasSubstr("launchd/install.sh remove"));
}

TEST(Deploy, APartOnALaptopIsAskedByTheLinkAndSaidToSleep) {
  const Json answer =
      deployed({{"setup",
                 "apple-macbook-pro-16-m5-max-40c-128gb@thunderbolt-5 + "
                 "apple-mac-studio-m4-max-40c-128gb@thunderbolt-5"},
                {"models", Json::array({{{"model", "qwen3-235b-a22b"}, {"quant", "q4_k_m"}, {"on", {0, 1}}}})}});
  ASSERT_EQ(answer["fits"], true);
  EXPECT_EQ(answer["services"][0]["workers"][0]["node"], "node1");
  EXPECT_THAT(file_of(answer, ".env.example"), HasSubstr("NODE1_ADDRESS=''"));
  EXPECT_THAT(file_of(answer, "README.md"), HasSubstr("while that sleeps or is away"));
}

TEST(Deploy, TheManifestNamesEveryFileWithItsHash) {
  const Json answer = deployed({{"setup", "rtx 4090"}, {"models", "qwen3-8b:q4_k_m"}});
  const Result<std::vector<WrittenFile>> written = read_kit_manifest(file_of(answer, "manifest.json"));
  ASSERT_TRUE(written);
  EXPECT_EQ(written->size() + 1, answer["files"].size()) << "all but itself";
  for (const WrittenFile& file : *written) EXPECT_EQ(file.sha256, sha256_hex(file_of(answer, file.path))) << file.path;
  EXPECT_FALSE(read_kit_manifest("[]"));
  EXPECT_FALSE(read_kit_manifest(R"({"schema": "rigwise.kit_manifest/1", "files": [{"path": "a"}]})"));
  EXPECT_FALSE(read_kit_manifest("{"));
}

}  // namespace
}  // namespace rigwise
