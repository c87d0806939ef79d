// What a hostile program would try. The tests run it inside of the sandbox; it says what happened
// in one line on standard output.
#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <string_view>

#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <sys/mount.h>
#include <sys/ptrace.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

namespace {

int say(const char* what, bool worked) {
  std::printf("%s %s\n", what, worked ? "worked" : std::strerror(errno));
  return 0;
}

int open_sockets() {
  for (const int family : {AF_INET, AF_INET6, AF_NETLINK, AF_PACKET, AF_VSOCK}) {
    if (::socket(family, SOCK_STREAM, 0) >= 0 || ::socket(family, SOCK_DGRAM, 0) >= 0) {
      return say("socket", true);
    }
  }
  const bool has_unix = ::socket(AF_UNIX, SOCK_STREAM, 0) >= 0;
  std::printf("network refused, unix %s\n", has_unix ? "worked" : "refused");
  return 0;
}

int allocate(long megabytes) {
  for (long i = 0; i < megabytes; i += 16) {
    auto* block = static_cast<char*>(std::malloc(16u << 20));
    if (block == nullptr) {
      std::printf("allocated %ld\n", i);
      return 0;
    }
    std::memset(block, 1, 16u << 20);
  }
  return say("allocation", true);
}

int burn() {
  volatile unsigned long turns = 0;
  for (;;) turns = turns + 1;
}

int write_much(const char* path, long megabytes) {
  const int file = ::open(path, O_WRONLY | O_CREAT, 0600);
  static char block[1 << 20];
  for (long i = 0; i < megabytes; ++i) {
    if (::write(file, block, sizeof block) < 0) return say("write", false);
  }
  return say("write", true);
}

int fork_many(int wanted) {
  int count = 0;
  for (; count < wanted; ++count) {
    const pid_t child = ::fork();
    if (child < 0) break;
    if (child == 0) {
      ::pause();
      ::_exit(0);
    }
  }
  std::printf("forked %d\n", count);
  return 0;
}

// Two generations and a session away from the program, as a daemon goes.
int leave_daemon(const char* pulse) {
  if (::fork() == 0) {
    ::setsid();
    ::signal(SIGTERM, SIG_IGN);
    if (::fork() == 0) {
      const int file = ::open(pulse, O_WRONLY | O_CREAT | O_APPEND, 0644);
      for (;;) {
        if (::write(file, ".", 1) < 0) ::_exit(1);
        ::usleep(5'000);
      }
    }
    ::_exit(0);
  }
  std::printf("daemon left\n");
  std::fflush(stdout);
  return 0;
}

int call_companion() {
  char path[4096] = {};
  if (::readlink("/proc/self/exe", path, sizeof path - 16) < 0) return say("readlink", false);
  std::strcat(path, "-helper");
  ::execl(path, path, "greet", static_cast<char*>(nullptr));
  return say(path, false);
}

int tamper() {
  if (::ptrace(PTRACE_TRACEME, 0, nullptr, nullptr) == 0) return say("ptrace", true);
  if (::unshare(CLONE_NEWUSER) == 0) return say("unshare", true);
  if (::mount("none", "/tmp", "tmpfs", 0, nullptr) == 0) return say("mount", true);
  if (::setuid(0) == 0 && ::geteuid() == 0 && ::open("/etc/shadow", O_RDONLY) >= 0) {
    return say("root", true);
  }
  std::printf("tampering refused\n");
  return 0;
}

}  // namespace

int main(int count, char** arguments) {
  const std::string_view what = count > 1 ? arguments[1] : "";
  const char* first = count > 2 ? arguments[2] : "";
  const long number = count > 3 ? std::atol(arguments[3]) : std::atol(first);
  if (what == "sockets") return open_sockets();
  if (what == "allocate") return allocate(number);
  if (what == "burn") return burn();
  if (what == "write") return write_much(first, number);
  if (what == "fork") return fork_many(static_cast<int>(number));
  if (what == "daemon") return leave_daemon(first);
  if (what == "tamper") return tamper();
  if (what == "companion") return call_companion();
  if (what == "greet") return std::puts("hello from beside") < 0;
  return 2;
}
