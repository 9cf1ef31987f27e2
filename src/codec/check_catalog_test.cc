#include <gtest/gtest.h>

#include "codec/catalog_files_for_tests.h"
#include "codec/catalog_text.h"

namespace rigwise {
namespace {

using for_tests::edit;

std::vector<CatalogFile> frozen_catalog() { return for_tests::frozen_catalog(RIGWISE_SOURCE_DIR); }

Catalog frozen() { return decode_catalog(frozen_catalog()).catalog; }

Device& card(Catalog& catalog) {
  return catalog.devices[*catalog.device_names.find_quietly("nvidia-geforce-rtx-4090")];
}
Llm& llama(Catalog& catalog) { return catalog.models[*catalog.model_names.find_quietly("llama-3.1-8b")]; }

/// Messages of the errors, one a line, after names were indexed anew.
std::string errors(Catalog catalog) {
  catalog.index_names();
  std::string out;
  for (const Diagnostic& fault : check_catalog(catalog))
    if (fault.is_error) out += fault.file + " [" + fault.key + "] " + fault.message + "\n";
  return out;
}

TEST(CheckCatalog, ADanglingReferenceIsNamedWithItsRecord) {
  Catalog c = frozen();
  card(c).interconnect = "nvlink-9";
  EXPECT_EQ(errors(c), "devices/nvidia-geforce-rtx-4090 [links.interconnect] no link has the id \"nvlink-9\"\n");

  c = frozen();
  card(c).parts = {{"nvidia-geforce-rtx-4091", 2}};
  EXPECT_EQ(errors(c),
            "devices/nvidia-geforce-rtx-4090 [part.device] no device has the id \"nvidia-geforce-rtx-4091\"\n");

  c = frozen();
  c.classes[0].members.push_back("gpt-9");
  EXPECT_EQ(errors(c), "classes/coding [members] no model has the id \"gpt-9\"\n");

  c = frozen();
  c.api_prices[0].model_id = "llama-9";
  EXPECT_NE(errors(c).find("no model has the id \"llama-9\""), std::string::npos);
}

TEST(CheckCatalog, APriceMayBelongToASetUpButNotToNothing) {
  Catalog c = frozen();
  c.price_observations[0].item_id = "4x nvidia-dgx-spark";
  EXPECT_EQ(errors(c), "");
  c.price_observations[0].item_id = "4x nvidia-dgx-sparc";
  EXPECT_EQ(errors(c),
            "prices/observations.csv [item_id] \"4x nvidia-dgx-sparc\" is no device, accessory, host or set-up "
            "of these\n");
}

TEST(CheckCatalog, ANameOfTwoRecordsIsAFault) {
  Catalog c = frozen();
  for (Device& d : c.devices)
    if (d.id == "nvidia-geforce-rtx-3090") d.aliases.push_back("RTX-4090");
  const std::string found = errors(c);
  EXPECT_NE(found.find("the name \"RTX 4090\" also means nvidia-geforce-rtx-3090"), std::string::npos) << found;

  c = frozen();
  c.unresolved.push_back({"device", "rtx 4090", "x"});
  EXPECT_EQ(errors(c), "unresolved.csv [name] \"rtx 4090\" is a name of a record\n");
}

TEST(CheckCatalog, ASlippedUnitIsAFault) {
  Catalog c = frozen();
  card(c).memory_bandwidth = gbps(1.008);
  const std::string low = errors(c);
  EXPECT_NE(low.find("[memory.bandwidth_gbps] bandwidth over capacity, per second, is 0.03912"), std::string::npos)
      << low;
  EXPECT_NE(low.find("[compute.fp16_tflops] fp16 peak over bandwidth, FLOP per byte,"), std::string::npos) << low;

  c = frozen();
  card(c).memory_bandwidth = gbps(1008000);
  EXPECT_NE(errors(c).find("the bandwidth in GB/s is 1008000"), std::string::npos);

  c = frozen();
  card(c).power_idle = Watts{500};
  EXPECT_EQ(errors(c), "devices/nvidia-geforce-rtx-4090 [power.idle_w] idle power is above the maximum\n");
}

TEST(CheckCatalog, LayersMustAddUpToTheStatedParameters) {
  Catalog c = frozen();
  llama(c).params_total *= 1.03;
  EXPECT_EQ(errors(c), "") << "publishers round";
  llama(c).params_total *= 1.03;
  EXPECT_EQ(errors(c), "models/llama-3.1-8b [params_total_b] the layers add up to 8.03B, stated are 8.519B\n");
  llama(c).shape_check_exempt = "for a reason";
  EXPECT_EQ(errors(c), "");

  c = frozen();
  Llm& moe = c.models[*c.model_names.find_quietly("qwen3-30b-a3b")];
  moe.params_active = 8e9;
  EXPECT_NE(errors(c).find("models/qwen3-30b-a3b [params_active_b] the layers use"), std::string::npos);
}

Measurement impossible_run() {
  Measurement row;
  row.id = "x1";
  row.hardware = "RTX 4090";
  row.model = "Llama 3.1 8B";
  row.quant = "Q8_0";
  row.tokens_per_s = 140;  // 8.0 GB a token at 1008 GB/s: 126 at most
  row.source = "a rumour";
  return row;
}

TEST(CheckCatalog, ADecodeSpeedAboveTheCeilingMustBeMarked) {
  Catalog c = frozen();
  c.measurements.push_back(impossible_run());
  const std::string found = errors(c);
  EXPECT_EQ(found.rfind("measurements/ of a rumour [x1] 140 tokens/s of Llama 3.1 8B Q8_0 on RTX 4090 is above the "
                        "ceiling of 1",
                        0),
            0u)
      << found;
  c.measurements.back().unit_note = "OUTLIER: speculative decoding was on";
  EXPECT_EQ(errors(c), "");
  c.measurements.back() = impossible_run();
  c.measurements.back().tokens_per_s = 110;
  EXPECT_EQ(errors(c), "");
}

TEST(CheckCatalog, ARunFasterThanItsCacheAllowsIsAFault) {
  Catalog c = frozen();
  c.measurements.push_back(impossible_run());
  c.measurements.back().tokens_per_s = 110;
  EXPECT_EQ(errors(c), "");
  c.measurements.back().context_depth = 131072;
  EXPECT_NE(errors(c).find("is above the ceiling of"), std::string::npos) << errors(c);
}

TEST(CheckCatalog, RowsHaveDaysThatExistAndWholeTokens) {
  Catalog c = frozen();
  c.measurements.push_back(impossible_run());
  Measurement& row = c.measurements.back();
  row.tokens_per_s = 110;
  for (const char* date : {"2025", "2025-08", "2024-02-29", "2023-11 to 2025"}) {
    row.date = date;
    EXPECT_EQ(errors(c), "") << date;
  }
  for (const char* date : {"2031-13-45", "2025-02-29", "yesterday", "2023-11 to never"}) {
    row.date = date;
    EXPECT_NE(errors(c).find("is not a date"), std::string::npos) << date;
  }
  row.date = "2025-08-23";
  row.prompt_tokens = 567.5;
  EXPECT_NE(errors(c).find("567.5 is no whole number of tokens"), std::string::npos) << errors(c);
}

TEST(CheckCatalog, TwoCardsMayBeTwiceAsFast) {
  Catalog c = frozen();
  c.measurements.push_back(impossible_run());
  c.measurements.back().hardware_count = 2;
  EXPECT_EQ(errors(c), "");
  c.measurements.back().tokens_per_s = 280;
  EXPECT_NE(errors(c), "");
}

}  // namespace
}  // namespace rigwise
