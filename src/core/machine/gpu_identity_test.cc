#include "core/machine/gpu_identity.h"

#include <gmock/gmock.h>

#include "core/base/units.h"

namespace rigwise {
namespace {

using testing::ElementsAre;

TEST(SameGpu, HasTheSameAddressElseTheSameUuid) {
  const GpuIdentity radv{"0000:03:00.0", "00000000-0300-0000-0000-000000000000"}, amdvlk{"0000:03:00.0", ""};
  const GpuIdentity second{"0000:04:00.0", radv.uuid}, unplaced{"", radv.uuid}, unknown;
  EXPECT_TRUE(is_same_gpu(radv, amdvlk));
  EXPECT_FALSE(is_same_gpu(radv, second)) << "an address says more than a UUID that drivers make up";
  EXPECT_TRUE(is_same_gpu(radv, unplaced));
  EXPECT_FALSE(is_same_gpu(amdvlk, unplaced));
  EXPECT_FALSE(is_same_gpu(unknown, unknown));
}

TEST(SameGpu, OfTwoCardsWithTwoDriversThereAreTwo) {
  const GpuIdentity first{"0000:03:00.0", ""}, second{"0000:04:00.0", ""};
  EXPECT_THAT(same_gpus({first, second, first, second}), ElementsAre(ElementsAre(0, 2), ElementsAre(1, 3)));
  EXPECT_THAT(same_gpus({{}, {}}), ElementsAre(ElementsAre(0), ElementsAre(1))) << "who says nothing is nobody's twin";
}

TEST(Uuid, OfZerosIsNone) {
  unsigned char bytes[16] = {};
  EXPECT_EQ(uuid_text(bytes), "");
  bytes[0] = 0x2f;
  bytes[15] = 0xe1;
  EXPECT_EQ(uuid_text(bytes), "2f000000-0000-0000-0000-0000000000e1");
}

TEST(Heaps, OfAMemoryThatItsDriverSplitsAreAddedUp) {
  EXPECT_EQ(own_memory_bytes({{48 * kGib, {}, true}, {48 * kGib, {}, true}, {16 * kGib, {}, false}}), 96 * kGib);
}

TEST(Heaps, TheWindowOfTheProcessorIsNoMemoryOfItsOwn) {
  EXPECT_EQ(own_memory_bytes({{24 * kGib, {}, true}, {64 * kGib, {}, false}, {256 * kMib, {}, true}}), 24 * kGib);
  EXPECT_EQ(own_memory_bytes({}), 0);
}

TEST(Heaps, ABudgetAboveTheHeapIsCutToIt) {
  EXPECT_EQ(own_budget_bytes({{16 * kGib, 20 * kGib, true}}), 16 * kGib);
  EXPECT_EQ(own_budget_bytes({{16 * kGib, 12 * kGib, true}, {256 * kMib, 256 * kMib, true}}), 12 * kGib);
  EXPECT_FALSE(own_budget_bytes({{16 * kGib, {}, true}}));
}

}  // namespace
}  // namespace rigwise
