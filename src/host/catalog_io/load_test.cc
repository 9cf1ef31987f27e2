#include "host/catalog_io/load.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>

#include "host/files/files.h"

namespace rigwise {
namespace {

namespace fs = std::filesystem;

const std::string kFrozen = std::string(RIGWISE_SOURCE_DIR) + "/tests/catalog";

TEST(CatalogIo, TheEmbeddedBundleIsTheCatalogOfTheSourceTree) {
  const auto embedded = load_catalog({});
  ASSERT_TRUE(embedded.has_value()) << embedded.error().message;
  EXPECT_TRUE(embedded->diagnostics.empty());
  const auto folder = load_catalog_folder(std::string(RIGWISE_SOURCE_DIR) + "/catalog", {});
  ASSERT_TRUE(folder.has_value());
  EXPECT_EQ(embedded->catalog.content_hash, folder->catalog.content_hash);
  EXPECT_EQ(embedded->catalog.measurements.size(), folder->catalog.measurements.size());
}

TEST(CatalogIo, TheEmbeddedCatalogIsAsLargeAsPromised) {
  const Catalog catalog = load_catalog({})->catalog;
  EXPECT_GE(catalog.devices.size(), 350u);
  EXPECT_GE(catalog.models.size(), 170u);
  EXPECT_GE(catalog.api_prices.size(), 400u);
  EXPECT_GE(catalog.measurements.size(), 3882u);
  EXPECT_TRUE(check_catalog(catalog).empty());
}

class Overlay : public testing::Test {
 protected:
  void SetUp() override {
    folder_ = (fs::temp_directory_path() / ("rigwise-overlay-" + std::to_string(getpid()))).string();
    fs::remove_all(folder_);
  }
  void TearDown() override { fs::remove_all(folder_); }
  void put(const std::string& path, std::string_view text) {
    const std::string file = folder_ + "/" + path;
    ASSERT_TRUE(make_folder(file.substr(0, file.rfind('/'))).has_value());
    ASSERT_TRUE(write_file_atomically(file, text).has_value());
  }
  std::string folder_;
};

TEST_F(Overlay, AUsersFolderIsLaidOver) {
  put("prices/rates.csv", "date,currency,per_usd,source,confidence\n2026-11-20,CHF,0.9,me,high\n");
  const auto plain = load_catalog_folder(kFrozen, {});
  const auto laid = load_catalog_folder(kFrozen, {folder_});
  ASSERT_TRUE(laid.has_value());
  EXPECT_EQ(laid->catalog.rates.size(), plain->catalog.rates.size() + 1);
  EXPECT_EQ(laid->catalog.devices.size(), plain->catalog.devices.size());
}

TEST_F(Overlay, FaultsNameTheUsersOwnFile) {
  put("devices/my-card.toml", "id = \"my-card\"\nname = \"My card\"\nbandwidth = 3\n");
  const auto laid = load_catalog({folder_});
  ASSERT_TRUE(laid.has_value());
  ASSERT_FALSE(laid->diagnostics.empty());
  EXPECT_EQ(laid->diagnostics.front().file, folder_ + "/devices/my-card.toml");
}

TEST_F(Overlay, AFolderThatIsNotThereIsAnError) {
  const auto laid = load_catalog({folder_});
  ASSERT_FALSE(laid.has_value());
  EXPECT_EQ(laid.error().code, ErrorCode::not_found);
  EXPECT_NE(laid.error().message.find(folder_), std::string::npos);
}

}  // namespace
}  // namespace rigwise
