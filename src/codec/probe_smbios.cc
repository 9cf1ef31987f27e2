// SMBIOS: the raw tables, and what dmidecode makes of them.
#include <cstdint>

#include "codec/probe_answers.h"
#include "codec/probe_readers.h"
#include "core/base/text.h"
#include "core/base/units.h"

namespace rigwise {
namespace {

/// One structure of the tables: header of four bytes, formatted part, strings.
struct Structure {
  std::uint8_t type = 0;
  std::string_view body;                  ///< header included
  std::vector<std::string_view> strings;  ///< number 1 first

  std::uint8_t byte(std::size_t at) const {
    return at < body.size() ? static_cast<std::uint8_t>(body[at]) : std::uint8_t{0};
  }
  std::uint32_t word(std::size_t at) const { return byte(at) + 256U * byte(at + 1); }
  std::uint32_t quad(std::size_t at) const { return word(at) + 65536U * word(at + 2); }
  std::string_view string(std::size_t at) const {
    const std::size_t number = byte(at);
    return number == 0 || number > strings.size() ? std::string_view{} : strings[number - 1];
  }
};

/// The structure at `from`; moves it behind. Nothing where the tables end or break off.
std::optional<Structure> next_structure(std::string_view tables, std::size_t& from) {
  constexpr std::size_t kHeader = 4;
  constexpr std::uint8_t kEnd = 127;
  if (from + kHeader > tables.size()) return std::nullopt;
  Structure structure;
  structure.type = static_cast<std::uint8_t>(tables[from]);
  const std::size_t length = static_cast<std::uint8_t>(tables[from + 1]);
  if (length < kHeader || from + length > tables.size() || structure.type == kEnd) return std::nullopt;
  structure.body = tables.substr(from, length);
  std::size_t at = from + length;
  while (at < tables.size() && tables[at] != '\0') {
    const std::size_t end = tables.find('\0', at);
    if (end == std::string_view::npos) return std::nullopt;
    structure.strings.push_back(tables.substr(at, end - at));
    at = end + 1;
  }
  from = at + (structure.strings.empty() ? 2 : 1);
  return structure;
}

/// Memory kinds by number, SMBIOS 7.18.2.
const char* memory_kind(std::uint8_t number) {
  switch (number) {
    case 0x18: return "DDR3";
    case 0x1A: return "DDR4";
    case 0x1B: return "LPDDR";
    case 0x1C: return "LPDDR2";
    case 0x1D: return "LPDDR3";
    case 0x1E: return "LPDDR4";
    case 0x20: return "HBM";
    case 0x21: return "HBM2";
    case 0x22: return "DDR5";
    case 0x23: return "LPDDR5";
    case 0x24: return "HBM3";
    default: return "Unknown";
  }
}

void add_line(std::string& text, std::string_view key, std::string_view value) {
  if (!value.empty()) text.append("\t").append(key).append(": ").append(trim(value)).append("\n");
}

std::string memory_device(const Structure& s) {
  constexpr std::uint32_t kInKib = 0x8000, kExtended = 0x7FFF, kUnknown = 0xFFFF;
  const std::uint32_t size = s.word(0x0C);
  std::string text = "Memory Device\n";
  if (size == 0) {
    add_line(text, "Size", "No Module Installed");
  } else if (size == kExtended) {
    add_line(text, "Size", std::to_string(s.quad(0x1C) & 0x7FFFFFFFU) + " MB");
  } else if (size != kUnknown) {
    add_line(text, "Size", std::to_string(size & kExtended) + ((size & kInKib) != 0 ? " kB" : " MB"));
  }
  add_line(text, "Data Width", std::to_string(s.word(0x0A)) + " bits");
  add_line(text, "Locator", s.string(0x10));
  add_line(text, "Bank Locator", s.string(0x11));
  add_line(text, "Type", memory_kind(s.byte(0x12)));
  const auto rate = [&](std::size_t at, std::size_t extended) {
    return s.word(at) == kUnknown ? s.quad(extended) : s.word(at);
  };
  if (s.word(0x15) != 0) add_line(text, "Speed", std::to_string(rate(0x15, 0x54)) + " MT/s");
  add_line(text, "Manufacturer", s.string(0x17));
  add_line(text, "Part Number", s.string(0x1A));
  if (s.word(0x20) != 0) add_line(text, "Configured Memory Speed", std::to_string(rate(0x20, 0x58)) + " MT/s");
  return text;
}

std::string value_of_line(std::string_view line, std::string_view key) {
  const std::string_view text = trim(line);
  if (!text.starts_with(key) || text.size() <= key.size() || text[key.size()] != ':') return {};
  return std::string(trim(text.substr(key.size() + 1)));
}

bool is_word(std::string_view value) {
  const std::string low = lower(value);
  return !low.empty() && low != "unknown" && low != "none" && low != "not specified" && low != "no module installed" &&
         low.find("to be filled") == std::string::npos && low.find("default string") == std::string::npos;
}

/// A memory module, gathered line by line.
struct Module {
  std::string size, width, locator, bank, kind, speed, configured;
};

/// What names the channel in a module's place: "P0 CHANNEL A", "ChannelB-DIMM0", "DIMM_A2", "CPU1_DIMM_C1". Modules of
/// one channel differ in the number behind the letter. Soldered packages are a channel each.
std::string channel_of(const Module& module, std::size_t index) {
  const std::string bank = lower(module.bank), place = lower(module.locator);
  if (const std::size_t at = bank.find("channel"); at != std::string::npos)
    return std::string(trim(bank.substr(0, bank.find("_dimm", at))));
  if (const std::size_t at = place.find("channel"); at != std::string::npos) {
    const std::size_t end = place.find_first_of("-/_ ", at + std::string("channel").size() + 1);
    return place.substr(0, end);
  }
  if (lower(module.kind).starts_with("lpddr")) return "package " + std::to_string(index);
  const std::size_t dimm = place.find("dimm");
  if (dimm == std::string::npos) return {};
  const std::size_t letter = place.find_first_not_of("_ -", dimm + std::string("dimm").size());
  if (letter == std::string::npos || place[letter] < 'a' || place[letter] > 'z') return {};
  return bank + "/" + place.substr(0, letter + 1);
}

void add_module(const Module& module, std::size_t index, FactSheet& sheet) {
  const std::optional<double> bytes = is_word(module.size) ? bytes_in(module.size, kMib) : std::nullopt;
  if (!bytes) return;
  const std::string at = "dimm/" + std::to_string(index) + "/";
  sheet.add_number(at + "bytes", *bytes, "dmidecode Size");
  if (is_word(module.kind)) sheet.add_text(at + "kind", module.kind, "dmidecode Type");
  const std::string& speed = is_word(module.configured) ? module.configured : module.speed;
  if (const auto mts = leading_number(speed); mts && *mts > 0)
    sheet.add_number(at + "mts", *mts,
                     is_word(module.configured) ? "dmidecode Configured Memory Speed" : "dmidecode Speed");
  if (const auto rated = leading_number(module.speed); rated && *rated > 0)
    sheet.add_number(at + "rated_mts", *rated, "dmidecode Speed");
  if (const auto width = leading_number(module.width); width && *width > 0)
    sheet.add_number(at + "width_bits", *width, "dmidecode Data Width");
  sheet.add_text(at + "channel", channel_of(module, index), "dmidecode Locator");
}

}  // namespace

std::string describe_smbios(std::string_view tables) {
  constexpr std::uint8_t kSystem = 1, kMemory = 17;
  std::string text;
  std::size_t from = 0;
  while (const std::optional<Structure> s = next_structure(tables, from)) {
    if (s->type == kSystem) {
      text += "System Information\n";
      add_line(text, "Manufacturer", s->string(0x04));
      add_line(text, "Product Name", s->string(0x05));
      add_line(text, "Family", s->string(0x1A));
    } else if (s->type == kMemory) {
      text += memory_device(*s);
    }
  }
  return text;
}

void read_dmidecode(std::string_view text, FactSheet& sheet) {
  enum class Section { other, computer, memory };
  Section section = Section::other;
  Module module;
  std::size_t modules = 0;
  const auto close = [&] {
    if (section == Section::memory) add_module(module, modules++, sheet);
    module = {};
  };
  for (const std::string_view line : split(text, '\n')) {
    if (!line.empty() && line.front() != '\t' && line.front() != ' ' && !trim(line).empty()) {
      close();
      const std::string_view title = trim(line);
      section = title == "System Information" ? Section::computer
                : title == "Memory Device"    ? Section::memory
                                              : Section::other;
      continue;
    }
    const auto take = [&](std::string& into, std::string_view key) {
      if (std::string value = value_of_line(line, key); !value.empty()) into = std::move(value);
    };
    if (section == Section::computer) {
      const auto add = [&](const char* key, std::string_view name) {
        const std::string value = value_of_line(line, name);
        if (is_word(value)) sheet.add_text(key, value, "dmidecode " + std::string(name));
      };
      add("machine/maker", "Manufacturer");
      add("machine/product", "Product Name");
      add("machine/family", "Family");
    }
    if (section != Section::memory) continue;
    take(module.size, "Size");
    take(module.width, "Data Width");
    take(module.locator, "Locator");
    take(module.bank, "Bank Locator");
    take(module.kind, "Type");
    take(module.speed, "Speed");
    take(module.configured, "Configured Memory Speed");
    take(module.configured, "Configured Clock Speed");
  }
  close();
}

}  // namespace rigwise
