#include <gtest/gtest.h>

#include "core/perf/devices_for_tests.h"
#include "core/perf/speed_numbers.h"

namespace rigwise {
namespace {

using namespace shapes;

struct Cluster {
  Catalog catalog = small_catalog();
  Device device = rtx_4090();
  Llm llm = llama_3_8b();

  SpeedModel over(int count, const char* link, const char* engine, const char* format_id = "q4_k_m") {
    Setup s = setup(device, count);
    if (link != nullptr) s.parts.front().link = *catalog.link(link);
    Format format = gguf(q4_k_m());
    format.id = format_id;
    return speed_of(catalog, llm, format, s, **catalog.engine(engine));
  }
};

TEST(Parallel, EveryDeviceOfATensorParallelGroupTakesInItsShare) {
  Cluster c;
  const SpeedNumbers one(c.over(1, nullptr, "vllm")), four(c.over(4, "nvlink-4", "vllm"));
  EXPECT_NEAR(four.s_per_weight_byte, one.s_per_weight_byte / 4, 1e-20);
  EXPECT_NEAR(four.s_per_kv_byte, one.s_per_kv_byte / 4, 1e-20);
}

TEST(Parallel, SmallAllReducesClimbATreeOverTcpAndGoToAllAtOnceElsewhere) {
  Cluster c;
  EXPECT_EQ(SpeedNumbers(c.over(4, "nvlink-4", "vllm")).reduce_turns, 1);
  EXPECT_EQ(SpeedNumbers(c.over(4, "10gbe", "vllm")).reduce_turns, 4);
}

TEST(Parallel, TensorParallelOverTcpIsSlowerThanOneDevice) {
  Cluster c;
  EXPECT_LT(c.over(4, "10gbe", "vllm").decode_tokens_per_s(0, 1), c.over(1, nullptr, "vllm").decode_tokens_per_s(0, 1));
  EXPECT_GT(c.over(4, "nvlink-4", "vllm").decode_tokens_per_s(0, 1),
            c.over(1, nullptr, "vllm").decode_tokens_per_s(0, 1));
}

TEST(Parallel, EachFurtherNodeOfALayerSplitCostsAHop) {
  Cluster c;
  const double one = c.over(1, nullptr, "llama.cpp").decode_tokens_per_s(0, 1);
  const double two = c.over(2, "10gbe", "llama.cpp").decode_tokens_per_s(0, 1);
  const double four = c.over(4, "10gbe", "llama.cpp").decode_tokens_per_s(0, 1);
  EXPECT_GT(one, two);
  EXPECT_GT(two, four);
  EXPECT_GT(SpeedNumbers(c.over(2, "10gbe", "llama.cpp")).hop_s,
            10 * SpeedNumbers(c.over(2, nullptr, "llama.cpp")).hop_s);
}

TEST(Parallel, RefusesSplitsThatCannotBeBuilt) {
  Cluster c;
  PredictQuery query;
  query.model = &c.llm;
  query.setup = setup(c.device, 3);
  query.split = Split::tensor_parallel;
  EXPECT_NE(cannot_split(query, **c.catalog.engine("llama.cpp")).find("by layers only"), std::string::npos);
  EXPECT_NE(cannot_split(query, **c.catalog.engine("vllm")).find("do not divide over 3"), std::string::npos);
  query.setup = setup(c.device, 4);
  EXPECT_EQ(cannot_split(query, **c.catalog.engine("vllm")), "");
  query.split = Split::expert_parallel;
  EXPECT_NE(cannot_split(query, **c.catalog.engine("vllm")).find("no experts"), std::string::npos);
  query.split = Split::layer_split;
  EXPECT_EQ(cannot_split(query, **c.catalog.engine("llama.cpp")), "");
}

}  // namespace
}  // namespace rigwise
