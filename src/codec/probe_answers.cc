#include "codec/probe_answers.h"

#include <algorithm>

#include "codec/probe_readers.h"
#include "core/base/text.h"
#include "core/base/units.h"

namespace rigwise {
namespace {

using Reader = void (*)(std::string_view text, FactSheet& sheet);
struct NamedReader {
  const char* name;
  Reader read;
};

constexpr NamedReader kReaders[] = {
    {"nvidia-smi.xml", read_nvidia_xml},
    {"nvidia-smi.csv", read_nvidia_csv},
    {"nvml.json", read_nvml},
    {"amd-smi.json", read_amd_smi},
    {"rocm-smi.json", read_rocm_smi},
    {"xpu-smi.json", read_xpu_smi},
    {"system_profiler.json", read_system_profiler},
    {"sysctl", read_sysctl},
    {"windows.json", read_windows_cim},
    {"sysfs", read_sysfs_lines},
    {"vulkan.json", read_vulkan},
    {"cpuinfo", read_cpuinfo},
    {"meminfo", read_meminfo},
    {"dmidecode", read_dmidecode},
    {"lspci", read_lspci},
    {"uname", read_uname},
    {"os-release", read_os_release},
};

constexpr std::string_view kOpen = "==> ", kClose = " <==";

bool is_heading(std::string_view line) {
  return line.size() > kOpen.size() + kClose.size() && line.starts_with(kOpen) && line.ends_with(kClose);
}

std::vector<std::string> names_of_readers() {
  std::vector<std::string> names;
  for (const NamedReader& reader : kReaders) names.emplace_back(reader.name);
  return names;
}

}  // namespace

const std::vector<std::string> kProbeAnswers = names_of_readers();

std::vector<ProbeAnswer> parse_probe_report(std::string_view report) {
  std::vector<ProbeAnswer> answers;
  for (std::string_view line : split(report, '\n')) {
    if (line.ends_with('\r')) line.remove_suffix(1);
    if (is_heading(line)) {
      const std::string_view name = line.substr(kOpen.size(), line.size() - kOpen.size() - kClose.size());
      answers.push_back({std::string(trim(name)), ""});
    } else if (!answers.empty()) {
      answers.back().text.append(line).append("\n");
    }
  }
  return answers;
}

std::string write_probe_report(const std::vector<ProbeAnswer>& answers) {
  std::string report;
  for (const ProbeAnswer& answer : answers) {
    report.append(kOpen).append(answer.name).append(kClose).append("\n").append(answer.text);
    if (!report.ends_with('\n')) report += '\n';
  }
  return report;
}

FactSheet read_probe_answers(const std::vector<ProbeAnswer>& answers) {
  FactSheet sheet;
  for (const NamedReader& reader : kReaders) {
    for (const ProbeAnswer& answer : answers) {
      if (answer.name == reader.name) reader.read(answer.text, sheet);
    }
  }
  return sheet;
}

std::optional<double> leading_number(std::string_view text) {
  text = trim(text);
  std::size_t end = 0;
  while (end < text.size() && ((text[end] >= '0' && text[end] <= '9') || text[end] == '.')) ++end;
  while (end > 0 && text[end - 1] == '.') --end;
  const Result<double> number = parse_number(text.substr(0, end));
  return number ? std::optional<double>(*number) : std::nullopt;
}

std::optional<double> bytes_in(std::string_view text, double unit) {
  text = trim(text);
  const std::optional<double> number = leading_number(text);
  if (!number) return std::nullopt;
  const std::size_t start = text.find_first_not_of("0123456789. ");
  if (start == std::string_view::npos) return *number * unit;
  constexpr double kKib = 1024;
  const std::string word = lower(text.substr(start));
  // Tools that print "GB" and "kB" of memory count in powers of two, all of them.
  if (word.starts_with("t")) return *number * kGib * kKib;
  if (word.starts_with("g")) return *number * kGib;
  if (word.starts_with("m")) return *number * kMib;
  if (word.starts_with("k")) return *number * kKib;
  return *number * (word.starts_with("b") ? 1 : unit);
}

std::string pci_address(std::string_view text) {
  std::string word = lower(trim(text));
  const std::vector<std::string_view> parts = split(word, ':');
  if (parts.size() < 2 || parts.back().find('.') == std::string_view::npos) return word;
  constexpr std::size_t kDomainDigits = 4;
  std::string domain(parts.size() >= 3 ? parts[parts.size() - 3] : "0000");
  if (domain.size() > kDomainDigits) domain = domain.substr(domain.size() - kDomainDigits);
  return domain + ":" + std::string(parts[parts.size() - 2]) + ":" + std::string(parts.back());
}

std::string json_word(const Json& object, std::string_view key) {
  if (!object.is_object()) return {};
  const auto found = object.find(std::string(key));
  if (found == object.end() || found->is_null() || found->is_structured()) return {};
  return found->is_string() ? found->get<std::string>() : found->dump();
}

std::optional<double> json_number(const Json& object, std::string_view key) {
  return leading_number(json_word(object, key));
}

}  // namespace rigwise
