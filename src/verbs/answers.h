#pragma once

#include "core/base/provenance.h"
#include "core/perf/predict.h"
#include "verbs/verbs.h"

namespace rigwise {

/// Pieces that several responses share, so that a quantity looks alike wherever it appears.

/// A response's head: schema, catalog hash, as_of.
Json response_head(std::string_view verb, const House& house, const std::string& as_of);

/// {"value", "low", "high", "level", "basis", "tier"}, and "evidence" of a measured one
Json estimate_json(const Estimate& estimate);

/// The keys of the contract's `memory` object, with the verdict beside them.
Json memory_json(const Fit& fit);

/// RAM that a machine is sold with and that holds these weights beside the system; nothing when none does.
std::optional<double> host_ram_gib(Bytes weights);

/// What of the weights must stay in the host's RAM for the rest and the cache to fit.
Bytes weights_in_host(const Prediction& prediction);

/// Whether what the devices lack is weights, which the host can hold and the speeds count there. A cache that does not
/// fit beside them is another matter.
bool host_helps(const Prediction& prediction);

/// {"weights_bytes", "bandwidth_gbps", "host_ram_gib"}; null when all fits, or when the host does not help.
Json offload_json(const Prediction& prediction);

/// A number, or null when unknown.
Json optional_json(const std::optional<double>& value);

/// Who says so: [{"covers", "kind", "ref"}].
Json sources_json(const std::vector<Source>& sources);

/// A published measurement as evidence, short: id, tokens_per_s, phase, engine, source.
Json measurement_json(const Measurement& measurement);

/// Reads "as_of" (default: the catalog's date); a date that is none is a fault of the reader.
std::string read_as_of(ObjectReader& reader, const House& house);

}  // namespace rigwise
