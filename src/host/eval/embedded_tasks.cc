#include "core/base/check.h"
#include "host/eval/bundled_tasks.h"

// The assembler puts the bundle between these two names (cmake/task_bundle.cmake).
extern "C" const char rigwise_task_bundle_begin[];
extern "C" const char rigwise_task_bundle_end[];

namespace rigwise {

const BundledFiles& bundled_files() {
  static const BundledFiles kFiles = [] {
    Result<BundledFiles> files = read_task_bundle(
        {rigwise_task_bundle_begin, static_cast<std::size_t>(rigwise_task_bundle_end - rigwise_task_bundle_begin)});
    RW_CHECK(files.has_value());  // the build wrote it
    return std::move(*files);
  }();
  return kFiles;
}

}  // namespace rigwise
