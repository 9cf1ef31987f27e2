#include "host/synth/engine_run.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <csignal>
#include <cstdlib>
#include <filesystem>

#include "codec/import_runs.h"
#include "host/files/files.h"

namespace rigwise {
namespace {

namespace fs = std::filesystem;
using testing::HasSubstr;
using testing::SizeIs;

/// Programs that play the engines: they write down how they were called.
class EngineRun : public testing::Test {
 protected:
  void SetUp() override {
    folder = fs::temp_directory_path() / ("rigwise-engine-" + std::to_string(getpid()));
    fs::remove_all(folder);
    fs::create_directories(folder);
  }
  void TearDown() override { fs::remove_all(folder); }

  std::string path(const std::string& name) const { return (folder / name).string(); }
  std::string program(const std::string& name, const std::string& text) const {
    EXPECT_TRUE(write_file_atomically(path(name), text));
    ::chmod(path(name).c_str(), 0755);
    return path(name);
  }
  std::string calls() const { return read_file(path("calls")).value_or(""); }
  EngineOutput measured(const std::string& engine_path) const {
    const Result<FoundEngine> engine = find_engine(engine_path);
    EXPECT_TRUE(engine);
    const Result<EngineOutput> output = run_engine(*engine, path("model.gguf"), work);
    EXPECT_TRUE(output) << (output ? "" : output.error().message);
    return output ? *output : EngineOutput{};
  }

  fs::path folder;
  EngineWork work;
};

TEST_F(EngineRun, LlamaBenchIsAskedForJson) {
  const std::string engine = program(
      "llama-bench-cuda", "#!/bin/sh\necho \"$@\" >" + path("calls") + "\necho '[{\"avg_ts\": 1}]'\necho noise >&2\n");
  const EngineOutput output = measured(engine);
  EXPECT_EQ(output.text, "[{\"avg_ts\": 1}]\n");
  EXPECT_EQ(calls(), "-m " + path("model.gguf") + " -p 512 -n 64 -r 3 -o json\n");
}

TEST_F(EngineRun, AnEngineThatFailsIsQuoted) {
  const std::string engine =
      program("llama-bench", "#!/bin/sh\necho 'error: unknown model architecture' >&2\nexit 1\n");
  const Result<EngineOutput> output = run_engine(*find_engine(engine), path("model.gguf"), work);
  ASSERT_FALSE(output);
  EXPECT_THAT(output.error().message, HasSubstr("status 1: error: unknown model architecture"));
  EXPECT_EQ(exit_status(output.error().code), 3);
}

TEST_F(EngineRun, OllamaGetsTheFileAsAModelAndLosesItAgain) {
  const std::string engine = program(
      "ollama", "#!/bin/sh\necho \"$1\" >>" + path("calls") + "\nif [ \"$1\" = create ]; then cat \"$4\" >" +
                    path("modelfile") +
                    "; fi\nif [ \"$1\" = run ]; then echo answer; printf 'total duration: 2s\\nprompt eval count: "
                    "512 token(s)\\nprompt eval rate: 800.5 tokens/s\\neval count: 64 token(s)\\neval rate: 50.5 "
                    "tokens/s\\n' >&2; fi\n");
  const EngineOutput output = measured(engine);
  EXPECT_EQ(calls(), "create\nrun\nrun\nrun\nrun\nrm\n") << "the first run warms up";
  EXPECT_THAT(read_file(path("modelfile")).value_or(""), HasSubstr("FROM " + path("model.gguf") + "\n"));
  EXPECT_FALSE(fs::exists(path("model.gguf.Modelfile")));
  const Result<ImportedFile> file = import_runs(Catalog{}, output.text, "model.gguf", {});
  ASSERT_TRUE(file) << file.error().message;
  EXPECT_THAT(file->runs, SizeIs(6));
  EXPECT_EQ(file->runs[5].row.tokens_per_s, 50.5);
}

TEST_F(EngineRun, LlamaServerIsAskedOverHttpAndEnded) {
  const std::string engine = program("llama-server",
                                     "#!/usr/bin/env python3\n"
                                     "import http.server, os, sys\n"
                                     "open('" +
                                         path("calls") +
                                         "', 'w').write(str(os.getpid()))\n"
                                         "answer = b'{\"timings\": {\"prompt_n\": 512, \"prompt_ms\": 100.0, "
                                         "\"predicted_n\": 64, \"predicted_ms\": 640.0}}'\n"
                                         "class Server(http.server.BaseHTTPRequestHandler):\n"
                                         "    def reply(self, body):\n"
                                         "        self.send_response(200)\n"
                                         "        self.send_header('Content-Length', str(len(body)))\n"
                                         "        self.end_headers()\n"
                                         "        self.wfile.write(body)\n"
                                         "    def do_GET(self): self.reply(b'{}')\n"
                                         "    def do_POST(self):\n"
                                         "        body = self.rfile.read(int(self.headers['Content-Length']))\n"
                                         "        assert b'\"cache_prompt\":false' in body, body\n"
                                         "        self.reply(answer)\n"
                                         "    def log_message(self, *words): pass\n"
                                         "port = int(sys.argv[sys.argv.index('--port') + 1])\n"
                                         "http.server.HTTPServer(('127.0.0.1', port), Server).serve_forever()\n");
  const EngineOutput output = measured(engine);
  const Result<ImportedFile> file = import_runs(Catalog{}, output.text, "model.gguf", {});
  ASSERT_TRUE(file) << file.error().message;
  ASSERT_THAT(file->runs, SizeIs(6)) << "three, the one that warmed up left out";
  EXPECT_EQ(file->runs[0].row.tokens_per_s, 5120);
  EXPECT_EQ(file->runs[1].row.tokens_per_s, 98.4375) << "63 tokens after the first in 640 ms";
  const int server = std::atoi(calls().c_str());
  ASSERT_GT(server, 1);
  EXPECT_NE(::kill(server, 0), 0) << "it was waited for";
}

TEST_F(EngineRun, AServerThatCannotLoadTheFileIsNotWaitedFor) {
  const Result<EngineOutput> output =
      run_engine(*find_engine(program("llama-server", "#!/bin/sh\nexit 1\n")), path("model.gguf"), work);
  ASSERT_FALSE(output);
  EXPECT_THAT(output.error().message, HasSubstr("ended while it loaded"));
}

TEST_F(EngineRun, EnginesAreKnownByTheirNames) {
  EXPECT_EQ(find_engine(program("llama-server", "#!/bin/sh\n"))->kind, LocalEngine::llama_server);
  const Result<FoundEngine> other = find_engine(program("vllm", "#!/bin/sh\n"));
  ASSERT_FALSE(other);
  EXPECT_THAT(other.error().try_this, HasSubstr("llama-bench"));
  EXPECT_FALSE(find_engine(path("no/llama-bench")));
}

}  // namespace
}  // namespace rigwise
