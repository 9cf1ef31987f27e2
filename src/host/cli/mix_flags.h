#pragma once

#include <string>

#include "host/cli/command.h"

namespace rigwise {

/// "coding:40, research+web_search:10" -> [{"category": "coding", "share": 40}, {"category": "research", "share": 10,
/// "needs": ["web_search"]}]; without numbers all count alike. Errors name the flag --mix.
Result<Json> mix_in(const std::string& text);

/// A CSV model,category,score[,scale_max,tasks] of one's own evaluation, as the request's "scores".
Result<Json> own_scores_in(const std::string& path);

/// Lays the results of an evaluation over the request: those of --scores FILE.json, or of a run of the store.
Result<void> lay_results_over(const Args& args, Json& request);

/// Lays --mix and --scores over the request.
Result<void> lay_quality_flags_over(const Args& args, Json& request);

/// "16k" -> 16384 tokens of context, "8192" -> 8192.
Result<int> context_in(const std::string& text, const std::string& flag);

/// "qwen3-32b:q4_k_m, 4 streams, 32k, pinned, on 0+1, duty 0.3" -> an entry of pack's "models".
Result<Json> packed_model_in(const std::string& text);

/// "embedding:2, pinned, on 1" -> an entry of pack's "services".
Result<Json> packed_service_in(const std::string& text);

}  // namespace rigwise
