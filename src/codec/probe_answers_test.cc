#include "codec/probe_answers.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "codec/probe_readers.h"
#include "core/base/units.h"

namespace rigwise {
namespace {

using testing::HasSubstr;
using testing::Not;

TEST(ProbeReport, IsReadAsItWasWritten) {
  const std::vector<ProbeAnswer> answers = {{"uname", "Linux x 6.1\n"}, {"meminfo", "MemTotal: 8 kB\n"}};
  const std::vector<ProbeAnswer> again = parse_probe_report("a mail's greeting\n" + write_probe_report(answers));
  ASSERT_GE(again.size(), 2U);
  EXPECT_EQ(again[0].name, "uname");
  EXPECT_EQ(again[0].text, "Linux x 6.1\n");
  EXPECT_EQ(again[1].name, "meminfo");
}

TEST(ProbeNumbers, AreReadWithTheirUnit) {
  EXPECT_EQ(bytes_in("24564 MiB", 1), 24564 * kMib);
  EXPECT_EQ(bytes_in("16 GB", 1), 16 * kGib);
  EXPECT_EQ(bytes_in("65010204 kB", 1), 65010204 * 1024.0);
  EXPECT_EQ(bytes_in("32768K", 1), 32768 * 1024.0);
  EXPECT_EQ(bytes_in("191", kMib), 191 * kMib);
  EXPECT_FALSE(bytes_in("[N/A]", 1));
  EXPECT_EQ(leading_number("16x"), 16);
  EXPECT_FALSE(leading_number("x16"));
}

TEST(ProbeAddresses, AreOneForAllTools) {
  for (const char* spelling : {"00000000:01:00.0", "0000:01:00.0", "01:00.0", "0000:01:00.0 "}) {
    EXPECT_EQ(pci_address(spelling), "0000:01:00.0") << spelling;
  }
  EXPECT_EQ(pci_address("0000000F:01:00.0"), "000f:01:00.0");
}

TEST(Redaction, TakesWhatNamesOneMachine) {
  const std::string text = redact_probe_text(
      "\tSerial Number: PF3ABCDE\n"
      "\tUUID: 4c4c4544-0042-3510-8057-b3c04f4e4d32\n"
      "\t<serial>1320221012345</serial>\n"
      "\t\t<uuid>GPU-5f6d7c8b-1234-4567-89ab-0123456789ab</uuid>\n"
      "  \"platform_UUID\" : \"0A1B2C3D-0000-1111-2222-333344445555\",\n"
      "  \"serial_number\" : \"C02XK0AAJGH5\",\n"
      "kern.hostname: annas-macbook.local\n"
      "link/ether 3c:7c:3f:1e:2d:4a\n"
      "Asset Tag: FIN-00417\n");
  for (const char* secret : {"PF3ABCDE", "4c4c4544", "1320221012345", "5f6d7c8b", "0A1B2C3D", "C02XK0AAJGH5", "annas",
                             "3c:7c:3f", "00417"}) {
    EXPECT_THAT(text, Not(HasSubstr(secret)));
  }
}

TEST(Redaction, KeepsWhatSaysWhatTheMachineIs) {
  const std::string text =
      "01:00.0 VGA compatible controller [0300]: NVIDIA Corporation AD102 [GeForce RTX 4090] [10de:2684] (rev a1)\n"
      "0, NVIDIA GeForce RTX 4090, 00000000:01:00.0, 560.35.03, 24564 MiB\n"
      "\tPart Number: F5-6000J3038F16G\n/sys/devices/system/cpu/online: 0-31\n\"machine_name\" : \"Mac Studio\",";
  EXPECT_EQ(redact_probe_text(text), text);
}

std::string structure(std::string formatted, const std::vector<std::string>& strings) {
  formatted[1] = static_cast<char>(formatted.size());
  for (const std::string& text : strings) formatted += text + '\0';
  if (strings.empty()) formatted += '\0';
  return formatted + '\0';
}

TEST(Smbios, TablesAreToldInTheWordsOfDmidecode) {
  std::string module(0x5C, '\0');
  module[0] = 17;
  const auto put = [&](std::size_t at, unsigned value) {
    module[at] = static_cast<char>(value & 255U);
    module[at + 1] = static_cast<char>((value >> 8U) & 255U);
  };
  put(0x0A, 64);      // data width
  put(0x0C, 0x7FFF);  // size: see extended
  put(0x1C, 65536 & 0xFFFF);
  module[0x1E] = 1;  // 65,536 MB
  module[0x10] = 1;  // locator
  module[0x11] = 2;  // bank
  module[0x12] = 0x22;
  put(0x15, 4800);
  module[0x18] = 3;  // serial number: never told
  put(0x20, 4400);
  const std::string tables = structure(module, {"DIMMA1", "P0 CHANNEL A", "SECRET"});
  const std::string text = describe_smbios(tables);
  for (const char* said : {"Memory Device", "Size: 65536 MB", "Type: DDR5", "Speed: 4800 MT/s",
                           "Configured Memory Speed: 4400 MT/s", "Bank Locator: P0 CHANNEL A"}) {
    EXPECT_THAT(text, HasSubstr(said));
  }
  EXPECT_THAT(text, Not(HasSubstr("SECRET")));
  const FactSheet sheet = read_probe_answers({{"dmidecode", text}});
  EXPECT_EQ(sheet.number("dimm/0/bytes"), 64 * kGib);
  EXPECT_EQ(sheet.number("dimm/0/mts"), 4400);
}

TEST(Smbios, BrokenTablesSayLess) {
  std::string tables =
      structure(std::string("\x01\x1B\x00\x00\x01\x02", 6) + std::string(21, '\0'), {"Maker", "Product"});
  for (std::size_t length = 0; length <= tables.size(); ++length) describe_smbios(tables.substr(0, length));
  EXPECT_THAT(describe_smbios(tables), HasSubstr("Product Name: Product"));
  EXPECT_EQ(describe_smbios(std::string(64, '\xff')), "");
}

}  // namespace
}  // namespace rigwise
