#include "codec/measurement_csv.h"

#include <gtest/gtest.h>

namespace rigwise {
namespace {

constexpr std::string_view kHeader =
    "id,hardware,hardware_count,interconnect,model,quant,engine,engine_version,backend,phase,prompt_tokens,gen_tokens,"
    "context_depth,concurrency,tokens_per_s,unit_note,power_w,date,source,source_locator,confidence\n";

std::string with(std::string_view rows) { return std::string(kHeader) + std::string(rows); }

TEST(MeasurementCsv, ARowHasWhatItsCellsSayAndNothingWhereTheyAreEmpty) {
  const auto rows = decode_measurements(
      with(
          "m1,RTX 4090,2,PCIe,Llama 3.1 8B,Q4_K_M,llama.cpp,b1,CUDA,decode_total,512,128,,0,88.5,\"a, b\",,2026-04,src,"
          "row 3,high\n"),
      "runs.csv");
  ASSERT_TRUE(rows.has_value());
  ASSERT_EQ(rows->size(), 1u);
  const Measurement& m = (*rows)[0];
  EXPECT_EQ(m.hardware, "RTX 4090");
  EXPECT_EQ(m.hardware_count, 2);
  EXPECT_EQ(m.phase, Phase::decode_total);
  EXPECT_EQ(m.prompt_tokens, 512);
  EXPECT_EQ(m.context_depth, std::nullopt);
  EXPECT_EQ(m.concurrency, 0) << "0 is said: saturated";
  EXPECT_EQ(m.tokens_per_s, 88.5);
  EXPECT_EQ(m.unit_note, "a, b");
  EXPECT_EQ(m.power_w, std::nullopt);
  EXPECT_TRUE(m.defect.empty());
}

TEST(MeasurementCsv, ColumnsMayComeInAnyOrderWithOthersBetween) {
  const auto rows = decode_measurements(
      "tokens_per_s,mood,phase,engine,quant,model,hardware\n9.5,good,prefill,mlx,4bit,Qwen3 8B,Apple M4\n", "x");
  ASSERT_TRUE(rows.has_value());
  EXPECT_EQ((*rows)[0].model, "Qwen3 8B");
  EXPECT_EQ((*rows)[0].hardware_count, 1);
  EXPECT_EQ((*rows)[0].concurrency, 1);
  EXPECT_EQ((*rows)[0].id, "line 2");
}

TEST(MeasurementCsv, ABadRowKeepsItsPlaceAndSaysWhy) {
  const auto rows = decode_measurements(with("a,d,1,,m,q,e,,,decode,,,,1,n/a,,,,,,\n"
                                             "b,d,1.5,,m,q,e,,,decode,,,,1,3,,,,,,\n"
                                             "c,d,1,,m,q,e,,,decoding,,,,1,3,,,,,,\n"
                                             "d,d,1,,m,q,e,,,decode,,,,1,0,,,,,,\n"
                                             "e,d,1\n"
                                             "f,d,1,,m,q,e,,,decode,,,,1,3,,,,,,\n"),
                                        "runs.csv");
  ASSERT_TRUE(rows.has_value());
  ASSERT_EQ(rows->size(), 6u);
  EXPECT_EQ((*rows)[0].defect, "tokens_per_s is \"n/a\" (line 2, column 15)");
  EXPECT_EQ((*rows)[1].defect, "hardware_count is \"1.5\" (line 3, column 3)");
  EXPECT_EQ((*rows)[2].defect, "phase is \"decoding\" (line 4, column 10)");
  EXPECT_EQ((*rows)[3].defect, "tokens_per_s is \"0\" (line 5, column 15)");
  EXPECT_EQ((*rows)[4].defect, "the row has 3 cells, the header 21 (line 6)");
  EXPECT_EQ((*rows)[5].defect, "");
}

TEST(MeasurementCsv, MissingColumnsAreNamedWithTheNearestPresent) {
  const auto rows = decode_measurements("hardware,model,quantt,engine,phase\n", "runs.csv");
  ASSERT_FALSE(rows.has_value());
  EXPECT_EQ(rows.error().code, ErrorCode::invalid_input);
  EXPECT_EQ(rows.error().message, "the column \"quant\" is missing; the column \"tokens_per_s\" is missing");
  EXPECT_EQ(rows.error().try_this, "is \"quantt\" meant?");
  EXPECT_EQ(rows.error().where, "runs.csv:1");
  EXPECT_FALSE(decode_measurements("", "x").has_value());
  EXPECT_FALSE(decode_measurements(with("\"never closed"), "x").has_value());
}

TEST(MeasurementCsv, SeveralFilesBecomeOneWhateverTheirColumns) {
  const NamedText a{"a.csv", with("a,d,1,,m,q,e,,,decode,,,,1,3,\"x, y\",,,,,\n")};
  const NamedText b{"b.csv",
                    "tokens_per_s,phase,engine,quant,model,hardware\n9.5,prefill,e,q,m,d\nfast,decode,e,q,m,d\n"};
  const Result<std::string> merged = merged_measurements({a, b, a});
  ASSERT_TRUE(merged);
  const auto rows = decode_measurements(*merged, "all");
  ASSERT_TRUE(rows);
  ASSERT_EQ(rows->size(), 3u) << "the same line counts once";
  EXPECT_EQ((*rows)[0].unit_note, "x, y");
  EXPECT_EQ((*rows)[1].id, "b.csv line 2");
  EXPECT_EQ((*rows)[1].tokens_per_s, 9.5);
  EXPECT_NE((*rows)[2].defect, "") << "a bad cell stays bad";
}

TEST(MeasurementCsv, AFileThatIsNoneIsNamedAmongSeveral) {
  const Result<std::string> merged = merged_measurements({{"a.csv", with("")}, {"b.csv", "hello\n"}});
  ASSERT_FALSE(merged);
  EXPECT_EQ(merged.error().where, "b.csv:1");
}

TEST(MeasurementCsv, ALineReadsBackAsItsRow) {
  const std::string text = with("a,d,2,PCIe,m,q,e,b1,cuda,decode,1,2,3,4,5.5,\"n, n\",6,2026-11-21,s,l,high\n");
  const auto rows = decode_measurements(text, "x");
  ASSERT_TRUE(rows);
  EXPECT_EQ(std::string(kMeasurementColumns) + "\n" + measurement_lines(*rows), text);
}

}  // namespace
}  // namespace rigwise
