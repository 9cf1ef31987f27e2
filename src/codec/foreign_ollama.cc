// Ollama's own figures: the last object of /api/generate and /api/chat (api/types.go, Metrics) and what
// `ollama run MODEL --verbose` prints of it (Metrics.Summary).
#include "codec/foreign_readers.h"
#include "codec/json_fields.h"
#include "codec/text_lines.h"
#include "core/base/text.h"

namespace rigwise {
namespace {

constexpr double kNsPerS = 1e9;

/// One answer of Ollama's, whichever form it was printed in.
struct OllamaAnswer {
  double prompt_tokens = 0, prompt_tokens_per_s = 0;
  double gen_tokens = 0, gen_tokens_per_s = 0;
};

void add_answer(const OllamaAnswer& answer, ForeignRun run, ForeignRuns& file) {
  const std::size_t before = file.runs.size();
  run.engine = "ollama";
  run.note = "Ollama's own timings of one request";
  if (answer.prompt_tokens > 0) run.prompt_tokens = answer.prompt_tokens;
  const auto add = [&](Phase phase, double tokens, double tokens_per_s) {
    if (!(tokens > 0) || !(tokens_per_s > 0)) return;
    ForeignRun speed = run;
    speed.phase = phase;
    speed.tokens_per_s = tokens_per_s;
    speed.test = (phase == Phase::prefill ? "pp" : "tg") + fixed(tokens, 0);
    speed.context_depth = phase == Phase::prefill ? 0 : answer.prompt_tokens;
    if (phase == Phase::prefill) speed.note += "; a cached prompt makes it too fast";
    if (phase == Phase::decode) speed.gen_tokens = tokens;
    speed.identity.append("\n").append(phase_name(phase));
    file.runs.push_back(std::move(speed));
  };
  add(Phase::prefill, answer.prompt_tokens, answer.prompt_tokens_per_s);
  add(Phase::decode, answer.gen_tokens, answer.gen_tokens_per_s);
  if (file.runs.size() == before) file.skip(run.line, "the answer holds no speed");
}

/// The number in front of a unit: "26 token(s)", "70.13 tokens/s".
double leading_number(std::string_view value) {
  const Result<double> number = parse_number(value.substr(0, value.find(' ')));
  return number ? *number : 0;
}

/// "$ ollama run llama3.1:8b --verbose" -> "llama3.1:8b"; empty when the line is no such command.
std::string tag_in_command(std::string_view line) {
  constexpr std::string_view kCommand = "ollama run ";
  const std::size_t at = line.find(kCommand);
  if (at == std::string_view::npos) return {};
  for (const std::string_view word : split(line.substr(at + kCommand.size()), ' ')) {
    if (!word.empty() && !word.starts_with('-')) return std::string(trim(word));
  }
  return {};
}

}  // namespace

bool is_ollama_answer(const Json& record) {
  return number_at(record, "eval_count") && number_at(record, "eval_duration");
}

void add_ollama_answer(const Json& record, int line, ForeignRuns& file) {
  file.program = "ollama";
  const auto number = [&](const char* key) { return number_at(record, key).value_or(0); };
  OllamaAnswer answer;
  answer.prompt_tokens = number("prompt_eval_count");
  answer.gen_tokens = number("eval_count");
  if (number("prompt_eval_duration") > 0)
    answer.prompt_tokens_per_s = answer.prompt_tokens * kNsPerS / number("prompt_eval_duration");
  if (number("eval_duration") > 0) answer.gen_tokens_per_s = answer.gen_tokens * kNsPerS / number("eval_duration");
  ForeignRun run;
  run.line = line;
  run.model = text_at(record, "model");
  run.date = text_at(record, "created_at").substr(0, 10);
  // The answer's text is nobody's business: times and counts make the run.
  run.identity = "ollama\n" + run.model + "\n" + text_at(record, "created_at") + "\n" +
                 shortest(number("total_duration")) + "\n" + shortest(number("eval_duration")) + "\n" +
                 shortest(number("prompt_eval_duration"));
  add_answer(answer, std::move(run), file);
}

ForeignRuns read_ollama_verbose(std::string_view text) {
  ForeignRuns file;
  file.program = "ollama";
  ForeignRun run;
  OllamaAnswer answer;
  bool open = false;
  const auto close = [&] {
    if (open) add_answer(answer, run, file);
    const std::string tag = run.model;
    run = {};
    run.model = tag;
    answer = {};
    open = false;
  };
  for (const TextLine& line : lines_of(text)) {
    if (std::string tag = tag_in_command(line.text); !tag.empty()) {
      close();
      run.model = std::move(tag);
    }
    // A block begins with its total duration; text cut out of one may begin later.
    if (!value_after(line.text, "total duration").empty()) close();
    bool is_figure = false;
    for (const std::string_view key : {"total duration", "load duration", "prompt eval count", "prompt eval duration",
                                       "prompt eval rate", "eval count", "eval duration", "eval rate"}) {
      const std::string_view value = value_after(line.text, key);
      if (value.empty()) continue;
      is_figure = true;
      if (key == "prompt eval count") answer.prompt_tokens = leading_number(value);
      if (key == "prompt eval rate") answer.prompt_tokens_per_s = leading_number(value);
      if (key == "eval count") answer.gen_tokens = leading_number(value);
      if (key == "eval rate") answer.gen_tokens_per_s = leading_number(value);
      run.identity.append(key).append(" ").append(value).append("\n");
    }
    if (!is_figure) continue;
    if (!open) run.line = line.number;
    open = true;
    if (!value_after(line.text, "eval rate").empty()) close();
  }
  close();
  return file;
}

}  // namespace rigwise
