#include "jobs/seccomp_filter.h"

#include <cerrno>
#include <cstring>
#include <memory>

#include <sched.h>
#include <seccomp.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <unistd.h>

namespace understudy::jobs {
namespace {

struct FilterDeleter {
  void operator()(void* context) const { ::seccomp_release(context); }
};
using FilterContext = std::unique_ptr<void, FilterDeleter>;

constexpr int kRefused[] = {SCMP_SYS(mount),
                            SCMP_SYS(umount2),
                            SCMP_SYS(pivot_root),
                            SCMP_SYS(fsopen),
                            SCMP_SYS(fsmount),
                            SCMP_SYS(move_mount),
                            SCMP_SYS(open_tree),
                            SCMP_SYS(bpf),
                            SCMP_SYS(perf_event_open),
                            SCMP_SYS(userfaultfd),
                            SCMP_SYS(keyctl),
                            SCMP_SYS(add_key),
                            SCMP_SYS(request_key),
                            SCMP_SYS(kexec_load),
                            SCMP_SYS(init_module),
                            SCMP_SYS(finit_module),
                            SCMP_SYS(delete_module),
                            SCMP_SYS(reboot),
                            SCMP_SYS(swapon),
                            SCMP_SYS(swapoff),
                            SCMP_SYS(acct),
                            SCMP_SYS(open_by_handle_at),
                            SCMP_SYS(name_to_handle_at),
                            SCMP_SYS(io_uring_setup),
                            SCMP_SYS(process_vm_writev),
                            SCMP_SYS(pidfd_getfd),
                            SCMP_SYS(kcmp),
                            SCMP_SYS(ptrace)};

// A browser's own sandbox empties its file system with chroot, in the namespace that it made.
constexpr int kRefusedNamespaces[] = {SCMP_SYS(unshare), SCMP_SYS(setns), SCMP_SYS(chroot)};

int add_rules(void* filter, const FilterOptions& options) {
  int failed = ::seccomp_rule_add(filter, SCMP_ACT_ERRNO(EAFNOSUPPORT), SCMP_SYS(socket), 1,
                                  SCMP_A0(SCMP_CMP_NE, AF_UNIX));
  for (const int call : kRefused) {
    if (failed == 0) failed = ::seccomp_rule_add(filter, SCMP_ACT_ERRNO(EPERM), call, 0);
  }
  if (failed == 0 && !options.allows_memory_reading) {
    failed = ::seccomp_rule_add(filter, SCMP_ACT_ERRNO(EPERM), SCMP_SYS(process_vm_readv), 0);
  }
  if (options.allows_namespaces) return failed;
  for (const int call : kRefusedNamespaces) {
    if (failed == 0) failed = ::seccomp_rule_add(filter, SCMP_ACT_ERRNO(EPERM), call, 0);
  }
  if (failed == 0) {
    failed = ::seccomp_rule_add(filter, SCMP_ACT_ERRNO(EPERM), SCMP_SYS(clone), 1,
                                SCMP_A0(SCMP_CMP_MASKED_EQ, CLONE_NEWUSER, CLONE_NEWUSER));
  }
  // The flags of clone3 lie in memory, out of a filter's sight; without it glibc falls back to
  // clone.
  if (failed == 0) {
    failed = ::seccomp_rule_add(filter, SCMP_ACT_ERRNO(ENOSYS), SCMP_SYS(clone3), 0);
  }
  return failed;
}

tl::unexpected<Error> filter_error(const char* what, int error) {
  return fail_with_detail(ErrorCode::service_unavailable, "The seccomp filter could not be made.",
                          std::string(what) + ": " + std::strerror(error));
}

}  // namespace

Result<std::vector<sock_filter>> make_seccomp_filter(const FilterOptions& options) {
  const FilterContext filter(::seccomp_init(SCMP_ACT_ALLOW));
  if (filter == nullptr) return filter_error("init", ENOMEM);
  if (const int failed = add_rules(filter.get(), options); failed != 0) {
    return filter_error("rule", -failed);
  }
  const int file = ::memfd_create("filter", MFD_CLOEXEC);
  if (file < 0) return filter_error("memfd", errno);
  const int failed = ::seccomp_export_bpf(filter.get(), file);
  const auto size = ::lseek(file, 0, SEEK_END);
  std::vector<sock_filter> program(size > 0 ? static_cast<std::size_t>(size) / sizeof(sock_filter)
                                            : 0);
  const auto count = ::pread(file, program.data(), program.size() * sizeof(sock_filter), 0);
  ::close(file);
  if (failed != 0 || count <= 0 || count != size) return filter_error("export", -failed);
  return program;
}

}  // namespace understudy::jobs
