#include "host/synth/synth_file.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include <csignal>
#include <cstring>
#include <filesystem>

#include "codec/gguf.h"
#include "codec/gguf_llm.h"
#include "host/catalog_io/load.h"
#include "host/files/files.h"
#include "host/process/interrupt_watch.h"

namespace rigwise {
namespace {

namespace fs = std::filesystem;
using testing::HasSubstr;

bool goes_on(const SynthProgress&) { return true; }

const Catalog& catalog() {
  static const Catalog kCatalog = [] {
    Result<LoadedCatalog> loaded = load_catalog({});
    EXPECT_TRUE(loaded);
    return std::move(loaded->catalog);
  }();
  return kCatalog;
}

SynthGguf planned(const std::string& model, const SynthChoices& choices) {
  const Result<SynthGguf> file = plan_synth_gguf(catalog(), **catalog().model(model), choices);
  EXPECT_TRUE(file) << model << ": " << (file ? "" : file.error().message);
  return file ? *file : SynthGguf{};
}

/// A small file: about 14 MB.
SynthGguf small_file(std::uint64_t seed = 1) {
  SynthChoices choices;
  choices.format = "Q4_0";
  choices.layers = 2;
  choices.seed = seed;
  return planned("smollm2-135m", choices);
}

class SynthFile : public testing::Test {
 protected:
  void SetUp() override {
    folder = fs::temp_directory_path() / ("rigwise-synth-" + std::to_string(getpid()));
    fs::remove_all(folder);
    fs::create_directories(folder);
  }
  void TearDown() override { fs::remove_all(folder); }
  std::string path(const char* name) const { return (folder / name).string(); }
  std::vector<std::string> files() const { return list_files(folder.string()).value(); }

