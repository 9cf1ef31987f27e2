#include "host/sandbox/seccomp_filter.h"

#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/sched.h>
#include <linux/seccomp.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>

#include <cerrno>
#include <cstddef>
#include <cstdint>
#include <vector>

namespace rigwise {
namespace {

#if defined(__x86_64__)
constexpr std::uint32_t kMachine = AUDIT_ARCH_X86_64;
#elif defined(__aarch64__)
constexpr std::uint32_t kMachine = AUDIT_ARCH_AARCH64;
#else
constexpr std::uint32_t kMachine = 0;
#endif

constexpr std::uint32_t kTypeInto = 0x5412, kLinuxConsole = 0x541C;  // TIOCSTI, TIOCLINUX

/// Refused with "not permitted".
constexpr long kRefused[] = {
    SYS_ptrace,
    SYS_process_vm_readv,
    SYS_process_vm_writev,
    SYS_kcmp,
    SYS_pidfd_getfd,
    SYS_mount,
    SYS_umount2,
    SYS_pivot_root,
    SYS_chroot,
    SYS_unshare,
    SYS_setns,
    SYS_fsopen,
    SYS_fsconfig,
    SYS_fsmount,
    SYS_fspick,
    SYS_move_mount,
    SYS_open_tree,
    SYS_keyctl,
    SYS_add_key,
    SYS_request_key,
    SYS_bpf,
    SYS_perf_event_open,
    SYS_userfaultfd,
    SYS_open_by_handle_at,
    SYS_name_to_handle_at,
    SYS_kexec_load,
    SYS_init_module,
    SYS_finit_module,
    SYS_delete_module,
    SYS_swapon,
    SYS_swapoff,
    SYS_reboot,
    SYS_settimeofday,
    SYS_clock_settime,
    SYS_adjtimex,
    SYS_acct,
    SYS_quotactl,
    SYS_syslog,
    SYS_personality,
    SYS_vhangup,
    SYS_shmget,
    SYS_msgget,
    SYS_semget,
    SYS_mq_open,
    SYS_lookup_dcookie,
    SYS_nfsservctl,
    SYS_move_pages,
    SYS_migrate_pages,
    SYS_mbind,
    SYS_set_mempolicy,
#if defined(__x86_64__)
    SYS_iopl,
    SYS_ioperm,
    SYS_modify_ldt,
    SYS_uselib,
    SYS_kexec_file_load,
#endif
#ifdef SYS_mount_setattr
    SYS_mount_setattr,
#endif
};
/// Answered with "no such call", so that libraries fall back to the older one that the filter can look into.
constexpr long kUnknown[] = {
    SYS_clone3,       SYS_memfd_create, SYS_io_uring_setup, SYS_io_uring_enter, SYS_io_uring_register,
#ifdef SYS_memfd_secret
    SYS_memfd_secret,
#endif
};
constexpr std::uint32_t kNewWorlds =
    CLONE_NEWNS | CLONE_NEWUSER | CLONE_NEWPID | CLONE_NEWNET | CLONE_NEWIPC | CLONE_NEWUTS | CLONE_NEWCGROUP;

class Program {
 public:
  void load(std::size_t offset) { add(BPF_LD | BPF_W | BPF_ABS, 0, 0, static_cast<std::uint32_t>(offset)); }
  /// Goes on where the loaded word is `value`, else over `skip` instructions.
  void only_if(std::uint32_t value, std::uint8_t skip) { add(BPF_JMP | BPF_JEQ | BPF_K, 0, skip, value); }
  void only_if_any_bit(std::uint32_t bits, std::uint8_t skip) { add(BPF_JMP | BPF_JSET | BPF_K, 0, skip, bits); }
  void only_unless(std::uint32_t value, std::uint8_t skip) { add(BPF_JMP | BPF_JEQ | BPF_K, skip, 0, value); }
  void answer(std::uint32_t value) { add(BPF_RET | BPF_K, 0, 0, value); }

  std::string bytes() const {
    return {reinterpret_cast<const char*>(code_.data()), code_.size() * sizeof(sock_filter)};
  }

 private:
  void add(std::uint16_t what, std::uint8_t yes, std::uint8_t no, std::uint32_t k) {
    code_.push_back({what, yes, no, k});
  }

  std::vector<sock_filter> code_;
};

constexpr std::uint32_t refusal(int error) { return SECCOMP_RET_ERRNO | static_cast<std::uint32_t>(error); }

constexpr std::size_t argument(int i) { return offsetof(seccomp_data, args) + 8 * static_cast<std::size_t>(i); }

/// A call that is refused for some values of an argument; the number is loaded again after it.
void refuse_sockets(Program& program) {
  program.only_if(SYS_socket, 6);
  program.load(argument(0));
  program.only_unless(AF_UNIX, 2);
  program.only_unless(AF_INET, 1);
  program.only_if(AF_INET6, 1);
  program.answer(SECCOMP_RET_ALLOW);
  program.answer(refusal(EAFNOSUPPORT));
}

}  // namespace

std::string seccomp_filter() {
  if (kMachine == 0) return {};
  Program program;
  program.load(offsetof(seccomp_data, arch));
  program.only_unless(kMachine, 1);
  program.answer(SECCOMP_RET_KILL_PROCESS);
  program.load(offsetof(seccomp_data, nr));
#if defined(__x86_64__)
  constexpr std::uint32_t kX32 = 0x40000000;
  program.only_if_any_bit(kX32, 1);
  program.answer(refusal(ENOSYS));
#endif
  for (const long call : kRefused) {
    program.only_if(static_cast<std::uint32_t>(call), 1);
    program.answer(refusal(EPERM));
  }
  for (const long call : kUnknown) {
    program.only_if(static_cast<std::uint32_t>(call), 1);
    program.answer(refusal(ENOSYS));
  }
  program.only_if(SYS_clone, 4);
  program.load(argument(0));
  program.only_if_any_bit(kNewWorlds, 1);
  program.answer(refusal(EPERM));
  program.answer(SECCOMP_RET_ALLOW);
  program.only_if(SYS_ioctl, 5);
  program.load(argument(1));
  program.only_unless(kTypeInto, 1);
  program.only_if(kLinuxConsole, 1);
  program.answer(refusal(EPERM));
  program.answer(SECCOMP_RET_ALLOW);
  refuse_sockets(program);
  program.answer(SECCOMP_RET_ALLOW);
  return program.bytes();
}

}  // namespace rigwise
