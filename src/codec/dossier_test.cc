#include "codec/dossier.h"

#include <gtest/gtest.h>

namespace rigwise {
namespace {

TEST(Dossier, PointsCarryTheirSource) {
  std::vector<Diagnostic> faults;
  const Dossier dossier = decode_dossier(
      "dossiers/a-card.md",
      "# A card\n\n## Pros\n- Much memory. [S0-15 (a seed)]\n\n## Gotchas\n- Loud [1] fan. [a review]\n", faults);
  EXPECT_TRUE(faults.empty());
  EXPECT_EQ(dossier.device, "a-card");
  ASSERT_EQ(dossier.pros.size(), 1U);
  EXPECT_EQ(dossier.pros[0].text, "Much memory.");
  EXPECT_EQ(dossier.pros[0].source, "S0-15 (a seed)");
  ASSERT_EQ(dossier.gotchas.size(), 1U);
  EXPECT_EQ(dossier.gotchas[0].text, "Loud [1] fan.");
}

TEST(Dossier, APointWithoutASourceIsAFaultWithItsLine) {
  std::vector<Diagnostic> faults;
  decode_dossier("dossiers/x.md", "## Pros\n- Cheap.\n", faults);
  ASSERT_EQ(faults.size(), 1U);
  EXPECT_EQ(faults[0].line, 2);
  EXPECT_TRUE(faults[0].is_error);
}

TEST(Dossier, TextOutsideASectionIsAFault) {
  std::vector<Diagnostic> faults;
  decode_dossier("dossiers/x.md", "- Cheap. [a shop]\n## Pros\nprose\n", faults);
  EXPECT_EQ(faults.size(), 2U);
}

}  // namespace
}  // namespace rigwise
