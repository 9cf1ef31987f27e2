#include "verbs/question.h"

#include <algorithm>

#include "core/base/text.h"
#include "verbs/answers.h"

namespace rigwise {
namespace {

/// Formats tried in turn when nobody names one: what most people run, container by container.
constexpr const char* kUsualFormats[] = {"q4_k_m",      "mlx-4bit-g64", "awq-4bit-g128", "fp8",
                                         "exl3-4.0bpw", "f16",          "bf16"};

bool engine_runs(const Engine& engine, const Format& format) {
  if (!format.engines.empty()) {
    return std::find(format.engines.begin(), format.engines.end(), engine.id) != format.engines.end() ||
           std::find(format.engines.begin(), format.engines.end(), engine.base) != format.engines.end();
  }
  return std::any_of(format.containers.begin(), format.containers.end(), [&](const std::string& container) {
    return std::find(engine.containers.begin(), engine.containers.end(), container) != engine.containers.end();
  });
}

/// A backend that no engine of the catalog has is a slip of the keyboard.
std::optional<Error> unknown_backend(const Catalog& catalog, const std::string& backend) {
  if (backend.empty()) return std::nullopt;
  std::vector<std::string> known;
  for (const Engine& engine : catalog.engines)
    known.insert(known.end(), engine.backends.begin(), engine.backends.end());
  std::sort(known.begin(), known.end());
  known.erase(std::unique(known.begin(), known.end()), known.end());
  if (std::find(known.begin(), known.end(), backend) != known.end()) return std::nullopt;
  return Error{ErrorCode::not_found, "no backend is called \"" + backend + "\"", "", "one of: " + join(known, ", "),
               nearest_names(backend, known)};
}

/// Says so when the set-up has more cards than any one machine of the catalog holds, and what is counted between them.
std::optional<std::string> beyond_one_machine(const Catalog& catalog, const Setup& setup) {
  int cards = 0;
  int most = 0;
  const Link* named = nullptr;
  for (const HostTemplate& host : catalog.hosts) most = std::max(most, host.max_cards);
  for (const SetupPart& part : setup.parts) {
    if (part.device->kind != DeviceKind::gpu || part.build != nullptr) continue;
    cards += part.count;
    most = std::max(most, part.device->max_linked.value_or(0));
    if (part.link != nullptr) named = part.link;
  }
  if (most == 0 || cards <= most) return std::nullopt;
  std::string text = "no machine of the catalog holds " + std::to_string(cards) + " such cards (" +
                     std::to_string(most) + " at most): counted as a cluster";
  const bool network = named != nullptr && (named->kind == "ethernet" || named->kind == "roce" ||
                                            named->kind == "infiniband" || named->kind == "thunderbolt");
  if (network) return text + " over " + named->name;
  return text + " whose machines are joined as fast as its cards are; name the network to count it, as in @100gbe";
}

/// "layer_split", "tensor_parallel" or "expert_parallel", short forms too.
std::optional<OffloadKind> offload_of(ObjectReader& reader) {
  const std::optional<std::string> word = reader.text("offload");
  if (!word) return std::nullopt;
  std::vector<std::string> names;
  for (const OffloadKind kind : {OffloadKind::layers, OffloadKind::experts}) {
    if (*word == offload_name(kind)) return kind;
    names.emplace_back(offload_name(kind));
  }
  reader.refuse({ErrorCode::invalid_input, "\"offload\" is \"" + *word + "\"", reader.path_of("offload"),
                 "one of: " + join(names, ", "), nearest_names(*word, names)});
  return std::nullopt;
}

/// What the request says of guessing ahead, names still unresolved.
struct SpeculationWords {
  std::optional<std::string> how;
  std::optional<int> draft_tokens;
  std::optional<double> acceptance;
};

/// Usual acceptance: 2211.17192 measures 0.5 to 0.8 for draft models; DeepSeek-V3's report (2412.19437) 0.85 to 0.9 for
/// the second token of its next-token head, which guesses one.
constexpr double kDraftAcceptance = 0.7, kMtpAcceptance = 0.85;
constexpr int kDraftTokens = 4, kMtpTokens = 1;

Result<std::optional<Speculation>> speculation_of(const Catalog& catalog, const ObjectReader& reader,
                                                  const SpeculationWords& words) {
  if (!words.how) {
    if (!words.draft_tokens && !words.acceptance) return std::optional<Speculation>();
    return fail({ErrorCode::invalid_input,
                 "draft_tokens and acceptance say how to guess ahead, but not with what",
                 reader.path_of("speculative"),
                 "add speculative: ngram, mtp or the name of a draft model",
                 {}});
  }
  Speculation s;
  const bool mtp = *words.how == "mtp";
  s.method = mtp ? Speculation::Method::mtp : Speculation::Method::ngram;
  if (!mtp && *words.how != "ngram") {
    const Result<const Llm*> draft = catalog.model(*words.how);
    if (!draft) {
      Error error = draft.error();
      error.where = reader.path_of("speculative");
      error.try_this =
          "ngram, mtp or the name of a draft model" + (error.try_this.empty() ? "" : "; " + error.try_this);
      return fail(error);
    }
    s.method = Speculation::Method::draft_model;
    s.draft = *draft;
  }
  if (s.method == Speculation::Method::ngram && !words.acceptance) {
    return fail({ErrorCode::invalid_input,
                 "how often n-gram guesses are accepted depends on the text alone",
                 reader.path_of("acceptance"),
                 "state it, as 0.5 for code that repeats itself",
                 {}});
  }
  s.draft_tokens = words.draft_tokens.value_or(mtp ? kMtpTokens : kDraftTokens);
  s.acceptance = words.acceptance.value_or(mtp ? kMtpAcceptance : kDraftAcceptance);
  return std::optional<Speculation>(s);
}

Error at(Error error, const std::string& where) {
  if (error.where.empty()) error.where = where;
  return error;
}

}  // namespace

std::optional<Split> split_of(ObjectReader& reader) {
  const std::optional<std::string> word = reader.text("split");
  if (!word) return std::nullopt;
  std::vector<std::string> names;
  for (const Split split : {Split::layer_split, Split::tensor_parallel, Split::expert_parallel}) {
    const std::string_view name = split_name(split);
    if (*word == name || *word == name.substr(0, name.find('_'))) return split;
    names.emplace_back(name);
  }
  reader.refuse({ErrorCode::invalid_input, "\"split\" is \"" + *word + "\"", reader.path_of("split"),
                 "one of: " + join(names, ", "), nearest_names(*word, names)});
  return std::nullopt;
}

Result<const Format*> default_format(const Catalog& catalog, const Llm& model, const Engine* engine) {
  if (engine == nullptr ||
      std::find(engine->containers.begin(), engine->containers.end(), "gguf") != engine->containers.end()) {
    // Models released in a 4-bit format of their own are run in it.
    const Result<const Format*> native = catalog.format(model.native_format);
    if (native && (*native)->format_class == "mxfp4") return native;
  }
  for (const char* name : kUsualFormats) {
    const Result<const Format*> format = catalog.format(name);
    if (format && (engine == nullptr || engine_runs(*engine, **format))) return format;
  }
  return fail(
      {ErrorCode::not_found, "the catalog has no usual format for this engine", "quant", "name one with --quant", {}});
}

Result<SpeedQuestion> read_speed_question(const House& house, ObjectReader& reader) {
  const Catalog& catalog = house.catalog;
  SpeedQuestion question;
  PredictQuery& query = question.query;
  const std::string model = reader.required_text("model", "\"llama-3.1-8b\"");
  const std::string setup = reader.required_text("setup", "\"rtx 4090\" or \"2x rtx-3090\"");
  const std::optional<std::string> quant = reader.text("quant");
  const std::optional<std::string> engine = reader.text("engine");
  const std::optional<std::string> kv_type = reader.text("kv_type");
  query.backend = lower(reader.text("backend").value_or(""));
  query.workload.prompt_tokens = reader.number("prompt_tokens", 1, 1e7).value_or(512);
  query.workload.output_tokens = reader.number("output_tokens", 1, 1e7).value_or(128);
  query.workload.depth_tokens = reader.number("depth_tokens", 0, 1e7).value_or(0);
  query.workload.concurrency = reader.integer("concurrency", 1, 100000).value_or(1);
  query.split = split_of(reader);
  query.offload = offload_of(reader);
  const SpeculationWords guessing = {reader.text("speculative"), reader.integer("draft_tokens", 1, 64),
                                     reader.number("acceptance", 0, 1)};
  question.region = reader.text("region");
  question.quality_loss = reader.boolean("quality_loss").value_or(false);
  query.level = reader.number("level", 0.5, 0.99).value_or(0.8);
  question.as_of = read_as_of(reader, house);
  if (std::optional<Error> fault = reader.done()) return fail(*fault);

  const Result<const Llm*> found_model = catalog.model(model);
  if (!found_model) return fail(at(found_model.error(), reader.path_of("model")));
  query.model = *found_model;
  Result<Setup> found_setup = parse_setup(catalog, setup);
  if (!found_setup) return fail(at(found_setup.error(), reader.path_of("setup")));
  query.setup = std::move(*found_setup);
  const Result<std::optional<Speculation>> speculation = speculation_of(catalog, reader, guessing);
  if (!speculation) return fail(speculation.error());
  query.speculation = *speculation;
  if (query.split && query.setup.device_count() < 2) {
    return fail({ErrorCode::invalid_input,
                 "\"" + setup + "\" is one device: there is nothing to split",
                 reader.path_of("split"),
                 "leave the split out, or name several devices, as \"2x rtx-3090\"",
                 {}});
  }
  if (const auto cluster = beyond_one_machine(catalog, query.setup)) question.assumptions.push_back(*cluster);
  if (engine) {
    const Result<const Engine*> found = catalog.engine(*engine);
    if (!found) return fail(at(found.error(), reader.path_of("engine")));
    query.engine = *found;
  }
  const Result<const Format*> format =
      quant ? catalog.format(*quant) : default_format(catalog, *query.model, query.engine);
  if (!format) return fail(at(format.error(), reader.path_of("quant")));
  query.format = *format;
  if (!quant) question.assumptions.push_back("format " + query.format->name + " (none was named)");
  if (const std::optional<Error> fault = unknown_backend(catalog, query.backend)) {
    return fail(at(*fault, reader.path_of("backend")));
  }
  if (kv_type) {
    const Result<const Format*> kv = catalog.kv_format(*kv_type);
    if (!kv) return fail(at(kv.error(), reader.path_of("kv_type")));
    query.kv_format = *kv;
  }
  return question;
}

Json resolved_json(const SpeedQuestion& question, const Prediction& prediction) {
  const PredictQuery& query = question.query;
  return {{"model", query.model->id},
          {"quant", query.format->id},
          {"setup", query.setup.text},
          {"engine", prediction.engine == nullptr ? Json(nullptr) : Json(prediction.engine->id)},
          {"backend", prediction.backend},
          {"prompt_tokens", query.workload.prompt_tokens},
          {"output_tokens", query.workload.output_tokens},
          {"depth_tokens", query.workload.depth_tokens},
          {"concurrency", query.workload.concurrency},
          {"kv_type", prediction.kv_format == nullptr ? Json("f16") : Json(prediction.kv_format->id)},
          {"split", query.split ? Json(split_name(*query.split)) : Json(nullptr)}};
}

}  // namespace rigwise
