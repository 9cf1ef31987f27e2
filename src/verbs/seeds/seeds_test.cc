// The engine of the seeds on a small catalog: what a rule may say, and what it hears when it is wrong.
#include "verbs/seeds/seeds.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "codec/catalog_files_for_tests.h"
#include "verbs/seeds/report.h"

namespace rigwise {
namespace {

using testing::Contains;
using testing::HasSubstr;
using testing::SizeIs;

constexpr const char* kSections = "section,title,document,lines,arithmetic\nT-1,Cards,doc,1-9,\nT-2,More,doc,10,\n";
constexpr const char* kNames = "section,printed,name,value\nT-1,4090,device,nvidia-geforce-rtx-4090\nT-1,twice,n,2\n";
constexpr const char* kRulesHead = "section,subject,quantity,class,formula,inputs,speed,reason\n";
constexpr const char* kPlan = R"({"hardware_price": "$price", "currency": "USD", "electricity": 0, "power_w": 0})";

/// The frozen catalog with these cells ("SUBJECT,QUANTITY,VALUE" of T-1) and rules.
House house_with(const std::vector<std::string>& cells, const std::string& rules) {
  std::vector<CatalogFile> files = for_tests::frozen_catalog(RIGWISE_SOURCE_DIR);
  std::string figures = "section,subject,quantity,value,unit,locator\nT-2,all,count,3,,line 10\n";
  for (const std::string& cell : cells) figures.append("T-1,").append(cell).append(",,line 1\n");
  files.push_back({"seeds/sections.csv", kSections});
  files.push_back({"seeds/names-t.csv", kNames});
  files.push_back({"seeds/figures-t.csv", figures});
  files.push_back({"seeds/rules-t.csv", kRulesHead + rules});
  files.push_back({"plans/one.json", kPlan});
  LoadedCatalog loaded = decode_catalog(files);
  for (const Diagnostic& fault : loaded.diagnostics)
    EXPECT_FALSE(fault.is_error) << fault.file << ":" << fault.line << ": " << fault.message;
  return {std::move(loaded.catalog), std::move(loaded.calibration)};
}

Json section_of(const House& house, const Json& more = Json::object()) {
  Json request = {{"section", "T-1"}};
  request.update(more);
  const Result<Json> answer = run_verb(house, "seeds", request);
  EXPECT_TRUE(answer) << (answer ? "" : answer.error().message);
  return answer ? (*answer)["sections"][0] : Json::object();
}

Json one_cell(const std::string& cell, const std::string& rule) {
  const House house = house_with({cell}, rule);
  Json section = section_of(house);
  return section["cells"].empty() ? Json::object() : section["cells"][0];
}

std::string fault_of(const std::string& cell, const std::string& rule) {
  const Json found = one_cell(cell, rule);
  if (!found["fault"].is_object()) return "no fault: " + found.dump();
  return found["fault"]["where"].get<std::string>() + " " + found["fault"]["message"].get<std::string>() + " " +
         found["fault"]["did_you_mean"].dump();
}

TEST(SeedClasses, AreFoundByTheEngineNotTheAuthor) {
  EXPECT_EQ(one_cell("4090,BW,1008", "T-1,*,BW,derived,,device:$device.bandwidth_gbps\n")["class"], "observed");
  EXPECT_EQ(one_cell("4090,BW,1008", "T-1,*,BW,observed,bw,bw=device:$device.bandwidth_gbps\n")["class"], "derived");
  EXPECT_EQ(one_cell("4090,BW,900", "T-1,*,BW,observed,,device:$device.bandwidth_gbps,,why\n")["class"], "different");
  EXPECT_EQ(one_cell("4090,Verdict,fine", "T-1,*,*,judged\n")["class"], "judged");
  EXPECT_EQ(one_cell("4090,Noise,Loud", "T-1,*,*,observed,,device:$device.noise_class\n")["class"], "observed");
}

TEST(SeedClasses, DifferentNeedsAReason) {
  EXPECT_THAT(fault_of("4090,BW,900", "T-1,*,BW,different,,device:$device.bandwidth_gbps\n"),
              HasSubstr("no reason is given"));
}

TEST(SeedFormulas, TakeOnePartAFigure) {
  const Json cell =
      one_cell("4090,scaling,31.9 (2.1x)", "T-1,*,*,derived,; 31.9 / bw * 66,bw=device:$device.bandwidth_gbps\n");
  EXPECT_EQ(cell["class"], "derived") << cell;
  EXPECT_TRUE(cell["ours"]["values"][0].is_null());
  EXPECT_THAT(fault_of("4090,BW,1008", "T-1,*,*,derived,1; bw,bw=device:$device.bandwidth_gbps\n"),
              HasSubstr("has 2 parts"));
}

TEST(SeedFormulas, TakeEndsOfARangeAndClaimsOfWords) {
  EXPECT_EQ(one_cell("4090,range,20-30", "T-1,*,*,derived,gib - 4; gib + 6,gib=device:$device.memory_gib\n")["class"],
            "derived");
  EXPECT_EQ(one_cell("4090,words,runs 70B Q4",
                     "T-1,*,*,different,claim: f,f=fit:llama-3.1-70b/q4_k_m/$device,,why\n")["ours"]["text"],
            "no");
  EXPECT_EQ(one_cell("4090,words,runs 8B Q4", "T-1,*,*,derived,claim: f,f=fit:llama-3.1-8b/q4_k_m/$device\n")["class"],
            "derived");
}

TEST(SeedFormulas, ShowTheFigureWhereAClaimFails) {
  const std::string rule = "T-1,*,*,different,claim: gib - 100; gib,gib=device:$device.memory_gib,,why\n";
  EXPECT_EQ(one_cell("4090,words,never fits", rule)["ours"]["text"], "no: 24");
}

TEST(SeedReasons, WorkOutWhatStandsInBraces) {
  const std::string rule =
      "T-1,*,*,different,bw,bw=device:$device.bandwidth_gbps,,\"ours is {ours / printed_low} times\"\n";
  EXPECT_EQ(one_cell("4090,BW,504", rule)["reason"], "ours is 2 times");
  EXPECT_THAT(fault_of("4090,BW,900", "T-1,*,*,different,bw,bw=device:$device.bandwidth_gbps,,{bv}\n"),
              HasSubstr("bw"));
}

TEST(SeedRecords, TellLoudnessLinuxAndWhatARunWas) {
  const auto text = [](const std::string& spec) {
    return one_cell("4090,fact,1", "T-1,*,*,different,," + spec + ",,why\n")["ours"];
  };
  EXPECT_EQ(text("device:$device.loudness")["values"], Json::array({3.0}));
  EXPECT_THAT(fault_of("4090,n,1", "T-1,*,*,observed,,count:no-benchmark/task\n"), HasSubstr("no score is of"));
}

TEST(SeedCells, UseOthersAndNeverThemselves) {
  const std::string rules =
      "T-1,4090,BW,observed,,device:$device.bandwidth_gbps\n"
      "T-1,twice,BW,derived,$n * one,one=cell:4090/.\n"
      "T-1,more,BW,derived,a + b,a=cell:twice/.; b=cell:T-2/all/count\n";
  const House house = house_with({"4090,BW,1008", "twice,BW,2016", "more,BW,2019"}, rules + "T-2,*,*,judged\n");
  const Json section = section_of(house);
  EXPECT_TRUE(section["passes"]) << section;
  const House circle = house_with({"a,x,1", "b,x,1"}, "T-1,a,x,derived,v,v=cell:b/.\nT-1,b,x,derived,v,v=cell:a/.\n");
  EXPECT_THAT(section_of(circle)["faults"][0]["message"].get<std::string>(), HasSubstr("would need itself"));
}

TEST(SeedOverrides, MoveWhatDependsOnThem) {
  const House house = house_with(
      {"4090,BW,1008", "twice,BW,2016"},
      "T-1,4090,BW,observed,,device:$device.bandwidth_gbps\nT-1,twice,BW,derived,2 * v,v=cell:4090/.,,a check\n");
  const Json moved = section_of(house, {{"overrides", {{"device:nvidia-geforce-rtx-4090.bandwidth_gbps", 1000}}}});
  ASSERT_EQ(moved["cells"].size(), 2U);
  EXPECT_EQ(moved["cells"][1]["ours"]["values"], Json::array({2000.0})) << moved;
  const Result<Json> unknown = run_verb(house, "seeds", {{"section", "T-1"}, {"overrides", {{"device:x.y", 1}}}});
  ASSERT_FALSE(unknown);
  EXPECT_THAT(unknown.error().message, HasSubstr("device:x.y"));
}

TEST(SeedCosts, AskTheVerbWithTheInputsBoundBefore) {
  const Json cell = one_cell(
      "4090,price,1599", "T-1,*,*,derived,all,price=cell:T-2/all/count; all=cost:one/tco/gross,,why\nT-2,*,*,judged\n");
  EXPECT_EQ(cell["ours"]["values"][0], 3) << cell;
  EXPECT_THAT(fault_of("4090,price,3", "T-1,*,*,derived,all,all=cost:one/tco/gross\n"),
              HasSubstr("asks for \"$price\""));
  EXPECT_THAT(fault_of("4090,price,3", "T-1,*,*,derived,all,price=printed:./.; all=cost:one/tco/gros\n"),
              HasSubstr("gross"));
}

TEST(SeedRules, TheMostExactWinsAndTwoOfAKindAreAFault) {
  const std::string any = "T-1,*,*,judged\n", column = "T-1,*,BW,observed,,device:$device.bandwidth_gbps\n";
  EXPECT_EQ(one_cell("4090,BW,1008", any + column)["class"], "observed");
  EXPECT_EQ(one_cell("4090,BW,1008", column + any + "T-1,4090,*,derived,x,x=device:$device.bandwidth_gbps\n")["class"],
            "derived");
  EXPECT_THAT(fault_of("4090,BW,1008", column + column), HasSubstr("seeds/rules-t.csv:3 two rules are as exact"));
}

TEST(SeedRules, FaultsSayFileLineAndTheNearestNames) {
  EXPECT_THAT(fault_of("4090,BW,1", "T-1,*,*,observed,,device:nvidia-geforce-rtx-4091.bandwidth_gbps\n"),
              testing::AllOf(HasSubstr("seeds/rules-t.csv:2"), HasSubstr("nvidia-geforce-rtx-4090")));
  EXPECT_THAT(fault_of("4090,BW,1", "T-1,*,*,observed,,device:$device.bandwith_gbps\n"), HasSubstr("bandwidth_gbps"));
  EXPECT_THAT(fault_of("4090,BW,1", "T-1,*,*,observed,,divice:x.y\n"), HasSubstr("\"device\""));
  EXPECT_THAT(fault_of("4090,BW,1", "T-1,*,*,observed,,device:$devise.x\n"), HasSubstr("\"device\""));
  EXPECT_THAT(fault_of("4090,BW,1", "T-1,*,*,derived,bandwith,bandwidth=device:$device.bandwidth_gbps\n"),
              HasSubstr("[\"bandwidth\"]"));
  EXPECT_THAT(fault_of("4090,BW,1", "T-1,*,*,derived,v,v=cell:4080/BW\n"), HasSubstr("4090/BW"));
  EXPECT_THAT(fault_of("4090,BW,1", "T-1,*,*,observed,,42\n"), HasSubstr("bare number"));
}

TEST(SeedSections, FailWithoutRulesAndWithRulesOfNothing) {
  const House house = house_with({"4090,BW,1008"}, "T-1,4080,BW,judged\n");
  const Json section = section_of(house);
  EXPECT_FALSE(section["passes"]);
  EXPECT_THAT(section["why_not"].dump(), HasSubstr("1 cell without a rule: 4090, BW"));
  EXPECT_THAT(section["faults"][0]["did_you_mean"].dump(), HasSubstr("4090/BW"));
  EXPECT_EQ(section["counts"]["open"], 1);
}

TEST(SeedSections, FailWhenWhatTheInventoryRecomputesIsOnlyJudged) {
  std::vector<CatalogFile> files = for_tests::frozen_catalog(RIGWISE_SOURCE_DIR);
  files.push_back(
      {"seeds/sections.csv", "section,title,document,lines,arithmetic\nT-1,Cards,doc,1,*/BW; 4090/nothing\n"});
  files.push_back({"seeds/figures-t.csv", "section,subject,quantity,value,unit,locator\nT-1,4090,BW,1008,,line 1\n"});
  files.push_back({"seeds/rules-t.csv", std::string(kRulesHead) + "T-1,*,*,judged\n"});
  LoadedCatalog loaded = decode_catalog(files);
  const House house{std::move(loaded.catalog), std::move(loaded.calibration)};
  const Json section = section_of(house);
  EXPECT_THAT(section["why_not"], SizeIs(2)) << section["why_not"];
}

TEST(SeedSections, AreReplacedByAnOverlaysFileOfTheSameName) {
  House house = house_with({"4090,BW,1008"}, "T-1,*,*,judged\n");
  const std::vector<Diagnostic> faults = overlay_catalog(
      house.catalog,
      {{"seeds/rules-t.csv", std::string(kRulesHead) + "T-1,*,*,observed,,device:$device.bandwidth_gbps\n"}});
  EXPECT_TRUE(faults.empty());
  EXPECT_EQ(section_of(house)["cells"][0]["class"], "observed");
}

TEST(SeedSections, AreFoundHoweverTheyAreSpelt) {
  const House house = house_with({"4090,BW,1008"}, "T-1,*,*,judged\n");
  EXPECT_TRUE(run_verb(house, "seeds", {{"section", "t1"}}));
  const Result<Json> unknown = run_verb(house, "seeds", {{"section", "T-9"}});
  ASSERT_FALSE(unknown);
  EXPECT_THAT(unknown.error().did_you_mean, Contains("T-1"));
  EXPECT_FALSE(run_verb(House{}, "seeds", Json::object())) << "no seeds in an empty catalog";
}

TEST(SeedFiles, AreCheckedLineByLine) {
  Catalog catalog;
  const std::vector<Diagnostic> faults = overlay_catalog(
      catalog, {{"seeds/rules-t.csv",
                 std::string(kRulesHead) + "# a remark\nT-1,a,b,derivd\n,a,b,judged\nT-1,a,b,judged,,,,,too many\n"}});
  ASSERT_THAT(faults, SizeIs(3));
  EXPECT_EQ(faults[0].line, 3);
  EXPECT_THAT(faults[0].try_this, HasSubstr("derived"));
  EXPECT_EQ(faults[1].line, 4);
  EXPECT_EQ(faults[2].line, 5);
}

}  // namespace
}  // namespace rigwise
