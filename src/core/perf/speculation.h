#pragma once

#include "core/perf/speed.h"

namespace rigwise {

/// Guessing tokens ahead and checking the guesses in one pass. Off unless asked for: how often guesses are accepted is
/// a property of the text, not of the machine.
struct Speculation {
  enum class Method { draft_model, mtp, ngram };
  Method method = Method::ngram;
  const Llm* draft = nullptr;  ///< with draft_model
  int draft_tokens = 4;        ///< guessed per pass
  double acceptance = 0.7;     ///< chance that a guess is accepted when those before it were
};
const char* method_name(Speculation::Method method);

/// Tokens a pass yields on average.
///     E = (1 - a^(g + 1)) / (1 - a)
/// Takes  acceptance a in 0..1, g >= 0 guessed tokens. Gives 1 .. g + 1: the checking pass itself yields one.
/// From   Leviathan et al. 2211.17192, equation 1 (predicting.md 4.7).
double tokens_per_pass(double acceptance, double draft_tokens);

/// Seconds of guessing one token with the model's own next-token head (MTP): one layer more and the head again.
double mtp_guess_s(const SpeedModel& model, double depth_tokens, double concurrency);

/// Seconds of a pass that checks the guesses, guessing apart.
///     t = t_step(n = b (g + 1))
/// Holds  for mixtures of experts too: more tokens meet more experts, which is what eats the gain there.
/// From   predicting.md 4.7.
double checking_pass_s(const SpeedModel& model, double draft_tokens, double depth_tokens, double concurrency);

}  // namespace rigwise
