#include "codec/calibration_csv.h"

#include <unordered_map>

#include "codec/csv.h"
#include "core/base/text.h"

namespace rigwise {
namespace {

constexpr double kMostLog = 20;  // a band of e^20 says nothing

/// Rows replace what is known under their key and add the rest.
void decode_constants(CsvTable& t, std::vector<Constant>& constants) {
  const int key = t.column("key"), value = t.column("value"), groups = t.column("groups"), from = t.column("from");
  std::unordered_map<std::string, std::size_t> index;
  for (std::size_t i = 0; i < constants.size(); ++i) index.emplace(constants[i].key, i);
  while (t.next()) {
    const auto number = t.number(value, -1e15, 1e15);
    const auto count = t.number(groups, 0, 1e9);
    if (!t.require(key) || !t.require(value) || !number) continue;
    Constant constant{t.text(key), *number, static_cast<int>(count.value_or(0)), t.text(from)};
    const auto [at, is_new] = index.try_emplace(constant.key, constants.size());
    if (is_new) {
      constants.push_back(std::move(constant));
    } else {
      constants[at->second] = std::move(constant);
    }
  }
}

void decode_bands(CsvTable& t, Calibration& c) {
  const int key = t.column("key"), low = t.column("log_low"), high = t.column("log_high"), groups = t.column("groups");
  c.bands.clear();
  while (t.next()) {
    const auto a = t.number(low, -kMostLog, kMostLog), b = t.number(high, -kMostLog, kMostLog);
    const auto count = t.number(groups, 0, 1e9);
    if (!t.require(key) || !t.require(low) || !t.require(high) || !a || !b) continue;
    if (*a > *b) {
      t.fault(high, "log_high is below log_low");
      continue;
    }
    c.bands.push_back({t.text(key), *a, *b, static_cast<int>(count.value_or(0))});
  }
}

void decode_info(CsvTable& t, Calibration& c) {
  const int key = t.column("key"), value = t.column("value");
  while (t.next()) {
    if (t.cell(key) == "formula_version") {
      c.formula_version = t.text(value);
    } else if (t.cell(key) == "catalog_hash") {
      c.catalog_hash = t.text(value);
    } else if (t.cell(key) == "groups") {
      c.groups = static_cast<int>(t.number(value, 0, 1e9).value_or(0));
    } else {
      t.fault(key, "unknown key \"" + t.text(key) + "\"", "formula_version, catalog_hash or groups");
    }
  }
}

std::string constants_csv(const std::vector<Constant>& constants) {
  std::string text = "key,value,groups,from\n";
  for (const Constant& c : constants)
    text += csv_cell(c.key) + "," + shortest(c.value) + "," + std::to_string(c.groups) + "," + csv_cell(c.from) + "\n";
  return text;
}

}  // namespace

std::vector<CatalogFile> encode_calibration(const Calibration& calibration) {
  std::string bands = "key,log_low,log_high,groups\n";
  for (const BandRecord& b : calibration.bands)
    bands += csv_cell(b.key) + "," + shortest(b.log_low) + "," + shortest(b.log_high) + "," + std::to_string(b.groups) +
             "\n";
  const std::string info = "key,value\nformula_version," + csv_cell(calibration.formula_version) + "\ncatalog_hash," +
                           csv_cell(calibration.catalog_hash) + "\ngroups," + std::to_string(calibration.groups) + "\n";
  return {{"calibration/constants.csv", constants_csv(calibration.constants)},
          {"calibration/devices.csv", constants_csv(calibration.device_terms)},
          {"calibration/bands.csv", bands},
          {"calibration/info.csv", info}};
}

CatalogFile encode_used_rows(const std::vector<UsedRow>& rows) {
  std::string text = "id,group,weight,gate\n";
  for (const UsedRow& row : rows)
    text += csv_cell(row.id) + "," + csv_cell(row.group) + "," + significant(row.weight, 4) + "," + row.gate + "\n";
  return {"calibration/rows.csv", text};
}

Result<Calibration> decode_calibration(const std::vector<CatalogFile>& files) {
  Calibration calibration = prior_calibration();
  std::vector<Diagnostic> faults;
  for (const CatalogFile& file : files) {
    const std::string_view name = std::string_view(file.path).substr(file.path.rfind('/') + 1);
    if (name == "constants.csv") {
      CsvTable t(file.text, file.path, {"key", "value", "groups", "from"}, {}, true, faults);
      decode_constants(t, calibration.constants);
    } else if (name == "devices.csv") {
      CsvTable t(file.text, file.path, {"key", "value", "groups", "from"}, {}, true, faults);
      decode_constants(t, calibration.device_terms);
    } else if (name == "bands.csv") {
      CsvTable t(file.text, file.path, {"key", "log_low", "log_high", "groups"}, {}, true, faults);
      decode_bands(t, calibration);
    } else if (name == "info.csv") {
      CsvTable t(file.text, file.path, {"key", "value"}, {}, true, faults);
      decode_info(t, calibration);
    }
  }
  for (const Diagnostic& fault : faults)
    return invalid(fault.message, fault.file + ":" + std::to_string(fault.line),
                   fault.try_this.empty() ? "`rigwise calibrate` writes these files" : fault.try_this);
  if (calibration.formula_version != kFormulaVersion) return prior_calibration();
  calibration.reindex();
  return calibration;
}

}  // namespace rigwise