  fs::path folder;
};

TEST_F(SynthFile, IsWhatThePlanSaidAndReadsAsAModelFile) {
  const SynthGguf file = small_file();
  ASSERT_TRUE(write_synth_file(file, path("f.gguf"), false, goes_on));
  EXPECT_EQ(file_size(path("f.gguf")).value(), file.file_bytes);
  const std::string bytes = read_file(path("f.gguf")).value();
  const auto read = read_gguf(bytes, bytes.size());
  ASSERT_TRUE(read) << read.error().message;
  const Result<Llm> shape = gguf_llm(read->header);
  ASSERT_TRUE(shape);
  EXPECT_EQ(shape->depth(), 2);
  EXPECT_EQ(shape->name, "synthetic-smollm2-135m-Q4_0-2-layers");
  EXPECT_DOUBLE_EQ(gguf_weight_plan(read->header, *shape).read_by_step(1).value, file.weights.read_by_step(1).value);
}

TEST_F(SynthFile, HasNormsOfOneAndNoTwoLikeMatrices) {
  const SynthGguf file = small_file();
  ASSERT_TRUE(write_synth_file(file, path("f.gguf"), false, goes_on));
  const std::string bytes = read_file(path("f.gguf")).value();
  std::string first_up;
  for (const HeaderTensor& tensor : file.tensors) {
    const std::string_view data(bytes.data() + file.data_offset() + tensor.offset, tensor.bytes);
    if (tensor.name.ends_with("norm.weight")) {
      float value = 0;
      std::memcpy(&value, data.data(), sizeof value);
      EXPECT_EQ(value, 1) << tensor.name;
    }
    EXPECT_NE(data, std::string(tensor.bytes, '\0')) << tensor.name;
    if (tensor.name == "blk.0.ffn_up.weight") first_up = data;
    if (tensor.name == "blk.1.ffn_up.weight") {
      EXPECT_NE(data, first_up);
    }
  }
}

TEST_F(SynthFile, IsTheSameForTheSameSeed) {
  ASSERT_TRUE(write_synth_file(small_file(1), path("a"), false, goes_on));
  ASSERT_TRUE(write_synth_file(small_file(1), path("b"), false, goes_on));
  ASSERT_TRUE(write_synth_file(small_file(2), path("c"), false, goes_on));
  EXPECT_EQ(read_file(path("a")).value(), read_file(path("b")).value());
  EXPECT_NE(read_file(path("a")).value(), read_file(path("c")).value());
}

TEST_F(SynthFile, LeavesNothingWhenItIsInterruptedAnywhere) {
  const SynthGguf file = small_file();
  int steps = 0;
  ASSERT_TRUE(write_synth_file(file, path("whole"), false, [&](const SynthProgress&) { return ++steps > 0; }));
  fs::remove(path("whole"));
  for (const int last : {1, steps / 2, steps - 1}) {
    int step = 0;
    const auto end = write_synth_file(file, path("f.gguf"), false, [&](const SynthProgress&) { return ++step < last; });
    ASSERT_TRUE(end);
    EXPECT_EQ(*end, SynthEnd::interrupted) << last;
    EXPECT_THAT(files(), testing::IsEmpty()) << last;
  }
}

TEST_F(SynthFile, HearsSignalsAndLetsThemGoAgain) {
  const auto before = std::signal(SIGTERM, SIG_IGN);
  {
    const InterruptWatch watch;
    EXPECT_FALSE(watch.is_interrupted());
    ASSERT_EQ(raise(SIGTERM), 0);
    EXPECT_TRUE(watch.is_interrupted());
  }
  EXPECT_EQ(std::signal(SIGTERM, before), SIG_IGN) << "as it was before the watch";
}

TEST_F(SynthFile, IsRefusedBeforeAByteIsWrittenWhenTheDiskIsTooSmall) {
  SynthGguf file = small_file();
  file.written_bytes = std::uint64_t{1} << 60;
  const auto end = write_synth_file(file, path("f.gguf"), false, goes_on);
  ASSERT_FALSE(end);
  EXPECT_EQ(end.error().code, ErrorCode::io);
  EXPECT_THAT(end.error().message, HasSubstr("needs 1150000000 GB"));
  EXPECT_THAT(end.error().message, HasSubstr("nothing is written"));
  EXPECT_THAT(files(), testing::IsEmpty());
}

TEST_F(SynthFile, LeavesNothingWhenTheDiskRefusesHalfWay) {
  struct rlimit before{};
  ASSERT_EQ(::getrlimit(RLIMIT_FSIZE, &before), 0);
  rlimit small = before;
  small.rlim_cur = 1 << 20;
  ASSERT_EQ(::setrlimit(RLIMIT_FSIZE, &small), 0);
  Result<SynthEnd> end = SynthEnd::written;
  {
    const InterruptWatch watch;  // the signal that comes with the limit would end the program
    end = write_synth_file(small_file(), path("f.gguf"), false, goes_on);
  }
  ASSERT_EQ(::setrlimit(RLIMIT_FSIZE, &before), 0);
  ASSERT_FALSE(end);
  EXPECT_EQ(end.error().code, ErrorCode::io);
  EXPECT_THAT(files(), testing::IsEmpty());
}

TEST_F(SynthFile, NeverReplacesAFileUnlessToldTo) {
  ASSERT_TRUE(write_file_atomically(path("f.gguf"), "mine"));
  const auto refused = write_synth_file(small_file(), path("f.gguf"), false, goes_on);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, ErrorCode::invalid_input);
  EXPECT_EQ(read_file(path("f.gguf")).value(), "mine");
  ASSERT_TRUE(write_synth_file(small_file(), path("f.gguf"), true, goes_on));
  EXPECT_EQ(file_size(path("f.gguf")).value(), small_file().file_bytes);
  EXPECT_FALSE(write_synth_file(small_file(), folder.string(), true, goes_on)) << "a folder is never replaced";
  ASSERT_EQ(::mkfifo(path("pipe").c_str(), 0600), 0);
  const auto pipe = write_synth_file(small_file(), path("pipe"), true, goes_on);
  ASSERT_FALSE(pipe);
  EXPECT_EQ(pipe.error().try_this, "a file's name");
}

TEST_F(SynthFile, TakesNoDiskForItsHoles) {
  SynthChoices choices;
  choices.sparse = true;
  choices.layers = 2;
  const SynthGguf file = planned("llama-3.1-8b", choices);
  ASSERT_TRUE(write_synth_file(file, path("f.gguf"), false, goes_on));
  struct stat about{};
  ASSERT_EQ(::stat(path("f.gguf").c_str(), &about), 0);
  EXPECT_EQ(static_cast<std::uint64_t>(about.st_size), file.file_bytes);
  EXPECT_LT(static_cast<std::uint64_t>(about.st_blocks) * 512, file.written_bytes + (4U << 20));
  EXPECT_LT(file.written_bytes, file.file_bytes * 6 / 10);
}

TEST(SynthCatalog, EveryModelOfTheCatalogIsPlannedOrRefusedWithAReason) {
  int works = 0;
  for (const Llm& model : catalog().models) {
    const Result<SynthGguf> file = plan_synth_gguf(catalog(), model, {});
    if (!file) {
      EXPECT_THAT(file.error().code, testing::AnyOf(ErrorCode::unsupported, ErrorCode::not_found)) << model.id;
      EXPECT_FALSE(file.error().try_this.empty()) << model.id;
      continue;
    }
    ++works;
    EXPECT_EQ(file->shape.depth(), model.depth()) << model.id;
    if (model.params_total <= 0) continue;
    // The file's own count, less the next-token layer, is what is published.
    double params = file->weights.params_total;
    for (const TensorClassSize& c : file->weights.classes) params -= c.name == "extra" ? c.params : 0;
    EXPECT_NEAR(params / (model.params_total - model.params_extra), 1, 0.06) << model.id;
  }
  EXPECT_GE(works, 60);
}

}  // namespace
}  // namespace rigwise
