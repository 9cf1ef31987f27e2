// Any bytes as the front of a GGUF file: no crash, no endless wish for more, and sizes that are numbers.
#include <cmath>
#include <cstdint>
#include <string_view>

#include "codec/file_header.h"
#include "core/base/check.h"
#include "core/sizing/kv_cache.h"

using namespace rigwise;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  for (const std::uint64_t file_size : {std::uint64_t{0}, std::uint64_t{size}, std::uint64_t{1} << 40}) {
    Result<FileHeader> file = read_file_header(bytes, file_size);
    if (!file) {
      RW_CHECK(!file.error().message.empty() && !file.error().where.empty());
      continue;
    }
    if (file->more_bytes_needed) {
      RW_CHECK(file->next_bytes > size || file_size == size);
      continue;
    }
    const Result<ModelFile> model = model_from_headers({std::move(*file)});
    if (!model) continue;
    RW_CHECK(std::isfinite(model->weights.total.value) && model->weights.total.value >= 0);
    RW_CHECK(std::isfinite(model->weights.read_by_step(3).value));
    const KvPlan kv = kv_plan(model->shape, nullptr);
    RW_CHECK(std::isfinite(kv.read_at(1e6).value) && kv.read_at(1e6).value >= 0);
    RW_CHECK(std::isfinite(kv_allocated(kv, 4096, 3, EnginePolicy{}).value));
  }
  return 0;
}
