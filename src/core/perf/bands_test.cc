#include "core/perf/bands.h"

#include <gtest/gtest.h>

#include <cmath>

namespace rigwise {
namespace {

std::vector<BandResidual> spread(const char* backend, int devices, int groups_each, double width) {
  std::vector<BandResidual> residuals;
  for (int d = 0; d < devices; ++d) {
    for (int g = 0; g < groups_each; ++g) {
      BandResidual r;
      r.error_class = "decode";
      r.backend = backend;
      r.engine = "llama.cpp";
      r.device = "card-" + std::to_string(d);
      r.log_ratio = width * (2.0 * (d + 0.5) / devices - 1);
      residuals.push_back(r);
    }
  }
  return residuals;
}

Calibration with(std::vector<BandRecord> bands) {
  Calibration c;
  c.bands = std::move(bands);
  c.reindex();
  return c;
}

TEST(Bands, CoverFourOfFiveDevices) {
  const Calibration c = with(fit_bands(spread("cuda", 100, 1, 0.5)));
  const LogBand band = band_for(c, "decode", Tier::t3_same_backend, "cuda", "llama.cpp", 0.8);
  EXPECT_NEAR(band.low, -0.4, 0.02);
  EXPECT_NEAR(band.high, 0.4, 0.02);
}

TEST(Bands, WeighDevicesNotRows) {
  std::vector<BandResidual> residuals = spread("cuda", 30, 1, 0.1);
  std::vector<BandResidual> chatty = spread("cuda", 1, 300, 0);
  for (BandResidual& r : chatty) {
    r.device = "chatty";
    r.log_ratio = 3;
  }
  residuals.insert(residuals.end(), chatty.begin(), chatty.end());
  const Calibration c = with(fit_bands(residuals));
  EXPECT_LT(band_for(c, "decode", Tier::t3_same_backend, "cuda", "llama.cpp", 0.8).high, 0.2);
}

TEST(Bands, FallBackToTheParentWhenAGroupIsSmall) {
  std::vector<BandResidual> residuals = spread("cuda", 40, 1, 0.2);
  const std::vector<BandResidual> few = spread("vulkan", 5, 1, 2);
  residuals.insert(residuals.end(), few.begin(), few.end());
  const Calibration c = with(fit_bands(residuals));
  EXPECT_EQ(c.find_band("decode/t3/vulkan"), nullptr);
  const LogBand parent = band_for(c, "decode", Tier::t3_same_backend, "vulkan", "llama.cpp", 0.8);
  EXPECT_DOUBLE_EQ(parent.high, c.find_band("decode/t3")->log_high);
}

TEST(Bands, OfFewDevicesFallBackToTheParent) {
  std::vector<BandResidual> residuals = spread("cuda", 40, 1, 0.2);
  const std::vector<BandResidual> few = spread("vulkan", 5, 30, 2);
  residuals.insert(residuals.end(), few.begin(), few.end());
  EXPECT_EQ(with(fit_bands(residuals)).find_band("decode/t3/vulkan"), nullptr) << "150 groups, but of five devices";
}

TEST(Bands, NearerEvidenceIsNeverWiderThanAStrangers) {
  const Calibration c = with({{"decode/t2/metal", -2.2, 0.1, 30}, {"decode/t3", -0.3, 0.2, 500}});
  const LogBand band = band_for(c, "decode", Tier::t2_same_device, "metal", "llama.cpp", 0.8);
  EXPECT_DOUBLE_EQ(band.low, -0.3);
  EXPECT_DOUBLE_EQ(band.high, 0.1);
}

TEST(Bands, WidenWithTheLevel) {
  const Calibration c = prior_calibration();
  const LogBand at80 = band_for(c, "decode", Tier::t3_same_backend, "cuda", "llama.cpp", 0.8);
  const LogBand at95 = band_for(c, "decode", Tier::t3_same_backend, "cuda", "llama.cpp", 0.95);
  EXPECT_NEAR(at95.high / at80.high, 3.0 / 1.609, 0.01) << "ln 20 / ln 5: long tails";
}

TEST(Bands, NearerEvidenceIsNeverWiderUnderThePriors) {
  const Calibration c = prior_calibration();
  double last = 0;
  for (const Tier tier : {Tier::t0_measured_here, Tier::t1_same_device_and_model, Tier::t2_same_device,
                          Tier::t3_same_backend, Tier::t4_first_principles, Tier::t5_borrowed}) {
    const LogBand band = band_for(c, "decode", tier, "cuda", "llama.cpp", 0.8);
    EXPECT_GT(band.high - band.low, last);
    last = band.high - band.low;
  }
}

TEST(Bands, SeveralDevicesAreLessSureThanOne) {
  const Calibration c = prior_calibration();
  const LogBand one = band_for(c, "decode", Tier::t2_same_device, "cuda", "vllm", 0.8);
  const LogBand many = band_for(c, "many", Tier::t2_same_device, "cuda", "vllm", 0.8);
  EXPECT_GT(many.high, one.high);
}

TEST(Bands, WidenBeyondWhatWasMeasured) {
  EXPECT_EQ(widening_outside(65536, 32, 8), 1);
  EXPECT_DOUBLE_EQ(widening_outside(131072, 1, 1), 1.25);
  EXPECT_DOUBLE_EQ(widening_outside(131072, 64, 16), 1.25 * 1.25 * 1.25);
}

}  // namespace
}  // namespace rigwise
