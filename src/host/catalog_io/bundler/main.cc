// Build step: catalog/ and calibration/ -> one bundle. An invalid catalog fails the build with its faults.
#include <iostream>

#include "codec/catalog_text.h"
#include "host/catalog_io/load.h"
#include "host/files/files.h"

namespace rigwise {
namespace {

bool print_faults(const std::vector<Diagnostic>& faults) {
  bool failed = false;
  for (const Diagnostic& fault : faults) {
    failed = failed || fault.is_error;
    std::cerr << fault.file;
    if (fault.line > 0) std::cerr << ':' << fault.line;
    std::cerr << (fault.is_error ? ": error: " : ": warning: ") << fault.message;
    if (!fault.key.empty()) std::cerr << " [" << fault.key << "]";
    if (!fault.try_this.empty()) std::cerr << " (" << fault.try_this << ")";
    std::cerr << '\n';
  }
  return failed;
}

int refuse(const Error& error) {
  std::cerr << "error: " << error.message << (error.where.empty() ? "" : " (" + error.where + ")") << '\n';
  return exit_status(error.code);
}

int run(const std::string& catalog_folder, const std::string& calibration_folder, const std::string& out) {
  Result<std::vector<CatalogFile>> files = find_catalog_sources(catalog_folder);
  if (!files) return refuse(files.error());
  const Result<std::vector<CatalogFile>> calibration = find_catalog_sources(calibration_folder);
  if (!calibration && calibration.error().code != ErrorCode::not_found) return refuse(calibration.error());
  if (calibration) {
    for (const CatalogFile& file : *calibration) {
      // The ids of the rows behind the constants are for people: no answer needs them.
      if (file.path != "rows.csv") files->push_back({"calibration/" + file.path, file.text});
    }
  }

  const LoadedCatalog loaded = decode_catalog(*files);
  const bool undecodable = print_faults(loaded.diagnostics);
  const bool unsound = print_faults(check_catalog(loaded.catalog));
  if (undecodable || unsound) return 1;
  const Result<std::string> bundle = write_bundle(*files);
  if (!bundle) return refuse(bundle.error());
  const Result<void> written = write_file_atomically(out, *bundle);
  return written ? 0 : refuse(written.error());
}

}  // namespace
}  // namespace rigwise

int main(int argc, char** argv) {
  if (argc == 4) return rigwise::run(argv[1], argv[2], argv[3]);
  std::cerr << "usage: rigwise_bundler CATALOG_DIR CALIBRATION_DIR OUT\n";
  return 2;
}
