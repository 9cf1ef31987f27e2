#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "codec/json_text.h"
#include "core/facts/catalog.h"
#include "core/perf/calibration.h"

namespace rigwise {

/// What every verb knows: the facts and the fitted constants.
struct House {
  Catalog catalog;
  Calibration calibration;
};

/// A pure verb: request object in, response object out ("schema": "rigwise.VERB/1"). Nothing else is read or written.
using Verb = Result<Json> (*)(const House& house, const Json& request);

struct VerbEntry {
  std::string_view name;
  std::string_view question;  ///< "how fast?"
  Verb run;
};

/// All pure verbs, in the order of the contract.
const std::vector<VerbEntry>& verb_list();

/// Runs a verb by name. Unknown verbs and unknown request keys are errors with the nearest valid name.
Result<Json> run_verb(const House& house, std::string_view verb, const Json& request);

/// The same from text to text, for HTTP and the browser: never fails, errors are {"error": {...}} objects.
std::string call_verb(const House& house, std::string_view verb, std::string_view request_text);

/// {"error": {"code", "message", "where", "did_you_mean": []}}
Json error_json(const Error& error);

}  // namespace rigwise
