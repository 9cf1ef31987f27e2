#include "host/bench/transport_faults.h"

#include <cerrno>

namespace rigwise {

RequestFault fault_of_errno(int error) {
  switch (error) {
    case ECONNREFUSED: return RequestFault::refused;
    case ECONNRESET:
    case EPIPE: return RequestFault::reset;
    case ETIMEDOUT: return RequestFault::connect_timeout;
    case EADDRNOTAVAIL:  // every port of this machine towards that address is taken
    case EMFILE:
    case ENFILE:
    case ENOBUFS:
    case ENOMEM: return RequestFault::client_limit;
    default: return RequestFault::unreachable;
  }
}

RequestFault fault_of_http(int status) {
  if (status == 429) return RequestFault::rate_limited;
  if (status == 401 || status == 403) return RequestFault::forbidden;
  if (status >= 500 || status == 408) return RequestFault::server_error;
  return RequestFault::bad_request;
}

}  // namespace rigwise
