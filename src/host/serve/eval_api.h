#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "codec/json_text.h"
#include "host/serve/message.h"
#include "host/serve/target.h"

namespace rigwise {

/// What a server shows of evaluations, and who may write.
struct EvalAccess {
  std::string store;           ///< URL of the ledger; empty: none is served
  bool may_be_absent = false;  ///< the usual store, which nobody has named: without it there are no runs, and no error
  std::string tasks_folder;    ///< where new tasks may be saved; empty: nowhere
  bool has_token = false;      ///< the gate has seen a token: without one nothing is written
};

/// The part of the API that knows runs: /api/v1/eval/... Each request opens the ledger for itself and closes it again,
/// so that a run under way is never held up and a store that comes later is found. Every member may be called from
/// several threads at once, and may wait for the database: never from the thread that moves bytes.
class EvalApi {
 public:
  explicit EvalApi(EvalAccess access);

  static bool takes(const RequestTarget& target);
  /// The last part of the path, or "unknown": few words for /metrics.
  static std::string_view label_of(const RequestTarget& target);
  /// The longest body a place reads; 0: it reads none.
  static std::size_t most_body_bytes(const RequestTarget& target);

  HttpAnswer answer(const HttpRequest& request, const RequestTarget& target) const;

  /// The paths of it as OpenAPI says them.
  static Json paths();

 private:
  EvalAccess access_;
};

}  // namespace rigwise
