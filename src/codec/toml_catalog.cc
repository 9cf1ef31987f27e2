// Catalog files as text -> facts, and facts -> bundle. Native only: the browser reads bundles.
#include <algorithm>

#include "codec/bundle.h"
#include "codec/calibration_csv.h"
#include "codec/catalog_builder.h"
#include "codec/catalog_text.h"
#include "codec/decode_tables.h"
#include "codec/sha256.h"
#include "codec/table_reader.h"
#include "codec/toml_record.h"
#include "core/base/text.h"

namespace rigwise {
namespace {

enum class FileKind { record, table, calibration, about, other };

constexpr std::string_view kKnownFiles =
    "devices/ models/ formats/ engines/ links/ hosts/ accessories/ classes/ roles/ with TOML records, prices/ "
    "measurements/ scores/ observations/ seeds/ with CSV tables, dossiers/ with Markdown, plans/ with JSON, "
    "source_conditions.csv, quantization_loss.csv, unresolved.csv, catalog.toml";

FileKind kind_of(std::string_view path) {
  if (path == "catalog.toml") return FileKind::about;
  if (path.starts_with("calibration/")) return path.ends_with(".csv") ? FileKind::calibration : FileKind::other;
  if (is_catalog_record(path)) return FileKind::record;
  if (is_catalog_table(path)) return FileKind::table;
  return FileKind::other;
}

std::vector<const CatalogFile*> in_path_order(const std::vector<CatalogFile>& files) {
  std::vector<const CatalogFile*> sorted;
  sorted.reserve(files.size());
  for (const CatalogFile& file : files) sorted.push_back(&file);
  std::sort(sorted.begin(), sorted.end(), [](const auto* a, const auto* b) { return a->path < b->path; });
  return sorted;
}

/// Of everything that states facts. The calibration is left out: it names the hash of the catalog it was fitted on.
std::string content_hash(const std::vector<const CatalogFile*>& files) {
  Sha256 hash;
  for (const CatalogFile* file : files) {
    const FileKind kind = kind_of(file->path);
    if (kind == FileKind::other || kind == FileKind::calibration) continue;
    hash.add(file->path + "\n" + std::to_string(file->text.size()) + "\n");
    hash.add(file->text);
  }
  return hash.hex();
}

/// catalog.toml: schema and as_of.
void read_about(const Record& record, Catalog& catalog, std::vector<Diagnostic>& faults) {
  TableReader root(record, &record.tables[0], faults);
  root.require({"schema"});
  if (const auto schema = root.integer("schema", 1, 1'000'000); schema && std::to_string(*schema) != kCatalogSchema)
    root.fault("schema", "the files have schema " + std::to_string(*schema),
               "this program reads schema " + std::string(kCatalogSchema));
  std::string as_of;
  root.read_date("as_of", as_of);
  if (!as_of.empty()) catalog.as_of = as_of;
  root.done();
}

void warn_of_stray(const CatalogFile& file, std::vector<Diagnostic>& faults) {
  if (!file.path.ends_with(".toml") && !file.path.ends_with(".csv")) return;
  faults.push_back(
      {false, file.path, 0, "", "no part of the catalog has files here; it is ignored", std::string(kKnownFiles)});
}

/// Adds all files to the catalog.
void add_files(const std::vector<const CatalogFile*>& files, Catalog& catalog, std::vector<Diagnostic>& faults) {
  CatalogBuilder builder(catalog, faults);
  Record record;
  for (const CatalogFile* file : files) {
    const FileKind kind = kind_of(file->path);
    if (kind == FileKind::table) builder.add_table(file->path, file->text);
    if (kind == FileKind::other) warn_of_stray(*file, faults);
    if (kind != FileKind::record && kind != FileKind::about) continue;
    const std::optional<FlatText> flat = flatten_toml(file->text, file->path, faults);
    if (!flat) continue;
    record.file = file->path;
    if (!read_flat(flat->text, &flat->lines, record)) continue;
    if (kind == FileKind::record) {
      builder.add_record(record);
    } else {
      read_about(record, catalog, faults);
    }
  }
  builder.finish();
}

std::vector<CatalogFile> calibration_of(const std::vector<const CatalogFile*>& files) {
  std::vector<CatalogFile> found;
  for (const CatalogFile* file : files)
    if (kind_of(file->path) == FileKind::calibration) found.push_back(*file);
  return found;
}

}  // namespace

LoadedCatalog decode_catalog(const std::vector<CatalogFile>& files) {
  const std::vector<const CatalogFile*> sorted = in_path_order(files);
  LoadedCatalog loaded;
  loaded.catalog.version = kCatalogSchema;
  loaded.catalog.content_hash = content_hash(sorted);
  add_files(sorted, loaded.catalog, loaded.diagnostics);
  if (loaded.catalog.as_of.empty()) loaded.catalog.as_of = latest_price_date(loaded.catalog);
  const std::vector<CatalogFile> calibration_files = calibration_of(sorted);
  Result<Calibration> calibration = decode_calibration(calibration_files);
  if (calibration) {
    loaded.calibration = std::move(*calibration);
    if (!calibration_files.empty() && loaded.calibration.catalog_hash.empty())
      loaded.diagnostics.push_back({false, "calibration/info.csv", 0, "formula_version",
                                    "the constants belong to another version of the formulas; priors are used",
                                    "run `rigwise calibrate` and build again"});
  } else {
    const Error& error = calibration.error();
    loaded.diagnostics.push_back({true, error.where, 0, "", error.message, error.try_this});
  }
  return loaded;
}

std::vector<Diagnostic> overlay_catalog(Catalog& catalog, const std::vector<CatalogFile>& files) {
  const std::vector<const CatalogFile*> sorted = in_path_order(files);
  std::vector<Diagnostic> faults;
  const std::size_t published = catalog.measurements.size();
  add_files(sorted, catalog, faults);
  for (std::size_t i = published; i < catalog.measurements.size(); ++i) catalog.measurements[i].is_own = true;
  catalog.content_hash = sha256_hex(catalog.content_hash + content_hash(sorted));
  return faults;
}

Result<std::string> write_bundle(const std::vector<CatalogFile>& files) {
  const LoadedCatalog loaded = decode_catalog(files);
  for (const Diagnostic& fault : loaded.diagnostics)
    if (fault.is_error)
      return invalid(fault.message, fault.file + (fault.line > 0 ? ":" + std::to_string(fault.line) : ""),
                     fault.try_this);
  BundleWriter bundle({loaded.catalog.version, loaded.catalog.as_of, loaded.catalog.content_hash});
  std::vector<Diagnostic> faults;
  for (const CatalogFile* file : in_path_order(files)) {
    const FileKind kind = kind_of(file->path);
    if (kind == FileKind::table || kind == FileKind::calibration) bundle.add_table(file->path, file->text);
    if (kind != FileKind::record) continue;
    if (const std::optional<FlatText> flat = flatten_toml(file->text, file->path, faults))
      bundle.add_record(file->path, flat->text);
  }
  return bundle.take();
}

}  // namespace rigwise
