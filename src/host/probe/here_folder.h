#pragma once

#include <optional>
#include <string>

#include "codec/json_text.h"
#include "core/base/result.h"
#include "core/facts/catalog.h"
#include "core/machine/probed_gpu.h"
#include "core/machine/probed_speed.h"

namespace rigwise {

/// Where `probe --save` writes unless told otherwise: the user's data folder, rigwise/here.
std::string default_here_folder();

/// Writes what later predictions know this machine by: devices/here/here.toml and probe.json.
Result<void> save_here(const std::string& folder, const std::string& record_toml, const std::string& speed_json);

/// What a folder laid over the catalog says was measured here; nothing when it says nothing of the kind.
std::optional<ProbedSpeed> saved_speed(const std::string& folder);

/// What it says of graphics processors.
std::vector<ProbedGpu> saved_gpus(const std::string& folder);

/// The whole response of the probe that was saved, as docs/schema/probe.response.json says it; nothing where none is,
/// or an earlier version kept its speed alone.
std::optional<Json> saved_probe(const std::string& folder);

/// Whether `text` speaks of this machine as a set-up does: "here", "2x rtx-3090 + here".
bool names_here(const std::string& text);

/// A verb's error, saying how this machine becomes known where it names "here" and `catalog` knows none.
Error with_here_explained(Error error, const Catalog& catalog);

}  // namespace rigwise
