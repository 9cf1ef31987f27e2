// nvidia-smi: the whole record as XML, and the short table. The XML is flat enough to be read by its tags.
#include "codec/probe_readers.h"
#include "core/base/text.h"
#include "core/base/units.h"

namespace rigwise {
namespace {

/// Text between <tag> and </tag>, from `from` on; moves `from` behind it. Nothing when there is none.
std::optional<std::string_view> next_element(std::string_view text, std::string_view tag, std::size_t& from) {
  const std::string open = "<" + std::string(tag), close = "</" + std::string(tag) + ">";
  for (std::size_t start = text.find(open, from); start != std::string_view::npos; start = text.find(open, start + 1)) {
    const std::size_t after = start + open.size();
    if (after >= text.size() || (text[after] != '>' && text[after] != ' ')) continue;  // a longer tag
    const std::size_t body = text.find('>', after);
    if (body == std::string_view::npos) return std::nullopt;
    const std::size_t end = text.find(close, body);
    // An answer cut short: what there is.
    from = end == std::string_view::npos ? text.size() : end + close.size();
    return text.substr(body + 1, end == std::string_view::npos ? end : end - body - 1);
  }
  return std::nullopt;
}

std::string_view element(std::string_view text, std::string_view tag) {
  std::size_t from = 0;
  return next_element(text, tag, from).value_or(std::string_view{});
}

bool is_said(std::string_view value) {
  const std::string word = lower(trim(value));
  return !word.empty() && word != "n/a" && word != "[n/a]" && word != "not supported" && word != "[not supported]" &&
         word != "unknown error" && word != "[unknown error]" && word != "requested functionality has been deprecated";
}

constexpr const char* kXml = "nvidia-smi -q -x: ";

struct NvidiaCard {
  std::string at;  ///< "gpu/0000:01:00.0/"
  FactSheet& sheet;

