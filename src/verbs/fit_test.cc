#include "verbs/fit.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "host/catalog_io/load.h"

namespace rigwise {
namespace {

const House& house() {
  static const House kHouse = [] {
    Result<LoadedCatalog> loaded = load_catalog({});
    EXPECT_TRUE(loaded);
    return loaded ? House{std::move(loaded->catalog), std::move(loaded->calibration)} : House{};
  }();
  return kHouse;
}

Json fit(Json request, bool best_only) {
  request["best_only"] = best_only;
  const Result<Json> answer = run_verb(house(), "fit", request);
  EXPECT_TRUE(answer) << request << ": " << (answer ? "" : answer.error().message);
  return answer ? *answer : Json::object();
}

/// From a model that fits anywhere to one that nothing here holds, and one that spills into main memory.
const Json kRequest = {{"models", {"qwen3-8b", "gpt-oss-120b", "llama-3.3-70b", "deepseek-v3.2"}},
                       {"setups",
                        {"nvidia-geforce-rtx-3090", "2x nvidia-geforce-rtx-3090", "framework-desktop-max-395-128gb",
                         "apple-mac-mini-m4-pro-20c-64gb"}},
                       {"context_tokens", 16384}};

TEST(Fit, NamesTheSameBestWhetherEveryFormatIsShownOrNot) {
  EXPECT_EQ(fit(kRequest, true)["best"], fit(kRequest, false)["best"]);
}

TEST(Fit, ShowsOneRowAModelAndSetupWhenOnlyTheBestIsAskedFor) {
  const Json all = fit(kRequest, false);
  const Json alone = fit(kRequest, true);
  ASSERT_EQ(alone["rows"].size(), 16U);
  EXPECT_GT(all["rows"].size(), 60U);
  for (std::size_t i = 0; i < alone["rows"].size(); ++i) {
    const Json& row = alone["rows"][i];
    const Json& best = alone["best"][i];
    EXPECT_EQ(row["model"], best["model"]);
    if (!best["quant"].is_null()) {
      EXPECT_EQ(row["quant"], best["quant"]);
    }
    EXPECT_NE(std::find(all["rows"].begin(), all["rows"].end(), row), all["rows"].end()) << row;
  }
}

}  // namespace
}  // namespace rigwise
