// A safetensors header and a config.json cut from the same bytes at the first zero byte behind the header: no crash,
// and sizes that are numbers. The bytes are also read as an index and as a config on their own.
#include <cmath>
#include <cstdint>
#include <string_view>

#include "codec/config_json.h"
#include "codec/file_header.h"
#include "core/base/check.h"
#include "core/sizing/kv_cache.h"

using namespace rigwise;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  const Result<SafetensorsIndex> index = read_safetensors_index(bytes);
  RW_CHECK(!index || index->files.size() <= size);
  if (const Result<ModelConfig> config = read_config_json(bytes)) {
    RW_CHECK(config->shape.depth() >= 1 && std::isfinite(config->shape.params_total));
    RW_CHECK(std::isfinite(kv_allocated(kv_plan(config->shape, nullptr), 4096, 3, EnginePolicy{}).value));
  }
  const std::size_t cut = size > 8 ? bytes.find('\0', 8) : bytes.npos;
  const std::string_view front = bytes.substr(0, cut);
  const std::string_view config = cut == bytes.npos ? std::string_view() : bytes.substr(cut + 1);
  Result<FileHeader> file = read_file_header(front, front.size() + (1u << 30));
  if (!file) {
    RW_CHECK(!file.error().message.empty() && !file.error().where.empty());
    return 0;
  }
  if (file->more_bytes_needed) {
    RW_CHECK(file->next_bytes > front.size());
    return 0;
  }
  const Result<ModelFile> model = model_from_headers({std::move(*file)}, config);
  if (!model) return 0;
  RW_CHECK(std::isfinite(model->weights.total.value) && model->weights.total.value >= 0);
  RW_CHECK(std::isfinite(model->weights.read_by_step(3).value));
  return 0;
}