  void text(const char* key, std::string_view value, std::string source) {
    if (is_said(value)) sheet.add_text(at + key, value, std::move(source));
  }
  void number(const char* key, std::string_view value, std::string source) {
    if (!is_said(value)) return;
    if (const std::optional<double> n = leading_number(value)) sheet.add_number(at + key, *n, std::move(source));
  }
  void bytes(const char* key, std::string_view value, std::string source) {
    if (!is_said(value)) return;
    if (const std::optional<double> n = bytes_in(value, kMib)) sheet.add_number(at + key, *n, std::move(source));
  }
};

/// Slices of a card (MIG): each is a GPU of its own to a program.
void read_slices(std::string_view gpu, const std::string& id, const std::string& name, FactSheet& sheet) {
  const std::string_view devices = element(gpu, "mig_devices");
  std::size_t from = 0;
  for (int i = 0; const auto device = next_element(devices, "mig_device", from); ++i) {
    NvidiaCard slice{"gpu/" + id + " slice " + std::to_string(i) + "/", sheet};
    slice.text("name", name + " slice", std::string(kXml) + "mig_device");
    slice.number("is_slice", "1", std::string(kXml) + "mig_device");
    const std::string_view memory = element(*device, "fb_memory_usage");
    slice.bytes("memory_bytes", element(memory, "total"), std::string(kXml) + "mig_device fb_memory_usage total");
    slice.bytes("memory_free_bytes", element(memory, "free"), std::string(kXml) + "mig_device fb_memory_usage free");
  }
  if (from > 0) sheet.add_number("gpu/" + id + "/is_cut", 1, std::string(kXml) + "mig_devices");
}

void read_card(std::string_view gpu, std::string_view all, FactSheet& sheet, int index) {
  // The attribute of <gpu id="..."> is not in the element's text; pci_bus_id says the same.
  const std::string_view address = element(gpu, "pci_bus_id");
  const std::string id = address.empty() ? "nvidia" + std::to_string(index) : pci_address(address);
  NvidiaCard card{"gpu/" + id + "/", sheet};
  const std::string name(trim(element(gpu, "product_name")));
  card.text("name", name, std::string(kXml) + "product_name");
  card.text("vendor", "NVIDIA", std::string(kXml) + "product_brand");
  card.text("driver", element(all, "driver_version"), std::string(kXml) + "driver_version");
  const std::string_view memory = element(gpu, "fb_memory_usage");
  card.bytes("memory_bytes", element(memory, "total"), std::string(kXml) + "fb_memory_usage total");
  card.bytes("memory_free_bytes", element(memory, "free"), std::string(kXml) + "fb_memory_usage free");
  const std::string_view addressing = element(gpu, "addressing_mode");
  if (trim(addressing) == "ATS" && !is_said(element(memory, "total")))
    card.number("unified", "1", std::string(kXml) + "addressing_mode ATS");
  std::string_view power = element(gpu, "gpu_power_readings");
  if (power.empty()) power = element(gpu, "power_readings");
  std::string_view limit = element(power, "current_power_limit");
  if (limit.empty()) limit = element(power, "power_limit");
  card.number("power_limit_w", limit, std::string(kXml) + "power limit");
  const std::string_view link = element(gpu, "pci_gpu_link_info");
  card.number("link_gen", element(link, "current_link_gen"), std::string(kXml) + "current_link_gen");
  card.number("link_gen_max", element(link, "max_link_gen"), std::string(kXml) + "max_link_gen");
  card.number("link_lanes", element(link, "current_link_width"), std::string(kXml) + "current_link_width");
  card.number("link_lanes_max", element(link, "max_link_width"), std::string(kXml) + "max_link_width");
  card.text("ecc", element(element(gpu, "ecc_mode"), "current_ecc"), std::string(kXml) + "current_ecc");
  read_slices(gpu, id, name, sheet);
}

/// Cells of a CSV line: nvidia-smi separates by ", " and quotes nothing.
std::vector<std::string_view> cells_of(std::string_view line) {
  std::vector<std::string_view> cells = split(line, ',');
  for (std::string_view& cell : cells) cell = trim(cell);
  return cells;
}

}  // namespace

void read_nvidia_xml(std::string_view text, FactSheet& sheet) {
  std::size_t from = 0;
  for (int i = 0; const auto gpu = next_element(text, "gpu", from); ++i) read_card(*gpu, text, sheet, i);
}

void read_nvidia_csv(std::string_view text, FactSheet& sheet) {
  const std::vector<std::string_view> lines = split(text, '\n');
  const std::vector<std::string_view> columns = cells_of(lines.front());
  for (std::size_t i = 1; i < lines.size(); ++i) {
    const std::vector<std::string_view> cells = cells_of(lines[i]);
    if (cells.size() != columns.size() || cells.size() < 2) continue;
    std::string id = "nvidia" + std::to_string(i - 1);
    for (std::size_t c = 0; c < cells.size(); ++c) {
      if (columns[c] == "pci.bus_id" && is_said(cells[c])) id = pci_address(cells[c]);
    }
    NvidiaCard card{"gpu/" + id + "/", sheet};
    for (std::size_t c = 0; c < cells.size(); ++c) {
      const std::string column(columns[c].substr(0, columns[c].find(' ')));  // "memory.total [MiB]"
      const std::string source = "nvidia-smi --query-gpu=" + column;
      if (column == "name") card.text("name", cells[c], source);
      if (column == "name") card.text("vendor", "NVIDIA", source);
      if (column == "driver_version") card.text("driver", cells[c], source);
      if (column == "memory.total") card.bytes("memory_bytes", cells[c], source);
      if (column == "memory.free") card.bytes("memory_free_bytes", cells[c], source);
      if (column == "power.limit") card.number("power_limit_w", cells[c], source);
      if (column == "pcie.link.gen.current") card.number("link_gen", cells[c], source);
      if (column == "pcie.link.gen.max") card.number("link_gen_max", cells[c], source);
      if (column == "pcie.link.width.current") card.number("link_lanes", cells[c], source);
      if (column == "pcie.link.width.max") card.number("link_lanes_max", cells[c], source);
    }
  }
}

}  // namespace rigwise
