#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/result.h"
#include "core/facts/catalog.h"

namespace rigwise {

/// What the user says where llama-bench's own words are not enough; empty: read it from the file.
struct LlamaBenchChoices {
  std::string setup;  ///< "[COUNTx]DEVICE"
  std::string model, quant;
};

/// A test that did not become a measurement, and why.
struct SkippedTest {
  int line = 0;  ///< where its record begins
  std::string message;
  std::vector<std::string> did_you_mean;
};

struct LlamaBenchRuns {
  std::vector<Measurement> rows;
  std::vector<SkippedTest> skipped;
};

/// Results of llama.cpp's llama-bench, `-o json` or `-o jsonl`, as measurement rows with the catalog's ids.
///
/// pp tests become prefill, tg decode, pg e2e (counted by the tokens produced); a depth is the context depth. An id is
/// a digest of the record, so that the same run has the same id however often it is read.
/// Holds   a record that is cut off, offloads layers to the host, splits unlike GPUs or single layers over several,
///         names a device or model that the catalog does not know, or keeps its cache in a format that a row cannot
///         state, is skipped with its line.
/// Errors  text with no llama-bench record in it. `name` is the file's: it words errors and becomes the locator.
Result<LlamaBenchRuns> read_llama_bench(const Catalog& catalog, std::string_view text, std::string_view name,
                                        const LlamaBenchChoices& choices);

}  // namespace rigwise
