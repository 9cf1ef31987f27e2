#include "verbs/check_question.h"

#include <algorithm>
#include <array>
#include <cmath>

#include "core/base/text.h"
#include "verbs/answers.h"
#include "verbs/question.h"

namespace rigwise {
namespace {

struct TypicalModel {
  double size_b;
  const char* id;
};

/// What a bare size means: widely run, of middling weight for its name. 7B is 7.25B, so 7B at Q4_K_M is 4.4 GB.
constexpr std::array<TypicalModel, 26> kTypicalModels = {{{0.5, "qwen2.5-0.5b"},
                                                          {1, "llama-3.2-1b"},
                                                          {1.5, "qwen2.5-1.5b"},
                                                          {2, "gemma-2-2b"},
                                                          {3, "llama-3.2-3b"},
                                                          {4, "qwen3-4b"},
                                                          {7, "mistral-7b-v0.3"},
                                                          {8, "llama-3.1-8b"},
                                                          {9, "gemma-2-9b"},
                                                          {12, "gemma-3-12b"},
                                                          {13, "llama-2-13b"},
                                                          {14, "qwen2.5-14b"},
                                                          {20, "gpt-oss-20b"},
                                                          {22, "mistral-small-22b-2409"},
                                                          {24, "mistral-small-3.2-24b"},
                                                          {27, "gemma-3-27b"},
                                                          {30, "qwen3-30b-a3b"},
                                                          {32, "qwen2.5-32b"},
                                                          {34, "yi-1.5-34b"},
                                                          {70, "llama-3.1-70b"},
                                                          {72, "qwen2.5-72b"},
                                                          {120, "gpt-oss-120b"},
                                                          {123, "mistral-large-2-123b"},
                                                          {405, "llama-3.1-405b"},
                                                          {671, "deepseek-v3"},
                                                          {1000, "kimi-k2"}}};

struct TypicalFormat {
  int bits;
  const char *gguf, *mlx, *safetensors;
};
constexpr std::array<TypicalFormat, 7> kTypicalFormats = {{{2, "q2_k", "mlx-3bit-g64", "gptq-3bit-g128"},
                                                           {3, "q3_k_m", "mlx-3bit-g64", "gptq-3bit-g128"},
                                                           {4, "q4_k_m", "mlx-4bit-g64", "awq-4bit-g128"},
                                                           {5, "q5_k_m", "mlx-5bit-g64", "awq-4bit-g128"},
                                                           {6, "q6_k", "mlx-6bit-g64", "mxfp6"},
                                                           {8, "q8_0", "mlx-8bit-g64", "fp8"},
                                                           {16, "f16", "mlx-bf16", "bf16"}}};

/// The lightest usual format of a width: Q4_0 for "Q4".
double fewest_bits(int bits) {
  if (bits == 16) return 16;
  if (bits == 6) return 6.5;
  return bits + (bits <= 3 ? 0.06 : 0.5);
}

bool holds(const Engine* engine, std::string_view container) {
  return engine != nullptr &&
         std::find(engine->containers.begin(), engine->containers.end(), container) != engine->containers.end();
}

Error at(Error error, const std::string& where) {
  if (error.where.empty()) error.where = where;
  return error;
}

template <class T, std::size_t N>
std::optional<T> word_of(ObjectReader& reader, std::string_view key,
                         const std::array<std::pair<const char*, T>, N>& words) {
  const std::optional<std::string> word = reader.text(key);
  if (!word) return std::nullopt;
  std::vector<std::string> names;
  for (const auto& [name, value] : words) {
    if (*word == name) return value;
    names.emplace_back(name);
  }
  reader.refuse({ErrorCode::invalid_input, "\"" + std::string(key) + "\" is \"" + *word + "\"", reader.path_of(key),
                 "one of: " + join(names, ", "), nearest_names(*word, names)});
  return std::nullopt;
}

constexpr std::array<std::pair<const char*, Phase>, 3> kPhases = {
    {{"decode", Phase::decode}, {"decode_total", Phase::decode_total}, {"prefill", Phase::prefill}}};
constexpr std::array<std::pair<const char*, MultiDevice>, 2> kSplits = {
    {{"layer_split", MultiDevice::layer_split}, {"tensor_parallel", MultiDevice::tensor_parallel}}};
constexpr std::array<std::pair<const char*, MemoryMeaning>, 2> kMeanings = {
    {{"size", MemoryMeaning::size}, {"fits_in", MemoryMeaning::fits_in}}};

std::optional<ClaimRange> figure(ObjectReader& reader, std::string_view key, double most) {
  const std::optional<double> value = reader.number(key, 1e-6, most);
  if (!value) return std::nullopt;
  return ClaimRange{*value, *value};
}

template <class T>
void overrule(std::optional<T>& said, const std::optional<T>& given) {
  if (given) said = given;
}

/// The names as the request's keys give them; they overrule the words of the claim.
struct Names {
  std::string model, quant, setup, engine, kv_type;
};

/// Lays the request's keys over what the words said.
void read_keys(ObjectReader& reader, ClaimText& text, Names& names, CheckQuestion& question) {
  names = {reader.text("model").value_or(text.model), reader.text("quant").value_or(text.quant),
           reader.text("setup").value_or(text.setup), reader.text("engine").value_or(text.engine),
           reader.text("kv_type").value_or("")};
  if (names.model != text.model) text.size_b.reset();
  if (names.quant != text.quant) text.bits.reset();
  overrule(text.phase, word_of(reader, "phase", kPhases));
  overrule(text.split, word_of(reader, "split", kSplits));
  if (const auto meaning = word_of(reader, "memory_meaning", kMeanings)) text.memory_meaning = *meaning;
  overrule(text.tokens_per_s, figure(reader, "tokens_per_s", 1e8));
  const std::optional<double> upper = reader.number("tokens_per_s_max", 1e-6, 1e8);
  if (upper && text.tokens_per_s) text.tokens_per_s->high = std::max(*upper, text.tokens_per_s->low);
  overrule(text.memory_gb, figure(reader, "memory_gb", 1e7));
  overrule(text.read_gb_per_token, figure(reader, "read_gb_per_token", 1e7));
  overrule(text.bandwidth_gbps, figure(reader, "bandwidth_gbps", 1e7));
  overrule(text.power_w, figure(reader, "power_w", 1e7));
  overrule(text.params_b, reader.number("params_b", 1e-6, 1e6));
  overrule(text.active_params_b, reader.number("active_params_b", 1e-6, 1e6));
  overrule(text.fits, reader.boolean("fits"));
  overrule(text.depth_tokens, reader.number("depth_tokens", 0, 1e7));
  overrule(text.concurrency, reader.integer("concurrency", 0, 100000));
  text.speculative = reader.boolean("speculative").value_or(text.speculative);
  question.query.backend = lower(reader.text("backend").value_or(""));
  Workload& workload = question.query.workload;
  workload.prompt_tokens = reader.number("prompt_tokens", 1, 1e7).value_or(512);
  workload.depth_tokens = text.depth_tokens.value_or(0);
  workload.concurrency = text.concurrency.value_or(1);
  question.query.level = reader.number("level", 0.5, 0.99).value_or(0.8);
}

std::optional<Claimed> claimed(const std::optional<ClaimRange>& range) {
  if (!range || range->high <= 0) return std::nullopt;
  return Claimed{range->low, range->high};
}

void take_figures(const ClaimText& text, CheckQuestion& question) {
  question.phase = text.phase.value_or(Phase::decode);
  question.speculative = text.speculative;
  question.split = text.split;
  question.tokens_per_s = claimed(text.tokens_per_s);
  question.memory_gb = claimed(text.memory_gb);
  question.memory_meaning = text.memory_meaning;
  question.read_gb_per_token = claimed(text.read_gb_per_token);
  question.bandwidth_gbps = claimed(text.bandwidth_gbps);
  question.power_w = claimed(text.power_w);
  question.params_b = text.params_b;
  question.active_params_b = text.active_params_b;
  question.fits = text.fits;
  question.not_understood = text.not_understood;
  question.assumptions = text.assumptions;
}

std::optional<Error> resolve_model(const Catalog& catalog, const Names& names, const ClaimText& text,
                                   CheckQuestion& question) {
  if (!names.model.empty()) {
    const Result<const Llm*> model = catalog.model(names.model);
    if (!model) return at(model.error(), "model");
    question.query.model = *model;
    return std::nullopt;
  }
  if (!text.size_b) return std::nullopt;
  const Result<const Llm*> model = typical_model(catalog, *text.size_b, text.active_params_b);
  if (!model) return at(model.error(), "claim");
  question.query.model = *model;
  question.loose_model = true;
  constexpr double kFewest = 0.963;  // "7B" starts at 6.74B
  question.loose.model = std::max(1.0, (*model)->params_total / (*text.size_b * kFewest * 1e9));
  // "30B A3B" and "7B parameters" describe the model here, they claim nothing of it.
  question.active_params_b.reset();
  question.params_b.reset();
  question.assumptions.push_back("a model of " + significant(*text.size_b, 4) + "B is taken to be " + (*model)->name);
  return std::nullopt;
}

std::optional<Error> resolve_format(const Catalog& catalog, const Names& names, const ClaimText& text,
                                    CheckQuestion& question) {
  PredictQuery& query = question.query;
  if (!names.quant.empty()) {
    const Result<const Format*> format = catalog.format(names.quant);
    if (!format) return at(format.error(), "quant");
    query.format = *format;
    return std::nullopt;
  }
  if (query.model == nullptr) return std::nullopt;
  const Result<const Format*> format = text.bits ? typical_format(catalog, *text.bits, *query.model, query.engine)
                                                 : default_format(catalog, *query.model, query.engine);
  if (!format) return at(format.error(), "quant");
  query.format = *format;
  question.loose_format = true;
  question.bits = text.bits.value_or(0);
  question.loose.format = std::max(1.0, query.format->bits.whole_model / fewest_bits(text.bits.value_or(4)));
  const bool matters = question.tokens_per_s || question.memory_gb || question.fits || question.read_gb_per_token;
  if (matters)
    question.assumptions.push_back(
        "format " + query.format->name +
        (text.bits ? " (the claim says " + std::to_string(*text.bits) + " bits)" : " (the claim names none)"));
  return std::nullopt;
}

std::optional<Error> resolve(const Catalog& catalog, const Names& names, const ClaimText& text,
                             CheckQuestion& question) {
  if (!names.engine.empty()) {
    const Result<const Engine*> engine = catalog.engine(names.engine);
    if (!engine) return at(engine.error(), "engine");
    question.query.engine = *engine;
  }
  if (!names.setup.empty()) {
    Result<Setup> setup = parse_setup(catalog, names.setup);
    if (!setup) return at(setup.error(), "setup");
    question.query.setup = std::move(*setup);
    question.has_setup = true;
  }
  if (!names.kv_type.empty()) {
    const Result<const Format*> kv = catalog.kv_format(names.kv_type);
    if (!kv) return at(kv.error(), "kv_type");
    question.query.kv_format = *kv;
  }
  if (auto error = resolve_model(catalog, names, text, question)) return error;
  return resolve_format(catalog, names, text, question);
}

std::string found_so_far(const CheckQuestion& question) {
  std::vector<std::string> found;
  if (question.query.model != nullptr) found.push_back("the model " + question.query.model->name);
  if (question.query.format != nullptr && !question.loose_format)
    found.push_back("the format " + question.query.format->name);
  if (question.has_setup) found.push_back("the set-up " + setup_words(question.query.setup));
  if (question.tokens_per_s) found.push_back("a speed of " + significant(question.tokens_per_s->high, 4) + " tok/s");
  if (question.memory_gb) found.push_back("a memory of " + significant(question.memory_gb->high, 4) + " GB");
  if (found.empty()) return "nothing was understood";
  return "found " + join(found, ", ");
}

/// What is missing, with the names nearest to the words that said nothing to us.
std::optional<Error> missing(const Catalog& catalog, const CheckQuestion& question) {
  const bool device_fact = question.bandwidth_gbps || question.power_w;
  const auto refusal = [&](const std::string& what, const std::string& where, const std::string& hint,
                           const std::vector<std::string>& near) {
    std::string message = what + "; " + found_so_far(question);
    if (!question.not_understood.empty()) message += "; not understood: \"" + join(question.not_understood, " ") + "\"";
    return Error{ErrorCode::invalid_input, message, question.claim.empty() ? where : "claim", hint, near};
  };
  const std::string words = join(question.not_understood, " ");
  const auto near = [&](const auto& lookup) {
    if (words.empty()) return std::vector<std::string>{};
    const auto missed = lookup(words);
    return missed ? std::vector<std::string>{} : missed.error().did_you_mean;
  };
  if (!question.about_model() && !device_fact)
    return refusal("the claim states no speed, memory, fit, parameter count, bandwidth or power", "tokens_per_s",
                   "a figure such as \"90 tok/s\", \"needs 34 GB\", \"fits in 16 GB\", \"20B active\"", {});
  if (question.about_model() && question.query.model == nullptr)
    return refusal("the claim names no model", "model", "a model or a size: \"llama-3.1-8b\", \"7B\"",
                   near([&](const std::string& w) { return catalog.model(w); }));
  const bool needs_setup = question.tokens_per_s || device_fact || (question.fits && !question.memory_gb);
  if (needs_setup && !question.has_setup)
    return refusal("the claim names no device", "setup",
                   "a device such as \"rtx 4090\", \"2x rtx-3090\", \"strix halo\"",
                   near([&](const std::string& w) { return catalog.device(w); }));
  return std::nullopt;
}

}  // namespace

Result<const Llm*> typical_model(const Catalog& catalog, double size_b, std::optional<double> active_b) {
  constexpr double kNear = 0.08, kActiveNear = 0.35;
  const auto answers = [&](const Llm& model) {
    return !active_b || std::fabs(std::log(model.params_active / (*active_b * 1e9))) < kActiveNear;
  };
  for (const TypicalModel& typical : kTypicalModels) {
    if (typical.size_b != size_b) continue;
    const Result<const Llm*> model = catalog.model(typical.id);
    if (model && answers(**model)) return model;
  }
  const Llm* best = nullptr;
  double best_distance = kNear;
  for (const Llm& model : catalog.models) {
    const bool text = std::find(model.modality.begin(), model.modality.end(), "text") != model.modality.end();
    if (!text || model.weights != WeightsStatus::published || !model.has_shape() || !answers(model)) continue;
    const double distance = std::fabs(std::log(model.params_total / (size_b * 1e9)));
    if (distance > best_distance || (distance == best_distance && best != nullptr && best->id <= model.id)) continue;
    best = &model;
    best_distance = distance;
  }
  if (best != nullptr) return best;
  return fail({ErrorCode::not_found,
               "the catalog knows no model of " + significant(size_b, 4) + "B parameters",
               "",
               "the model by its name",
               {}});
}

Result<const Format*> typical_format(const Catalog& catalog, int bits, const Llm& model, const Engine* engine) {
  Result<const Format*> native = catalog.format(model.native_format);
  // gpt-oss is released in 4 bits; "Q4" of it is that release.
  if (bits == 4 && native && (*native)->format_class == "mxfp4") return native;
  const auto typical = std::find_if(kTypicalFormats.begin(), kTypicalFormats.end(),
                                    [&](const TypicalFormat& t) { return t.bits == bits; });
  if (typical == kTypicalFormats.end())
    return fail({ErrorCode::not_found,
                 "no usual format has " + std::to_string(bits) + " bits",
                 "quant",
                 "2, 3, 4, 5, 6, 8 or 16 bits",
                 {}});
  if (engine == nullptr || holds(engine, "gguf")) return catalog.format(typical->gguf);
  return catalog.format(holds(engine, "mlx") ? typical->mlx : typical->safetensors);
}

Result<CheckQuestion> read_check_question(const House& house, const Json& request) {
  ObjectReader reader(request, "");
  CheckQuestion question;
  question.claim = reader.text("claim").value_or("");
  ClaimText text;
  if (!question.claim.empty()) {
    Result<ClaimText> read = parse_claim_text(house.catalog, question.claim);
    if (!read) return fail(read.error());
    text = std::move(*read);
  }
  Names names;
  read_keys(reader, text, names, question);
  question.as_of = read_as_of(reader, house);
  if (std::optional<Error> fault = reader.done()) return fail(*fault);
  take_figures(text, question);
  if (auto error = resolve(house.catalog, names, text, question)) return fail(std::move(*error));
  if (auto error = missing(house.catalog, question)) return fail(std::move(*error));
  return question;
}

}  // namespace rigwise
