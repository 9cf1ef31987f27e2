#include <gtest/gtest.h>

#include "core/facts/catalog.h"
#include "core/facts/setup.h"

namespace rigwise {
namespace {

Device device(std::string id, std::vector<std::string> aliases = {}, std::vector<BuildPart> parts = {}) {
  Device d;
  d.id = id;
  d.name = id;
  d.aliases = std::move(aliases);
  d.parts = std::move(parts);
  return d;
}

Catalog small_catalog() {
  Catalog c;
  c.devices = {device("nvidia-geforce-rtx-4090", {"rtx 4090", "4090"}),
               device("nvidia-geforce-rtx-5090", {"rtx-5090"}),
               device("nvidia-rtx-a6000", {"rtx-a6000"}),
               device("framework-desktop-128gb", {"Ryzen AI Max+ 395", "8060S"}),
               device("quad-a6000-build", {"2x twin tower"}, {{"nvidia-rtx-a6000", 4}, {"rtx 4090", 1}}),
               device("looped-build", {}, {{"looped-build", 1}}),
               device("twin-one", {"twin"}),
               device("twin-two", {"twin"})};
  Link ethernet;
  ethernet.id = "ethernet-25g";
  ethernet.aliases = {"25gbe"};
  c.links = {ethernet};
  Format weights, kv;
  weights.id = "q8_0";
  kv.id = "kv-q8_0";
  kv.aliases = {"q8_0"};
  kv.for_kv_cache = true;
  c.formats = {weights, kv};
  c.index_names();
  return c;
}

TEST(Facts, NamesAreFoundByIdAliasAndFoldedSpelling) {
  const Catalog c = small_catalog();
  for (const char* name : {"nvidia-geforce-rtx-4090", "RTX 4090", "rtx_4090", "4090", "NVIDIA GeForce RTX 4090"})
    EXPECT_EQ(c.device(name).value()->id, "nvidia-geforce-rtx-4090") << name;
}

TEST(Facts, AnUnknownNameIsRefusedWithTheNearestNames) {
  const Catalog c = small_catalog();
  const auto found = c.device("rtx 409");
  ASSERT_FALSE(found.has_value());
  EXPECT_EQ(found.error().code, ErrorCode::not_found);
  EXPECT_EQ(found.error().message, "no device is called \"rtx 409\"");
  ASSERT_FALSE(found.error().did_you_mean.empty());
  EXPECT_EQ(found.error().did_you_mean[0], "rtx 4090");
}

TEST(Facts, ANameOfTwoRecordsIsAmbiguousAndNamesBoth) {
  const auto found = small_catalog().device("Twin");
  ASSERT_FALSE(found.has_value());
  EXPECT_EQ(found.error().code, ErrorCode::ambiguous);
  EXPECT_EQ(found.error().did_you_mean, (std::vector<std::string>{"twin-one", "twin-two"}));
}

TEST(Facts, AnIdWinsOverAnAliasWhicheverComesFirst) {
  NameIndex names;
  EXPECT_TRUE(names.add("other", 0, true));
  EXPECT_TRUE(names.add("m4", 0, false));
  EXPECT_FALSE(names.add("m4", 1, true));
  EXPECT_FALSE(names.add("M 4", 2, false));
  EXPECT_EQ(names.find("m4", "device").value(), 1u);
}

TEST(Facts, WeightAndCacheFormatsMayShareAName) {
  const Catalog c = small_catalog();
  EXPECT_EQ(c.format("q8_0").value()->id, "q8_0");
  EXPECT_EQ(c.kv_format("q8_0").value()->id, "kv-q8_0");
}

TEST(Facts, ASetupIsPartsWithCountsAndLinks) {
  const Catalog c = small_catalog();
  const rigwise::Setup one = parse_setup(c, "rtx 4090").value();
  EXPECT_TRUE(one.is_single());
  const rigwise::Setup linked = parse_setup(c, "4x framework-desktop-128gb@25gbe").value();
  ASSERT_EQ(linked.parts.size(), 1u);
  EXPECT_EQ(linked.parts[0].count, 4);
  EXPECT_EQ(linked.parts[0].link->id, "ethernet-25g");
  const rigwise::Setup mixed = parse_setup(c, " 2x rtx-a6000 + rtx-4090 ").value();
  ASSERT_EQ(mixed.parts.size(), 2u);
  EXPECT_EQ(mixed.device_count(), 3);
  EXPECT_EQ(mixed.parts[1].device->id, "nvidia-geforce-rtx-4090");
  EXPECT_EQ(parse_setup(c, "2 \xc3\x97 4090+rtx-a6000").value().device_count(), 3);
}

TEST(Facts, APlusInsideANameDoesNotCutIt) {
  const Catalog c = small_catalog();
  const rigwise::Setup setup = parse_setup(c, "2x Ryzen AI Max+ 395@25gbe + 4090").value();
  ASSERT_EQ(setup.parts.size(), 2u);
  EXPECT_EQ(setup.parts[0].device->id, "framework-desktop-128gb");
  EXPECT_EQ(setup.parts[0].count, 2);
}

TEST(Facts, AWholeBuildStandsForItsParts) {
  const Catalog c = small_catalog();
  const rigwise::Setup setup = parse_setup(c, "2x quad-a6000-build").value();
  ASSERT_EQ(setup.parts.size(), 2u);
  EXPECT_EQ(setup.parts[0].device->id, "nvidia-rtx-a6000");
  EXPECT_EQ(setup.parts[0].count, 8);
  EXPECT_EQ(setup.parts[0].build->id, "quad-a6000-build");
  EXPECT_EQ(parse_setup(c, "2x twin tower").value().device_count(), 5) << "a name that starts like a count";
}

TEST(Facts, SetupErrorsQuoteThePartAtFault) {
  const Catalog c = small_catalog();
  const auto message = [&c](std::string_view text) {
    const auto setup = parse_setup(c, text);
    return setup ? std::string("accepted") : setup.error().message;
  };
  EXPECT_EQ(message("2x rtx-a6000 + rtx 409"), "no device is called \"rtx 409\"");
  EXPECT_EQ(message("rtx 409 + 2x rtx-a6000"), "no device is called \"rtx 409\"");
  EXPECT_EQ(message("4x rtx 4090@26gbe"), "no link is called \"26gbe\"");
  EXPECT_EQ(message("0x rtx 4090"), "the count in \"0x rtx 4090\" is 0");
  EXPECT_EQ(message("99999999999999999999x 4090"),
            "the count in \"99999999999999999999x 4090\" is 99999999999999999999");
  EXPECT_EQ(message("4090 +"), "a part of the set-up is empty");
  EXPECT_EQ(message("  "), "the set-up is empty");
  EXPECT_EQ(message("looped-build"), "the build \"looped-build\" contains itself");
  EXPECT_EQ(message("1024x rtx 4090"), "the count in \"1024x rtx 4090\" is 1024");
  EXPECT_EQ(message("60x 4090 + 60x 4090"), "the set-up \"60x 4090 + 60x 4090\" has 120 devices");
  EXPECT_EQ(parse_setup(c, "rtx 409").error().where, "setup");
}

TEST(Facts, AShortNameThatSeveralHaveIsAmbiguousAndNamesThem) {
  const Catalog c = small_catalog();
  const auto found = c.device("geforce rtx");
  ASSERT_FALSE(found.has_value());
  EXPECT_EQ(found.error().code, ErrorCode::ambiguous);
  EXPECT_EQ(found.error().message, "\"geforce rtx\" is ambiguous: 2 devices have it in their names");
  EXPECT_EQ(found.error().did_you_mean,
            (std::vector<std::string>{"nvidia-geforce-rtx-4090", "nvidia-geforce-rtx-5090"}));
  EXPECT_EQ(exit_status(found.error().code), 2);
  EXPECT_EQ(c.device("framework").error().code, ErrorCode::not_found) << "one record: its name is still another";
}

/// Cards with and without links of their own, and a machine without slots.
Catalog linked_catalog() {
  Catalog c;
  Device plain = device("plain-card"), bridged = device("bridged-card"), silent = device("silent-card");
  Device sealed = device("sealed-desktop");
  for (Device* d : {&plain, &bridged, &silent}) {
    d->vendor = "NVIDIA";
    d->pcie = "4.0x16";
  }
  plain.peer_to_peer = false;
  bridged.interconnect = "nvlink-bridge";
  bridged.max_linked = 2;
  sealed.kind = DeviceKind::desktop;
  sealed.interconnect = "tb4";
  c.devices = {plain, bridged, silent, sealed};
  const auto link = [](const char* id, const char* kind, double rate, std::vector<std::string> aliases = {}) {
    Link l;
    l.id = l.name = id;
    l.kind = kind;
    l.bandwidth = gbps(rate);
    l.aliases = std::move(aliases);
    return l;
  };
  c.links = {link("nvlink-4", "nvlink", 380, {"nvlink"}),
             link("nvlink-bridge", "nvlink", 45),
             link("pcie-4-x16", "pcie", 25, {"pcie"}),
             link("pcie-5-x16", "pcie", 50),
             link("pcie-4-x8", "pcie", 12.5),
             link("tb4", "thunderbolt", 2.5),
             link("tb5", "thunderbolt", 5),
             link("10gbe", "ethernet", 1.15)};
  c.index_names();
  return c;
}

TEST(Facts, ALinkThatADeviceCannotHaveIsRefusedWithThoseItHas) {
  const Catalog c = linked_catalog();
  const auto refused = [&c](std::string_view text) {
    const auto setup = parse_setup(c, text);
    return setup ? std::string("accepted") : setup.error().message + "; " + setup.error().try_this;
  };
  const std::string network = "a network between machines, such as @10gbe";
  EXPECT_EQ(refused("2x plain-card@nvlink"), "plain-card has no NVLink; @pcie-4-x16 or " + network);
  EXPECT_EQ(refused("2x bridged-card@nvlink-4"),
            "bridged-card has nvlink-bridge, not nvlink-4; @nvlink-bridge, @pcie-4-x16 or " + network);
  EXPECT_EQ(refused("4x bridged-card@nvlink"),
            "nvlink-bridge joins at most 2 x bridged-card, not 4; @nvlink-bridge, "
            "@pcie-4-x16 or " +
                network);
  EXPECT_EQ(refused("2x plain-card@pcie-5-x16"),
            "plain-card has pcie-4-x16, which is slower than pcie-5-x16; @pcie-4-x16 or " + network);
  EXPECT_EQ(refused("2x sealed-desktop@pcie"),
            "sealed-desktop has no PCIe slot for a link to another; @tb4 or " + network);
  EXPECT_EQ(refused("2x sealed-desktop@tb5"), "sealed-desktop has tb4, which is slower than tb5; @tb4 or " + network);
  EXPECT_EQ(refused("2x sealed-desktop@nvlink"), "sealed-desktop has no NVLink; @tb4 or " + network);
  for (const char* text :
       {"2x plain-card@10gbe", "2x plain-card@pcie-4-x8", "2x sealed-desktop@10gbe", "2x silent-card@nvlink"})
    EXPECT_EQ(refused(text), "accepted");
}

TEST(Facts, AKindOfLinkMeansTheDevicesOwn) {
  const Catalog c = linked_catalog();
  EXPECT_EQ(parse_setup(c, "2x bridged-card@nvlink").value().parts[0].link->id, "nvlink-bridge");
  EXPECT_EQ(parse_setup(c, "2x silent-card@pcie").value().parts[0].link->id, "pcie-4-x16");
}

TEST(Facts, AModelsDepthAndKindFollowItsLayers) {
  Llm model;
  model.kind = LlmKind::moe;
  EXPECT_TRUE(model.is_moe()) << "a closed model states its kind only";
  LayerGroup dense, sparse;
  dense.count = 3;
  sparse.count = 58;
  model.layers = {dense};
  EXPECT_FALSE(model.is_moe());
  sparse.ffn = FfnKind::moe;
  model.layers.push_back(sparse);
  EXPECT_TRUE(model.is_moe());
  EXPECT_EQ(model.depth(), 61);
}

}  // namespace
}  // namespace rigwise
