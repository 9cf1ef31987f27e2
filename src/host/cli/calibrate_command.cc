#include <ostream>

#include "codec/calibration_csv.h"
#include "codec/measurement_csv.h"
#include "core/perf/validate.h"
#include "host/cli/command.h"
#include "host/cli/say.h"
#include "host/cli/session.h"
#include "host/files/files.h"

namespace rigwise {
namespace {

int run(Session& session, const Args& args) {
  Console& console = session.console();
  const Result<const House*> house = session.house();
  if (!house) return console.print_error(house.error());
  std::vector<Measurement> rows = (*house)->catalog.measurements;
  if (const std::optional<std::string> path = args.text("--measurements")) {
    const Result<std::string> text = read_file(*path);
    if (!text) return console.print_error(text.error());
    Result<std::vector<Measurement>> decoded = decode_measurements(*text, *path);
    if (!decoded) return console.print_error(decoded.error());
    rows = std::move(*decoded);
  }
  if (console.err_is_terminal) *console.err << "fitting " << rows.size() << " rows ...\n";
  Calibration fitted = fit_calibration((*house)->catalog, rows);
  if (fitted.bands.empty()) {
    return console.print_error({ErrorCode::invalid_input,
                                std::to_string(rows.size()) + " rows hold too few usable groups to fit",
                                args.text("--measurements").value_or("the catalog"),
                                "at least 20 groups of (device, model, format, engine, phase) that the catalog knows",
                                {}});
  }
  fitted.catalog_hash = (*house)->catalog.content_hash;
  const std::string folder = args.text("--out").value_or("calibration");
  const Result<void> made = make_folder(folder);
  if (!made) return console.print_error(made.error());
  std::vector<CatalogFile> files = encode_calibration(fitted);
  files.push_back(encode_used_rows(used_rows((*house)->catalog, rows)));
  for (const CatalogFile& file : files) {
    std::string path = folder;
    path.append(file.path, file.path.rfind('/'));
    const Result<void> written = write_file_atomically(path, file.text);
    if (!written) return console.print_error(written.error());
  }
  if (console.format == OutputFormat::json) {
    *console.out << Json{{"schema", "rigwise.calibrate/1"},
                         {"rows", rows.size()},
                         {"constants", fitted.constants.size()},
                         {"bands", fitted.bands.size()},
                         {"written_to", folder}}
                        .dump(2)
                 << '\n';
    return 0;
  }
  *console.out << fitted.constants.size() << " constants (" << fitted.fitted_constants() << " fitted) and "
               << fitted.bands.size() << " bands from " << say_count(static_cast<double>(rows.size()))
               << " rows, written to " << folder
               << "\nrebuild to embed them; `rigwise validate` reports how good they are\n";
  return 0;
}

}  // namespace

const CommandSpec& calibrate_command() {
  static const CommandSpec kSpec = {
      "calibrate",
      "fit the constants of the speed model to the measurements",
      "calibrate --out calibration",
      {{"--measurements", "", ArgType::text, "FILE.csv", "rows to fit (default: the catalog's own)"},
       {"--out", "", ArgType::text, "DIR", "folder for constants, bands and row ids (calibration)"}},
      run};
  return kSpec;
}

}  // namespace rigwise
