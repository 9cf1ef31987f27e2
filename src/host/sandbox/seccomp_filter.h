#pragma once

#include <string>

namespace rigwise {

/// The filter of system calls as bubblewrap takes it: an array of sock_filter. What a program of one's own could want
/// is allowed; refused is what reaches other processes (ptrace), makes new worlds (unshare, mount, clone with
/// namespaces), types into terminals (TIOCSTI), talks to the kernel or the machine around it (bpf, keys, io_uring,
/// netlink, vsock), or holds memory that belongs to no process (memfd, System V).
/// Gives  nothing where the processor is unknown.
std::string seccomp_filter();

}  // namespace rigwise
