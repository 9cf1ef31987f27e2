#pragma once

#include "core/measure/request_trace.h"

namespace rigwise {

/// The class of what the system says of a connection. Ports, files or memory that this machine lacks are the client's
/// own limit and say nothing of the server.
RequestFault fault_of_errno(int error);

/// The class of an HTTP status that is no success.
RequestFault fault_of_http(int status);

}  // namespace rigwise
