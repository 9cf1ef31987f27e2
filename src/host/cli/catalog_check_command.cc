#include <ostream>

#include "host/catalog_io/load.h"
#include "host/cli/command.h"
#include "host/cli/session.h"
#include "host/cli/today.h"

namespace rigwise {
namespace {

Json diagnostic_json(const Diagnostic& fault) {
  return {{"severity", fault.is_error ? "error" : "warning"},
          {"file", fault.file},
          {"line", fault.line},
          {"key", fault.key},
          {"message", fault.message},
          {"try", fault.try_this}};
}

void print_fault(const Console& console, const Diagnostic& fault) {
  std::ostream& out = *console.out;
  out << (fault.is_error ? console.bad("error") : "warning") << ": " << fault.message << "\n  where: " << fault.file;
  if (fault.line > 0) out << ":" << fault.line;
  if (!fault.key.empty()) out << " " << fault.key;
  out << '\n';
  if (!fault.try_this.empty()) out << "  try: " << fault.try_this << '\n';
}

/// Rows of days that are yet to come, by this machine's clock.
void add_future_rows(const Catalog& catalog, std::vector<Diagnostic>& faults) {
  const std::string today = today_utc();
  for (const Measurement& row : catalog.measurements) {
    if (row.date <= today) continue;
    faults.push_back({true, "measurements/ of " + row.source, 0, row.id + " date", row.date + " is yet to come",
                      "the day of the run, not after " + today});
  }
}

int run(Session& session, const Args& args) {
  Console& console = session.console();
  const std::optional<std::string> folder = args.text("DIR");
  Result<LoadedCatalog> loaded = folder ? load_catalog_folder(*folder, {}) : session.load();
  if (!loaded) return console.print_error(loaded.error());
  std::vector<Diagnostic> faults = std::move(loaded->diagnostics);
  for (Diagnostic& fault : check_catalog(loaded->catalog)) faults.push_back(std::move(fault));
  add_future_rows(loaded->catalog, faults);
  int errors = 0;
  for (const Diagnostic& fault : faults) errors += fault.is_error ? 1 : 0;
  if (console.format == OutputFormat::json) {
    Json report = {{"schema", "rigwise.catalog_check/1"},
                   {"errors", errors},
                   {"warnings", faults.size() - static_cast<std::size_t>(errors)}};
    report["faults"] = Json::array();
    for (const Diagnostic& fault : faults) report["faults"].push_back(diagnostic_json(fault));
    *console.out << report.dump(2, ' ', false, Json::error_handler_t::replace) << '\n';
  } else {
    for (const Diagnostic& fault : faults) print_fault(console, fault);
    const Catalog& catalog = loaded->catalog;
    *console.out << catalog.devices.size() << " devices, " << catalog.models.size() << " models, "
                 << catalog.formats.size() << " formats, " << catalog.api_prices.size() << " API prices, "
                 << catalog.measurements.size() << " measurements: " << errors << " errors, "
                 << faults.size() - static_cast<std::size_t>(errors) << " warnings\n";
  }
  return errors == 0 ? 0 : 1;
}

}  // namespace

const CommandSpec& catalog_check_command() {
  static const CommandSpec kSpec = {
      "catalog check",
      "is every record valid, sourced and physically possible?",
      "catalog check my-catalog/",
      {{"DIR", "", ArgType::text, "DIR", "a catalog folder to check instead of the embedded one and its overlays"}},
      run};
  return kSpec;
}

}  // namespace rigwise
