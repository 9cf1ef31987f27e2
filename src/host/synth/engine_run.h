#pragma once

#include <chrono>
#include <functional>
#include <optional>
#include <string>

#include "core/base/result.h"

namespace rigwise {

/// The engines that a model file can be measured with here.
enum class LocalEngine { llama_bench, llama_server, ollama };
const char* local_engine_name(LocalEngine engine);

struct FoundEngine {
  LocalEngine kind = LocalEngine::llama_bench;
  std::string path;
};

/// The program at `path`, which its name tells apart ("/opt/llama/llama-bench-cuda"); without one the first of
/// llama-bench, llama-server and ollama on PATH. Errors  io: there is none; invalid_input: a program of another name.
Result<FoundEngine> find_engine(const std::optional<std::string>& path);

/// What is measured: a prompt, and tokens generated behind it (llama-bench: each alone), several times.
struct EngineWork {
  int prompt_tokens = 512, gen_tokens = 64, times = 3;
  std::chrono::milliseconds most_time{1'800'000};
  std::function<bool()> go_on;  ///< false ends it
};

enum class EngineRunEnd { measured, interrupted };

/// What an engine printed or answered, as import_runs() reads it.
struct EngineOutput {
  EngineRunEnd end = EngineRunEnd::measured;
  std::string text;
  double seconds = 0;
};

/// Runs the engine on a synthetic GGUF file (one letter of prompt is one token). llama-server is started on a free port
/// of 127.0.0.1 and ended; Ollama is given the file as a model of its own (`ollama create`), which is removed again.
/// Errors  io: it cannot be started, fails (with what it said last), or takes longer than it may.
Result<EngineOutput> run_engine(const FoundEngine& engine, const std::string& gguf_path, const EngineWork& work);

}  // namespace rigwise
