// docs/seeds.md says what the catalog says. RIGWISE_UPDATE=1 rewrites it; read the diff before you commit it.
#include <cstdlib>
#include <fstream>
#include <iterator>

#include "host/cli/seeds_report.h"
#include "seeds_for_tests.h"

namespace rigwise {
namespace {

TEST(SeedsPage, IsWhatTheVerbAnswers) {
  const Result<Json> answer = run_verb(seeds_house(), "seeds", Json::object());
  ASSERT_TRUE(answer);
  const std::string page = seeds_page(*answer), path = RIGWISE_SOURCE_DIR "/docs/seeds.md";
  if (std::getenv("RIGWISE_UPDATE") != nullptr) std::ofstream(path, std::ios::binary) << page;
  std::ifstream file(path, std::ios::binary);
  const std::string kept{std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
  EXPECT_EQ(kept, page) << "run build/release/rigwise seeds --format md > docs/seeds.md";
}

}  // namespace
}  // namespace rigwise
