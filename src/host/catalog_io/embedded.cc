#include "host/catalog_io/load.h"

// The assembler puts the bundle between these two names (cmake/bundle.cmake).
extern "C" const char rigwise_catalog_bundle_begin[];
extern "C" const char rigwise_catalog_bundle_end[];

namespace rigwise {

std::string_view embedded_bundle() {
  return {rigwise_catalog_bundle_begin,
          static_cast<std::size_t>(rigwise_catalog_bundle_end - rigwise_catalog_bundle_begin)};
}

}  // namespace rigwise
