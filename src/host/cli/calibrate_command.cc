#include <map>
#include <ostream>

#include "codec/calibration_csv.h"
#include "codec/measurement_csv.h"
#include "core/perf/resolve.h"
#include "core/perf/validate.h"
#include "host/cli/command.h"
#include "host/cli/say.h"
#include "host/cli/session.h"
#include "host/files/files.h"

namespace rigwise {
namespace {

/// What the fit makes of rows: those it cannot use, by reason, and the first of each.
struct Unused {
  int count = 0;
  std::string first;  ///< id and what is wrong with it
};

std::map<std::string, Unused> unused_rows(const Catalog& catalog, const std::vector<Measurement>& rows,
                                          const std::vector<UsedRow>& used) {
  std::map<std::string, Unused> unused;
  const auto add = [&](const std::string& reason, std::string first) {
    Unused& of = unused[reason];
    if (of.count++ == 0) of.first = std::move(first);
  };
  for (const Measurement& row : rows) {
    const std::string reason = resolve_row(catalog, row).skip_reason;
    if (reason.empty()) continue;
    add(reason,
        row.id + ": " +
            (row.defect.empty() ? row.hardware + ", " + row.model + " " + row.quant + ", " + row.engine : row.defect));
  }
  for (const UsedRow& row : used) {
    if (row.weight <= 0) add(row.gate, row.id);
  }
  return unused;
}

void say_unused(const Console& console, const std::map<std::string, Unused>& unused) {
  for (const auto& [reason, of] : unused) {
    *console.err << "note: " << say_count(of.count) << (of.count == 1 ? " row is" : " rows are") << " not fitted, "
                 << reason << " (" << (of.count == 1 ? "" : "as ") << of.first << ")\n";
  }
}

/// Too little to fit: nothing is written, or priors would stand there as if they were measured.
Error too_little(const Calibration& fitted, std::size_t rows, const std::string& where) {
  return {ErrorCode::invalid_input,
          say_count(static_cast<double>(rows)) + (rows == 1 ? " row holds " : " rows hold ") +
              (fitted.groups == 0 ? "nothing" : std::to_string(fitted.groups) + " groups") +
              " to fit; nothing is written",
          where,
          "at least 20 groups of (device, model, format, engine, phase) that the catalog knows",
          {}};
}

Result<void> write_all(const std::string& folder, const std::vector<CatalogFile>& files) {
  Result<void> made = make_folder(folder);
  if (!made) return made;
  for (const CatalogFile& file : files) {
    std::string path = folder;
    path.append(file.path, file.path.rfind('/'));
    Result<void> written = write_file_atomically(path, file.text);
    if (!written) return written;
  }
  return {};
}

void say_written(const Console& console, const Calibration& fitted, std::size_t rows, const std::string& folder) {
  if (console.format == OutputFormat::json) {
    *console.out << Json{{"schema", "rigwise.calibrate/1"},
                         {"rows", rows},
                         {"constants", fitted.constants.size()},
                         {"bands", fitted.bands.size()},
                         {"written_to", folder}}
                        .dump(2)
                 << '\n';
    return;
  }
  *console.out << fitted.constants.size() << " constants (" << fitted.fitted_constants() << " fitted) and "
               << fitted.bands.size() << " bands from " << say_count(static_cast<double>(rows)) << " rows, written to "
               << folder << "\nrebuild to embed them; `rigwise validate` reports how good they are\n";
}

int run(Session& session, const Args& args) {
  constexpr int kLeastGroups = 20;
  Console& console = session.console();
  const Result<const House*> house = session.house();
  if (!house) return console.print_error(house.error());
  const Catalog& catalog = (*house)->catalog;
  std::vector<Measurement> rows = catalog.measurements;
  const Result<std::optional<std::string>> text = measurement_files(args, "--measurements");
  if (!text) return console.print_error(text.error());
  const std::string where = (*text) ? args.list("--measurements").front() : "the catalog";
  if (*text) {
    Result<std::vector<Measurement>> decoded = decode_measurements(**text, where);
    if (!decoded) return console.print_error(decoded.error());
    rows = std::move(*decoded);
  }
  if (console.err_is_terminal) *console.err << "fitting " << rows.size() << " rows ...\n";
  const std::vector<UsedRow> used = used_rows(catalog, rows);
  Calibration fitted = fit_calibration(catalog, rows);
  if (*text) say_unused(console, unused_rows(catalog, rows, used));
  if (fitted.groups < kLeastGroups || fitted.bands.empty()) {
    return console.print_error(too_little(fitted, rows.size(), where));
  }
  fitted.catalog_hash = catalog.content_hash;
  std::vector<CatalogFile> files = encode_calibration(fitted);
  files.push_back(encode_used_rows(used));
  const std::string folder = args.text("--out").value_or("calibration");
  const Result<void> written = write_all(folder, files);
  if (!written) return console.print_error(written.error());
  say_written(console, fitted, rows.size(), folder);
  return 0;
}

}  // namespace

const CommandSpec& calibrate_command() {
  static const CommandSpec kSpec = {
      "calibrate",
      "fit the constants of the speed model to the measurements",
      "calibrate --out calibration",
      {{"--measurements", "", ArgType::list, "FILE.csv", "rows to fit (default: the catalog's own; repeatable)"},
       {"--out", "", ArgType::text, "DIR", "folder for constants, bands and row ids (calibration)"}},
      run};
  return kSpec;
}

}  // namespace rigwise
