#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>

#include "codec/json_text.h"
#include "host/serve/message.h"
#include "host/serve/target.h"
#include "verbs/verbs.h"

namespace rigwise {

/// What a server shows of measurements made on its machine.
struct RunsAccess {
  std::string benches;  ///< the folder of `bench --save`; empty: none is shown
  std::string here;     ///< the folder of `probe --save`; empty: none is shown
};

/// The part of the API that knows what was measured here: /api/v1/runs/... It reads and never writes. Each request
/// looks at the disk anew, so that a run that ends meanwhile is found; a saved run that has not changed is not read
/// again for the list. Every member may be called from several threads at once, and may wait for the disk.
class RunsApi {
 public:
  RunsApi(const House& house, RunsAccess access);

  static bool takes(const RequestTarget& target);
  /// The last part of the path, or "unknown": few words for /metrics.
  static std::string_view label_of(const RequestTarget& target);

  HttpAnswer answer(const HttpRequest& request, const RequestTarget& target) const;

  /// The paths of it as OpenAPI says them.
  static Json paths();

 private:
  /// The list's line of a file, as long as the file is what it was.
  struct KnownRow {
    std::uintmax_t bytes = 0;
    std::int64_t written_ns = 0;
    Json row;
  };
  struct Known {
    std::mutex mutex;
    std::map<std::string, KnownRow> rows;
  };

  HttpAnswer list(const RequestTarget& target) const;
  HttpAnswer bench(const RequestTarget& target) const;
  HttpAnswer probe(const RequestTarget& target) const;
  HttpAnswer own(const RequestTarget& target) const;
  Json row_of(const std::string& name) const;

  struct RunsPlace;
  static const RunsPlace* place_at(const RequestTarget& target);
  static const std::vector<RunsPlace>& places();

  const House& house_;
  RunsAccess access_;
  std::unique_ptr<Known> known_ = std::make_unique<Known>();
};

}  // namespace rigwise
