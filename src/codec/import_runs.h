#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "codec/foreign_run.h"
#include "codec/run_names.h"
#include "core/base/result.h"
#include "core/facts/catalog.h"

namespace rigwise {

/// A measurement row made of a foreign run.
struct ImportedRun {
  Measurement row;
  int line = 1;
  std::string record;                  ///< the same for all rows of one record
  std::vector<UnmappedName> unmapped;  ///< names that the row keeps in the program's words
};

/// A file of results, read.
struct ImportedFile {
  std::string program, version;
  std::string digest;  ///< first 12 hex digits of the text's SHA-256
  std::vector<ImportedRun> runs;
  std::vector<SkippedRun> skipped;
};

/// What the readers know, for errors and help.
extern const char* const kKnownResultFiles;

/// Another program's results as measurement rows, whichever program it was: what the text holds tells
/// (foreign_readers.h and llama_bench.h list them). Rows have the catalog's ids; a name that it does not know stays as
/// the program has it and is named beside the row. An id is a digest of the record, so that the same run has the same
/// id however often it is read. `source_locator` is "NAME TEST; line N; sha256 DIGEST". Holds   layers on the host,
/// unlike or split GPUs are skipped with their line: a row cannot state them. Errors  text in which no reader finds a
/// record; a name in `choices` that the catalog does not know. `name` is the
///         file's: it words errors and becomes the locator.
Result<ImportedFile> import_runs(const Catalog& catalog, std::string_view text, std::string_view name,
                                 const ImportChoices& choices);

}  // namespace rigwise
