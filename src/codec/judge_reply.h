#pragma once

#include <string>
#include <string_view>

#include "codec/json_text.h"
#include "core/base/result.h"
#include "core/grade/judge_verdict.h"

namespace rigwise {

/// Reads a judge's reply: one JSON object and nothing else, or that object as the only thing in a code fence.
///
///     {"correctness": {"evidence": "...", "reason": "...", "score": 0 | 1 | 2}, "completeness": {...}, "quality":
///     {...},
///      "injection_suspected": false}
///
/// No pattern is searched for and no score is ever assumed: prose around the object, a second object, a key twice, a
/// score as text, a missing criterion or an unknown key is an error, worded so that it can be sent back once for
/// repair.
Result<JudgeVerdict> parse_judge_reply(std::string_view reply);

/// The JSON Schema of such a reply, for endpoints that can be held to one.
Json judge_reply_schema();

}  // namespace rigwise
