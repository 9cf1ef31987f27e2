#include "codec/catalog_text.h"

#include <gtest/gtest.h>

#include "codec/catalog_files_for_tests.h"

namespace rigwise {
namespace {

using for_tests::edit;

std::vector<CatalogFile> frozen_catalog() { return for_tests::frozen_catalog(RIGWISE_SOURCE_DIR); }

constexpr const char* kCard = "devices/nvidia/nvidia-geforce-rtx-4090.toml";

std::string words(const std::vector<Diagnostic>& faults) {
  std::string out;
  for (const Diagnostic& f : faults)
    out += f.file + ":" + std::to_string(f.line) + " [" + f.key + "] " + f.message + " | " + f.try_this + "\n";
  return out;
}

/// The faults of the frozen catalog after one edit.
std::string faults_after(std::string_view path, std::string_view from, std::string_view to) {
  std::vector<CatalogFile> files = frozen_catalog();
  EXPECT_TRUE(edit(files, path, from, to)) << path << " has no " << from;
  return words(decode_catalog(files).diagnostics);
}

TEST(CatalogText, TheFrozenCatalogHasNoFaults) {
  const LoadedCatalog loaded = decode_catalog(frozen_catalog());
  EXPECT_EQ(words(loaded.diagnostics), "");
  EXPECT_EQ(words(check_catalog(loaded.catalog)), "");
  EXPECT_EQ(loaded.catalog.as_of, "2026-11-21");
  EXPECT_GE(loaded.catalog.devices.size(), 8u);
}

TEST(CatalogText, ACardHasTheFactsOfItsFile) {
  const Catalog catalog = decode_catalog(frozen_catalog()).catalog;
  const Device& d = **catalog.device("4090");
  EXPECT_EQ(d.id, "nvidia-geforce-rtx-4090");
  EXPECT_EQ(d.kind, DeviceKind::gpu);
  EXPECT_EQ(in_gib(d.memory_capacity), 24);
  EXPECT_EQ(d.memory_bandwidth->value, 1008e9);
  EXPECT_EQ(d.fp16_peak->value, 165.2e12);
  EXPECT_EQ(d.fp4_peak, std::nullopt) << "an absent key is unknown, not zero";
  EXPECT_EQ(d.peer_to_peer, false);
  EXPECT_EQ(d.slots, 3);
  EXPECT_EQ(d.noise_class, NoiseClass::loud);
  ASSERT_FALSE(d.quotes.empty());
  EXPECT_EQ(d.quotes[0].amount, 1599);
  EXPECT_TRUE(std::any_of(d.sources.begin(), d.sources.end(), is_soft));
}

TEST(CatalogText, AModelsLayersKeepTheirOrderAndDefaults) {
  const Catalog catalog = decode_catalog(frozen_catalog()).catalog;
  const Llm& m = **catalog.model("gpt-oss-20b");
  EXPECT_TRUE(m.is_moe());
  EXPECT_EQ(m.depth(), 24);
  ASSERT_EQ(m.layers.size(), 2u);
  EXPECT_EQ(m.layers[0].attention, AttentionKind::sliding);
  EXPECT_EQ(m.layers[0].window, 128);
  EXPECT_EQ(m.layers[1].attention, AttentionKind::full);
  EXPECT_TRUE(m.layers[1].ffn_gated);
}

TEST(CatalogText, ATensorClassWithoutBitsWeighsWhatTheWholeModelDoes) {
  std::vector<CatalogFile> files = frozen_catalog();
  ASSERT_TRUE(edit(files, "formats/q4_k_m.toml", "attention = 4.603\n", ""));
  ASSERT_TRUE(edit(files, "formats/q4_k_m.toml", "other = 32.0\n", ""));
  const Catalog catalog = decode_catalog(files).catalog;
  const WeightBits& bits = (*catalog.format("Q4_K_M"))->bits;
  EXPECT_EQ(bits.attention, bits.whole_model);
  EXPECT_EQ(bits.output, 6.5625);
  EXPECT_EQ(bits.other, 32) << "norms stay unquantised in GGUF";
}

TEST(CatalogText, ABundleSaysWhatTheFilesSay) {
  const std::vector<CatalogFile> files = frozen_catalog();
  const LoadedCatalog from_files = decode_catalog(files);
  const Result<std::string> bundle = write_bundle(files);
  ASSERT_TRUE(bundle.has_value());
  const Result<LoadedCatalog> from_bundle = read_bundle(*bundle);
  ASSERT_TRUE(from_bundle.has_value());
  EXPECT_EQ(words(from_bundle->diagnostics), "");
  const Catalog &a = from_files.catalog, &b = from_bundle->catalog;
  EXPECT_EQ(a.content_hash, b.content_hash);
  EXPECT_EQ(a.content_hash.size(), 64u);
  EXPECT_EQ(a.as_of, b.as_of);
  ASSERT_EQ(a.devices.size(), b.devices.size());
  for (std::size_t i = 0; i < a.devices.size(); ++i) {
    const Device &x = a.devices[i], &y = b.devices[i];
    EXPECT_EQ(x.id, y.id);
    EXPECT_EQ(x.notes, y.notes);
    EXPECT_EQ(x.aliases, y.aliases);
    EXPECT_EQ(x.memory_bandwidth, y.memory_bandwidth);
    EXPECT_EQ(x.fp16_peak, y.fp16_peak);
    EXPECT_EQ(x.parts.size(), y.parts.size());
    EXPECT_EQ(x.quotes.size(), y.quotes.size());
    ASSERT_EQ(x.sources.size(), y.sources.size());
    for (std::size_t s = 0; s < x.sources.size(); ++s) EXPECT_EQ(x.sources[s].covers, y.sources[s].covers);
  }
  ASSERT_EQ(a.models.size(), b.models.size());
  for (std::size_t i = 0; i < a.models.size(); ++i) {
    EXPECT_EQ(a.models[i].params_total, b.models[i].params_total);
    EXPECT_EQ(a.models[i].depth(), b.models[i].depth());
    EXPECT_EQ(a.models[i].hf_repo, b.models[i].hf_repo);
  }
  ASSERT_EQ(a.engines.size(), b.engines.size());
  for (std::size_t i = 0; i < a.engines.size(); ++i) EXPECT_EQ(a.engines[i].features, b.engines[i].features);
  EXPECT_EQ(a.formats.size(), b.formats.size());
  EXPECT_EQ(a.links.size(), b.links.size());
  EXPECT_EQ(a.hosts.size(), b.hosts.size());
  EXPECT_EQ(a.classes.size(), b.classes.size());
  EXPECT_EQ(a.roles.size(), b.roles.size());
  EXPECT_EQ(a.dossiers.size(), b.dossiers.size());
  EXPECT_EQ(a.api_prices.size(), b.api_prices.size());
  ASSERT_EQ(a.measurements.size(), b.measurements.size());
  for (std::size_t i = 0; i < a.measurements.size(); ++i)
    EXPECT_EQ(a.measurements[i].unit_note, b.measurements[i].unit_note);
}

TEST(CatalogText, TextOfAnyKindSurvivesTheBundle) {
  const std::string notes = "[odd]\\t\t \\\\ \"quotes\" é\nsecond line";
  std::vector<CatalogFile> files = frozen_catalog();
  ASSERT_TRUE(edit(files, kCard, "[memory]", "[memory]\n"));
  for (CatalogFile& file : files) {
    if (file.path != kCard) continue;
    const std::size_t at = file.text.find("notes = ");
    file.text.replace(at, file.text.find('\n', at) - at, "notes = '''" + notes + "'''");
    file.text.insert(file.text.find("aliases = [") + 11, "'''[one\n\ttwo''', ");
  }
  const Result<LoadedCatalog> loaded = read_bundle(write_bundle(files).value());
  ASSERT_TRUE(loaded.has_value());
  const Device& d = **loaded->catalog.device("nvidia-geforce-rtx-4090");
  EXPECT_EQ(d.notes, notes);
  EXPECT_EQ(d.aliases[0], "[one\n\ttwo");
}

TEST(CatalogText, TheSameFilesInAnyOrderGiveTheSameBytes) {
  std::vector<CatalogFile> files = frozen_catalog();
  const std::string bundle = write_bundle(files).value();
  std::reverse(files.begin(), files.end());
  EXPECT_EQ(write_bundle(files).value(), bundle);
}

TEST(CatalogText, TheContentHashCoversFactsButNotTheCalibration) {
  std::vector<CatalogFile> files = frozen_catalog();
  const std::string hash = decode_catalog(files).catalog.content_hash;
  files.push_back({"calibration/bands.csv", "key,log_low,log_high,groups\n"});
  files.push_back({"README.md", "words"});
  EXPECT_EQ(decode_catalog(files).catalog.content_hash, hash);
  ASSERT_TRUE(edit(files, kCard, "1008", "1009"));
  EXPECT_NE(decode_catalog(files).catalog.content_hash, hash);
}

TEST(CatalogText, AnythingButABundleIsRefused) {
  const std::string bundle = write_bundle(frozen_catalog()).value();
  const auto code = [](std::string_view text) {
    const auto loaded = read_bundle(text);
    return loaded ? "accepted" : error_code_name(loaded.error().code);
  };
  EXPECT_STREQ(code(""), "corrupt_data");
  EXPECT_STREQ(code("rigwise-bundle 2\n"), "corrupt_data");
  EXPECT_STREQ(code(bundle + "x"), "corrupt_data");
  for (std::size_t cut = 0; cut < bundle.size(); cut += 997) EXPECT_STREQ(code(bundle.substr(0, cut)), "corrupt_data");
  std::string other_schema = bundle;
  other_schema.replace(other_schema.find("schema 1"), 8, "schema 9");
  EXPECT_STREQ(code(other_schema), "corrupt_data");
}

TEST(CatalogText, AnOverlayAddsAndReplaces) {
  const std::vector<CatalogFile> files = frozen_catalog();
  Catalog catalog = decode_catalog(files).catalog;
  const std::size_t before = catalog.devices.size(), prices = catalog.price_observations.size();
  const std::string hash = catalog.content_hash;
  std::string card;
  for (const CatalogFile& file : files)
    if (file.path == kCard) card = file.text;
  std::string replaced = card, added = card;
  replaced.replace(replaced.find("capacity_gib = 24"), 17, "capacity_gib = 48");
  added.replace(added.find("id = \"nvidia-geforce-rtx-4090\""), 30, "id = \"my-card\"");
  const auto line = [&added](std::string_view key) {
    const std::size_t at = added.find(key);
    added.erase(at, added.find('\n', at) - at + 1);
  };
  line("aliases");
  line("name = ");
  added.insert(added.find('\n') + 1, "name = \"My card\"\n");
  const auto faults = overlay_catalog(
      catalog, {{"devices/mine.toml", replaced.replace(0, 0, "# my measurements say otherwise\n")},
                {"devices/my-card.toml", added},
                {"prices/observations.csv",
                 "item_id,price_low,currency,price_kind,date,source\nmy-card,100,EUR,used,2026-11,me\n"}});
  // The id is the file's name, so a replacement keeps it too.
  ASSERT_EQ(
      words(faults),
      "devices/mine.toml:2 [id] the id is \"nvidia-geforce-rtx-4090\" but the file is called \"mine\" | one thing, "
      "one file: the id is the file's name\n");
  const auto good = overlay_catalog(catalog, {{"devices/nvidia-geforce-rtx-4090.toml", replaced}});
  EXPECT_EQ(words(good), "");
  EXPECT_EQ(catalog.devices.size(), before + 1);
  EXPECT_EQ(in_gib((*catalog.device("rtx 4090"))->memory_capacity), 48);
  EXPECT_EQ((*catalog.device("My Card"))->id, "my-card");
  EXPECT_EQ(catalog.price_observations.size(), prices + 1);
  EXPECT_NE(catalog.content_hash, hash);
}

TEST(CatalogText, ABrokenTomlIsOneFaultWithItsLine) {
  const std::string faults = faults_after(kCard, "capacity_gib = 24", "capacity_gib = = 24");
  EXPECT_EQ(faults.rfind(std::string(kCard) + ":15 [] ", 0), 0u) << faults;
  EXPECT_EQ(std::count(faults.begin(), faults.end(), '\n'), 1) << faults;
}

TEST(CatalogText, UnknownKeysAndTablesAreNamedWithTheNearest) {
  EXPECT_EQ(faults_after(kCard, "bandwidth_gbps", "bandwith_gbps"),
            std::string(kCard) +
                ":17 [memory.bandwith_gbps] unknown key \"bandwith_gbps\" | did you mean "
                "\"bandwidth_gbps\"?\n");
  EXPECT_EQ(faults_after(kCard, "[power]", "[powr]"),
            std::string(kCard) + ":28 [powr] unknown table \"powr\" | did you mean \"power\"?\n");
}

TEST(CatalogText, WrongTypesWordsRangesAndDatesAreFaults) {
  const std::string card = kCard;
  EXPECT_EQ(faults_after(kCard, "capacity_gib = 24", "capacity_gib = \"24\""),
            card + ":15 [memory.capacity_gib] \"capacity_gib\" must be a number, got text | \n");
  EXPECT_EQ(faults_after(kCard, "gpu_cores = 16384", "gpu_cores = 16384.5"),
            card + ":26 [compute.gpu_cores] \"gpu_cores\" must be a whole number, got a number | \n");
  EXPECT_EQ(faults_after(kCard, "kind = \"gpu\"", "kind = \"gpuu\""),
            card + ":5 [kind] \"gpuu\" is not a value of \"kind\" | did you mean \"gpu\"?\n");
  EXPECT_EQ(faults_after(kCard, "usable_fraction = 0.94", "usable_fraction = 94"),
            card + ":18 [memory.usable_fraction] \"usable_fraction\" is 94 | a number from 0.05 to 1\n");
  EXPECT_EQ(faults_after(kCard, "released = \"2022-10\"", "released = \"2022-13\""),
            card + ":10 [released] \"2022-13\" is not a date | YYYY, YYYY-MM or YYYY-MM-DD\n");
  EXPECT_EQ(faults_after(kCard, "[[price]]", "[price]"),
            card + ":46 [price] \"price\" is a list of tables | [[price]]\n");
}

TEST(CatalogText, MissingKeysAndSourcesAreFaults) {
  EXPECT_EQ(faults_after(kCard, "vendor = \"NVIDIA\"\n", ""),
            std::string(kCard) + ":0 [vendor] \"vendor\" is missing | \n");
  std::vector<CatalogFile> files = frozen_catalog();
  while (edit(files, "links/25gbe.toml", "[[source]]", "[[sorce]]")) continue;
  const std::string faults = words(decode_catalog(files).diagnostics);
  EXPECT_NE(faults.find("the record names no source"), std::string::npos) << faults;
  EXPECT_NE(faults.find("unknown table \"sorce\" | did you mean \"source\"?"), std::string::npos) << faults;
  EXPECT_NE(faults_after(kCard, "\"links.peer_to_peer\"", "\"lynx.peer_to_peer\"")
                .find("a source covers \"lynx.peer_to_peer\", which this kind of record does not have"),
            std::string::npos);
}

TEST(CatalogText, ALayerWithoutItsWidthsIsAFault) {
  const std::string faults = faults_after("models/llama-3.1/llama-3.1-8b.toml", "kv_heads = 8\n", "");
  EXPECT_NE(faults.find("[layers.kv_heads] \"layers.kv_heads\" is missing"), std::string::npos) << faults;
}

TEST(CatalogText, TwoFilesOfOneIdAreAFault) {
  std::vector<CatalogFile> files = frozen_catalog();
  for (const CatalogFile& file : frozen_catalog())
    if (file.path == kCard) files.push_back({"devices/other/nvidia-geforce-rtx-4090.toml", file.text});
  EXPECT_EQ(words(decode_catalog(files).diagnostics),
            "devices/other/nvidia-geforce-rtx-4090.toml:0 [id] \"nvidia-geforce-rtx-4090\" is also the id of " +
                std::string(kCard) + " | one thing, one file\n");
}

TEST(CatalogText, BadTableCellsAreFaultsWithTheirLine) {
  EXPECT_NE(
      faults_after("prices/rates.csv", "CAD", "CAD$").find("prices/rates.csv:2 [currency] \"CAD$\" is not a currency"),
      std::string::npos);
  EXPECT_NE(faults_after("prices/api.csv", "provider,", "supplier,").find("the column \"provider\" is missing"),
            std::string::npos);
  EXPECT_NE(faults_after("measurements/kyuz0-amd-strix-halo.csv", ",decode,", ",decod,").find("phase is \"decod\""),
            std::string::npos);
}

TEST(CatalogText, AStrayFileIsAWarning) {
  std::vector<CatalogFile> files = frozen_catalog();
  files.push_back({"device/nvidia/x.toml", ""});
  const auto faults = decode_catalog(files).diagnostics;
  ASSERT_EQ(faults.size(), 1u);
  EXPECT_FALSE(faults[0].is_error);
  EXPECT_EQ(faults[0].message, "no part of the catalog has files here; it is ignored");
}

TEST(CatalogText, ARecordWithAFaultIsLeftOutAndABundleOfItIsRefused) {
  std::vector<CatalogFile> files = frozen_catalog();
  ASSERT_TRUE(edit(files, kCard, "capacity_gib = 24", "capacity_gib = -1"));
  EXPECT_FALSE(decode_catalog(files).catalog.device("nvidia-geforce-rtx-4090").has_value());
  const auto bundle = write_bundle(files);
  ASSERT_FALSE(bundle.has_value());
  EXPECT_EQ(bundle.error().where, std::string(kCard) + ":15");
}

TEST(CatalogText, AnotherSchemaIsRefused) {
  EXPECT_EQ(faults_after("catalog.toml", "schema = 1", "schema = 2"),
            "catalog.toml:1 [schema] the files have schema 2 | this program reads schema 1\n");
}

}  // namespace
}  // namespace rigwise
