#include "codec/calibration_csv.h"

#include <gtest/gtest.h>

namespace rigwise {
namespace {

TEST(CalibrationCsv, WhatIsWrittenIsReadBack) {
  Calibration fitted = prior_calibration();
  ASSERT_FALSE(fitted.constants.empty());
  fitted.catalog_hash = "abc";
  fitted.groups = 1400;
  fitted.constants[0].value = 0.1 + 0.2;
  fitted.constants[0].groups = 17;
  fitted.constants[0].from = "fit, \"robust\"";
  fitted.device_terms = {{"decode/nvidia-geforce-rtx-4090/llama.cpp/cuda", 1.07, 12, "fit"}};
  fitted.bands = {{"decode/t3", -0.2, 0.25, 40}};
  fitted.reindex();
  const Result<Calibration> read = decode_calibration(encode_calibration(fitted));
  ASSERT_TRUE(read.has_value()) << read.error().message << " " << read.error().where;
  EXPECT_EQ(read->catalog_hash, "abc");
  EXPECT_EQ(read->groups, 1400);
  EXPECT_EQ(read->fitted_constants(), 0) << "a constant counts as fitted by the word \"fit\" alone";
  ASSERT_EQ(read->constants.size(), fitted.constants.size());
  for (std::size_t i = 0; i < fitted.constants.size(); ++i) {
    EXPECT_EQ(read->constants[i].key, fitted.constants[i].key);
    EXPECT_EQ(read->constants[i].value, fitted.constants[i].value);
    EXPECT_EQ(read->constants[i].from, fitted.constants[i].from);
  }
  EXPECT_EQ(read->constants[0].groups, 17);
  EXPECT_EQ(read->values, fitted.values);
  ASSERT_NE(read->find_device_term("decode/nvidia-geforce-rtx-4090/llama.cpp/cuda"), nullptr);
  ASSERT_EQ(read->bands.size(), 1u) << "fitted bands take the place of the starting ones";
  EXPECT_EQ(read->find_band("decode/t3")->log_high, 0.25);
}

TEST(CalibrationCsv, ListsTheRowsBehindTheConstants) {
  const CatalogFile file = encode_used_rows(
      {{"m1", "rtx-4090|1|a, b|cuda", 0.33333333, "passes"}, {"m2", "rtx-4090|1|c|cuda", 0, "above_ceiling"}});
  EXPECT_EQ(file.path, "calibration/rows.csv");
  EXPECT_EQ(file.text,
            "id,group,weight,gate\nm1,\"rtx-4090|1|a, b|cuda\",0.3333,passes\nm2,rtx-4090|1|c|cuda,0,above_ceiling\n");
}

TEST(CalibrationCsv, WithoutFilesThePriorsStand) {
  const Result<Calibration> read = decode_calibration({});
  ASSERT_TRUE(read.has_value());
  EXPECT_EQ(read->constants.size(), prior_calibration().constants.size());
  EXPECT_EQ(read->values, prior_calibration().values);
}

TEST(CalibrationCsv, ConstantsOfAnotherFormulaAreNotUsed) {
  Calibration old = prior_calibration();
  old.formula_version = "0";
  old.catalog_hash = "abc";
  for (Constant& constant : old.constants) constant.value *= 2;
  const Result<Calibration> read = decode_calibration(encode_calibration(old));
  ASSERT_TRUE(read.has_value());
  EXPECT_EQ(read->values, prior_calibration().values);
  EXPECT_EQ(read->catalog_hash, "");
}

TEST(CalibrationCsv, ABrokenFileIsRefusedWithItsLine) {
  const auto where = [](const char* path, const char* text) {
    const Result<Calibration> read = decode_calibration({{path, text}});
    return read ? std::string("accepted") : read.error().where;
  };
  EXPECT_EQ(where("calibration/constants.csv", "key,value,groups,from\nx,much,1,fit\n"), "calibration/constants.csv:2");
  EXPECT_EQ(where("calibration/constants.csv", "key,value\n"), "calibration/constants.csv:1");
  EXPECT_EQ(where("calibration/bands.csv", "key,log_low,log_high,groups\na,-1,1,1\nb,1,-1,1\n"),
            "calibration/bands.csv:3");
  EXPECT_EQ(where("calibration/info.csv", "key,value\nweather,fine\n"), "calibration/info.csv:2");
}

}  // namespace
}  // namespace rigwise
