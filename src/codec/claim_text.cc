#include "codec/claim_text.h"

#include <algorithm>
#include <array>
#include <cmath>

#include "codec/claim_text_names.h"
#include "core/base/text.h"

namespace rigwise {
namespace {

using Words = std::vector<ClaimWord>;

bool is_one_of(std::string_view word, std::initializer_list<std::string_view> list) {
  return std::find(list.begin(), list.end(), word) != list.end();
}

std::string_view lower_at(const Words& words, std::size_t i) {
  return i < words.size() ? std::string_view(words[i].lower) : std::string_view();
}

void take(Words& words, std::size_t first, std::size_t last) {
  for (std::size_t i = first; i <= last && i < words.size(); ++i) words[i].taken = true;
}

/// How many words behind the number spell "tokens per second" ("tok/s", "t/s", "tps", "tokens per second"), counting
/// from the unit glued to it; 0 if they do not. `glued` is true when the number's own word holds the unit's start.
std::size_t speed_unit_words(const Words& words, std::size_t number) {
  const std::string_view glued = words[number].unit;
  const std::size_t at = glued.empty() ? number + 1 : number;
  const std::string_view unit = glued.empty() ? lower_at(words, at) : glued;
  if (at >= words.size()) return 0;
  if (is_one_of(unit, {"tps", "tokps", "toks", "tkps"}) && lower_at(words, at + 1) != "s") return at - number + 1;
  if (!is_one_of(unit, {"t", "tok", "toks", "token", "tokens", "tk"})) return 0;
  std::size_t next = at + 1;
  if (is_one_of(lower_at(words, next), {"per", "a", "each"})) ++next;
  if (is_one_of(lower_at(words, next), {"s", "sec", "second", "seconds", "secs"})) return next - number + 1;
  return 0;
}

struct UnitFigure {
  ClaimRange range;
  std::size_t first = 0, last = 0;  ///< words it takes, the unit's among them
};

/// The claimed speed. Two different ones are a fault: which is meant?
std::optional<Error> find_speed(Words& words, ClaimText& claim, std::vector<std::size_t>& numbers) {
  std::string seen;
  for (const std::size_t number : numbers) {
    std::size_t first = number;
    words[number].taken = false;
    const auto range = range_ending_at(words, number, first);
    const std::size_t last = number + speed_unit_words(words, number) - 1;
    take(words, first, last);
    if (!range) continue;
    const std::string written(claim_stretch(words, first, last));
    if (words[first].negative)
      return Error{ErrorCode::invalid_input,
                   "the claim's speed, \"-" + written + "\", is below zero",
                   "claim",
                   "a speed above zero, such as \"25 tok/s\" (a dash with a space on either side is no minus)",
                   {}};
    if (claim.tokens_per_s && (claim.tokens_per_s->low != range->low || claim.tokens_per_s->high != range->high))
      return Error{ErrorCode::invalid_input,
                   "the claim gives two speeds, " + join({"\"" + seen + "\"", "\"" + written + "\""}, " and "),
                   "claim",
                   "one speed at a time, or a range such as \"25-30 tok/s\"",
                   {}};
    claim.tokens_per_s = range;
    seen = written;
  }
  return std::nullopt;
}

/// Words of the sentence before a figure, up to three, that say what it is for.
bool said_before(const Words& words, std::size_t first, std::initializer_list<std::string_view> list) {
  for (std::size_t back = 1; back <= 3 && back <= first; ++back)
    if (is_one_of(words[first - back].lower, list)) return true;
  return false;
}

bool said_after(const Words& words, std::size_t last, std::initializer_list<std::string_view> list) {
  for (std::size_t i = last + 1; i <= last + 3 && i < words.size(); ++i)
    if (is_one_of(words[i].lower, list)) return true;
  return false;
}

/// A figure in GB, GiB, MB, TB, or one of these per second.
void read_bytes(Words& words, std::size_t number, std::size_t unit_at, double scale, ClaimText& claim) {
  std::size_t first = number;
  const auto range = range_ending_at(words, number, first);
  if (!range) return;
  const ClaimRange figure{range->low * scale, range->high * scale};
  std::size_t last = unit_at;
  const bool per_second = lower_at(words, last + 1) == "s" && words[last + 1].joint == '/';
  if (per_second) {
    claim.bandwidth_gbps = figure;
    take(words, first, last + 1);
    return;
  }
  const bool per_token = (lower_at(words, last + 1) == "token" && words[last + 1].joint == '/') ||
                         (lower_at(words, last + 1) == "per" && lower_at(words, last + 2) == "token") ||
                         said_after(words, last, {"active", "read"});
  take(words, first, last);
  if (per_token) {
    claim.read_gb_per_token = figure;
    for (std::size_t i = last + 1; i <= last + 3 && i < words.size(); ++i)
      if (is_one_of(words[i].lower, {"active", "read", "per", "token"})) words[i].taken = true;
    return;
  }
  if (claim.memory_gb) return;
  claim.memory_gb = figure;
  const bool inside = said_before(words, first, {"fit", "fits", "in", "inside", "within", "into", "runs", "run"});
  claim.memory_meaning =
      inside && !said_before(words, first, {"needs", "need", "takes", "take", "draw", "draws", "uses", "weighs"})
          ? MemoryMeaning::fits_in
          : MemoryMeaning::size;
}

/// 10^9 bytes in a unit's name, 0 when it is none.
double gb_in(std::string_view unit) {
  if (unit == "gb" || unit == "gbs" || unit == "g") return 1;
  if (unit == "gib") return kGib / kGb;
  if (unit == "tb") return 1000;
  if (unit == "mb") return 0.001;
  return 0;
}

/// "70B", "20B active", "A3B", "1T": sizes in 10^9 parameters.
void read_parameters(Words& words, std::size_t i, ClaimText& claim) {
  ClaimWord& word = words[i];
  double billions = 0;
  bool active = said_after(words, i, {"active"}) || (i > 0 && lower_at(words, i - 1) == "active");
  if (word.number && (word.unit == "b" || word.unit == "t")) {
    billions = *word.number * (word.unit == "t" ? 1000 : 1);
  } else if (word.lower.size() > 2 && word.lower.front() == 'a' && word.lower.back() == 'b') {
    const Result<double> number = parse_number(std::string_view(word.lower).substr(1, word.lower.size() - 2));
    if (!number) return;
    billions = *number;
    active = true;
  } else {
    return;
  }
  // A figure further on is nearer to its "active": "120B / 20B active".
  for (std::size_t k = i + 1; active && k <= i + 2 && k < words.size() && word.number; ++k)
    if (words[k].number && words[k].unit == "b") active = false;
  word.taken = true;
  if (active) {
    claim.active_params_b = billions;
    for (const std::size_t k : {i - 1, i + 1, i + 2, i + 3})
      if (k < words.size() && is_one_of(words[k].lower, {"active", "parameters", "params"})) words[k].taken = true;
  } else if (said_after(words, i, {"parameters", "params", "total"})) {
    claim.params_b = billions;
    if (claim.model.empty() && !claim.size_b) claim.size_b = billions;
  } else if (claim.model.empty() && !claim.size_b) {
    claim.size_b = billions;
  } else if (!claim.model.empty() && !claim.params_b) {
    claim.params_b = billions;
  } else {
    word.taken = false;
  }
}

/// "32K context", "at 8000 tokens", "16 users", "150 W".
void read_circumstances(Words& words, std::size_t i, ClaimText& claim) {
  ClaimWord& word = words[i];
  const bool spaced = word.unit.empty();
  const std::string_view unit = spaced ? lower_at(words, i + 1) : std::string_view(word.unit);
  if (spaced && is_one_of(unit, {"users", "user", "streams", "stream", "concurrent", "requests", "slots", "clients",
                                 "sessions", "parallel"})) {
    if (*word.number >= 1 && *word.number <= 100000) claim.concurrency = static_cast<int>(*word.number);
    take(words, i, i + 1);
  } else if ((spaced || word.unit == "k") &&
             (said_after(words, i, {"context", "ctx", "depth"}) ||
              (i > 0 && is_one_of(lower_at(words, i - 1), {"depth", "ctx", "context"})))) {
    claim.depth_tokens = *word.number * (word.unit == "k" ? 1024 : 1);
    take(words, i, i);
  } else if (is_one_of(unit, {"w", "watt", "watts"})) {
    std::size_t first = i;
    claim.power_w = range_ending_at(words, i, first);
    take(words, first, spaced ? i + 1 : i);
  }
}

void read_figures(Words& words, ClaimText& claim) {
  for (std::size_t i = 0; i < words.size(); ++i) {
    if (words[i].taken) continue;
    if (!words[i].number) {
      read_parameters(words, i, claim);
      continue;
    }
    const double glued = gb_in(words[i].unit);
    const double spaced = words[i].unit.empty() ? gb_in(lower_at(words, i + 1)) : 0;
    if (glued > 0) {
      read_bytes(words, i, i, glued, claim);
    } else if (spaced > 0) {
      read_bytes(words, i, i + 1, spaced, claim);
    } else if (words[i].unit == "b" || words[i].unit == "t") {
      read_parameters(words, i, claim);
    } else {
      read_circumstances(words, i, claim);
    }
  }
}

/// Negation anywhere before the verb: "does not fit", "doesn't fit", "won't run", "no fit".
bool is_denied(const Words& words, std::size_t verb) {
  for (std::size_t back = 1; back <= 3 && back <= verb; ++back) {
    const std::string& word = words[verb - back].lower;
    if (is_one_of(word, {"not", "no", "never", "cannot", "doesn", "won", "can't", "doesnt", "wont", "cant"}))
      return true;
  }
  return false;
}

void read_words(Words& words, ClaimText& claim) {
  for (std::size_t i = 0; i < words.size(); ++i) {
    ClaimWord& word = words[i];
    if (word.taken) continue;
    const std::string& w = word.lower;
    bool known = true;
    if (is_one_of(w, {"fit", "fits", "fitting"}) ||
        (is_one_of(w, {"runs", "run", "loads"}) && !claim.tokens_per_s && (!claim.model.empty() || claim.size_b))) {
      claim.fits = !is_denied(words, i);
    } else if (is_one_of(w, {"prefill", "prompt", "pp", "pp512", "pp2048"})) {
      claim.phase = Phase::prefill;
    } else if (is_one_of(w, {"decode", "generation", "generating", "tg", "tg128"})) {
      if (!claim.phase) claim.phase = Phase::decode;
    } else if (is_one_of(w, {"aggregate", "total", "throughput", "combined", "batched"})) {
      if (!claim.phase && claim.tokens_per_s) claim.phase = Phase::decode_total;
    } else if (w == "layer" && is_one_of(lower_at(words, i + 1), {"split", "splitting"})) {
      claim.split = MultiDevice::layer_split;
      take(words, i, i + 1);
    } else if (w == "pipeline") {
      claim.split = MultiDevice::layer_split;
    } else if (w == "tensor" && is_one_of(lower_at(words, i + 1), {"parallel", "parallelism"})) {
      claim.split = MultiDevice::tensor_parallel;
      take(words, i, i + 1);
    } else if (w == "tp" || (w.size() <= 4 && w.starts_with("tp") && w.find_first_not_of("0123456789", 2) == w.npos)) {
      claim.split = MultiDevice::tensor_parallel;
      if (i + 1 < words.size() && words[i + 1].joint == '=' && words[i + 1].number) words[i + 1].taken = true;
    } else if (is_one_of(w, {"speculative", "speculation", "mtp", "eagle", "medusa", "draft", "drafting"})) {
      claim.speculative = true;
    } else {
      known = false;
    }
    word.taken = word.taken || known;
  }
}

/// Words of no weight: they say nothing that could be missed.
bool is_filler(const ClaimWord& word) {
  return is_one_of(
      word.lower,
      {"a",       "an",      "the",     "at",        "on",      "in",         "of",     "with",      "and",
       "or",      "is",      "are",     "does",      "do",      "did",        "get",    "gets",      "got",
       "reach",   "reaches", "about",   "around",    "roughly", "approx",     "ca",     "circa",     "over",
       "up",      "to",      "my",      "your",      "i",       "you",        "it",     "this",      "that",
       "can",     "for",     "from",    "by",        "via",     "using",      "single", "stream",    "model",
       "memory",  "ram",     "vram",    "needs",     "need",    "takes",      "take",   "draw",      "draws",
       "uses",    "weighs",  "weights", "size",      "speed",   "inference",  "gpu",    "card",      "machine",
       "s",       "per",     "quant",   "quantized", "has",     "have",       "be",     "not",       "no",
       "what",    "how",     "fast",    "only",      "just",    "parameters", "params", "nodes",     "each",
       "request", "context", "ctx",     "tokens",    "token",   "read",       "reads",  "bandwidth", "power",
       "load",    "under",   "disk",    "within",    "into",    "will",       "would",  "runs",      "run",
       "t",       "peak",    "b",       "gb",        "users",   "w",          "doesn",  "won",       "dense",
       "moe",     "local",   "locally", "x"});
}

}  // namespace

Result<ClaimText> parse_claim_text(const Catalog& catalog, std::string_view text) {
  constexpr std::size_t kLongest = 400;
  if (text.size() > kLongest)
    return invalid("the claim is longer than 400 characters", "claim",
                   "one claim, such as \"7B Q4 at 90 tok/s on Strix Halo\"");
  Words words = claim_words(text);
  ClaimText claim;
  // Figures with "tok/s" behind them are no part of a name: "RTX 3090 90 tok/s", "4090 tok/s".
  std::vector<std::size_t> speeds;
  const auto mark_speeds = [&] {
    speeds.clear();
    for (std::size_t i = 0; i < words.size(); ++i)
      if (words[i].number && speed_unit_words(words, i) > 0) speeds.push_back(i);
  };
  mark_speeds();
  for (const std::size_t i : speeds) take(words, i, i + speed_unit_words(words, i) - 1);
  if (auto error = find_claim_names(catalog, words, claim)) return fail(std::move(*error));
  mark_speeds();  // a count glued to a name has become a word of its own
  if (auto error = find_speed(words, claim, speeds)) return fail(std::move(*error));
  read_figures(words, claim);
  read_words(words, claim);
  for (const ClaimWord& word : words)
    if (!word.taken && !is_filler(word)) claim.not_understood.emplace_back(word.text);
  return claim;
}

}  // namespace rigwise
