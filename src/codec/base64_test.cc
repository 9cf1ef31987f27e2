#include "codec/base64.h"

#include <gtest/gtest.h>

namespace rigwise {
namespace {

TEST(Base64, ReadsBackWhatItWrites) {
  std::string bytes;
  for (int i = 0; i < 300; ++i) {
    EXPECT_EQ(decode_base64(encode_base64(bytes)).value(), bytes) << i << " bytes";
    bytes += static_cast<char>(i * 37);
  }
}

TEST(Base64, KnowsTheVectorsOfTheStandard) {
  EXPECT_EQ(encode_base64("foobar"), "Zm9vYmFy");
  EXPECT_EQ(encode_base64("fooba"), "Zm9vYmE=");
  EXPECT_EQ(encode_base64("foob"), "Zm9vYg==");
  EXPECT_EQ(decode_base64("Zm9v\nYg").value(), "foob") << "no padding, a line end inside";
  EXPECT_EQ(decode_base64("_-8=").value(), decode_base64("/+8=").value()) << "the alphabet of addresses";
}

TEST(Base64, RefusesWhatIsNone) {
  for (const char* text : {"Zm9v!", "Z", "Zm9=v", "Zm===", "Zm9vY"}) EXPECT_FALSE(decode_base64(text)) << text;
}

}  // namespace
}  // namespace rigwise
