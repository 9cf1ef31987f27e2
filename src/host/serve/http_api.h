#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "host/serve/eval_api.h"
#include "host/serve/message.h"
#include "host/serve/runs_api.h"
#include "host/serve/server_metrics.h"
#include "host/serve/site_files.h"
#include "host/serve/target.h"
#include "verbs/verbs.h"

namespace rigwise {

/// Where a request is best answered.
enum class WorkKind {
  at_once,  ///< from memory
  quick,    ///< a verb that answers in milliseconds
  slow,     ///< a verb that simulates, sweeps or refits
  store,    ///< asks a database or the disk, which may keep it waiting
  events,   ///< a stream that lasts as long as its reader
};

/// From requests to answers: the verbs, what describes them, and the dashboard. Knows nothing of connections; every
/// member may be called from several threads at once.
class HttpApi {
 public:
  HttpApi(const House& house, ServerMetrics& metrics, std::string version, EvalAccess evaluations = {},
          RunsAccess runs = {});

  WorkKind work_of(const HttpRequest& request, const RequestTarget& target) const;
  /// What /metrics calls the request: a verb, or "page", "healthz", ...
  std::string_view label_of(const RequestTarget& target) const;
  /// The longest body that is read of such a request; nothing: as long as any may be.
  std::optional<std::size_t> most_body_bytes(const RequestTarget& target) const;
  /// Everything but the event stream. HEAD is answered as GET: whoever sends it leaves the body out.
  HttpAnswer answer(const HttpRequest& request, const RequestTarget& target) const;

  /// An event as text/event-stream has it.
  std::string hello_event() const;

 private:
  HttpAnswer answer_verb(const HttpRequest& request, std::string_view verb) const;

  const House& house_;
  ServerMetrics& metrics_;
  std::string version_;
  SiteFiles site_;
  std::string openapi_;
  EvalApi evaluations_;
  RunsApi runs_;
};

/// "event: NAME\ndata: ...\n\n"; the data is one line of JSON.
std::string event_text(std::string_view name, const Json& data);

}  // namespace rigwise
