#include "browser/process_tree.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <charconv>
#include <csignal>
#include <cstdio>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <map>
#include <string>

#include <sys/wait.h>
#include <unistd.h>

namespace understudy::browser {
namespace fs = std::filesystem;
namespace {

// proc(5), stat: "pid (name) state ppid ..."; the name may hold anything.
pid_t parent_of(const fs::path& folder) {
  std::ifstream in(folder / "stat");
  std::string line;
  std::getline(in, line);
  const auto end = line.rfind(')');
  if (end == std::string::npos || end + 4 >= line.size()) return -1;
  pid_t parent = -1;
  std::from_chars(line.data() + end + 4, line.data() + line.size(), parent);
  return parent;
}

std::multimap<pid_t, pid_t> children_by_parent() {
  std::multimap<pid_t, pid_t> children;
  std::error_code failed;
  for (fs::directory_iterator entry("/proc", failed), end; !failed && entry != end;
       entry.increment(failed)) {
    const std::string name = entry->path().filename();
    pid_t process = 0;
    std::from_chars(name.data(), name.data() + name.size(), process);
    if (process > 0) children.emplace(parent_of(entry->path()), process);
  }
  return children;
}

std::int64_t kilobytes_of(const fs::path& file, std::string_view key) {
  std::ifstream in(file);
  std::string line;
  while (std::getline(in, line)) {
    if (!line.starts_with(key)) continue;
    const auto digit = line.find_first_of("0123456789");
    std::int64_t value = 0;
    if (digit != std::string::npos) {
      std::from_chars(line.data() + digit, line.data() + line.size(), value);
    }
    return value;
  }
  return 0;
}

}  // namespace

std::vector<pid_t> process_tree(pid_t root) {
  const auto children = children_by_parent();
  std::vector<pid_t> tree{root};
  for (std::size_t i = 0; i < tree.size(); ++i) {
    const auto [first, last] = children.equal_range(tree[i]);
    for (auto child = first; child != last; ++child) tree.push_back(child->second);
  }
  return tree;
}

std::int64_t resident_bytes_at_most(const std::vector<pid_t>& processes) {
  std::int64_t pages = 0;
  for (const pid_t process : processes) {
    // proc(5), statm: "size resident ..." in pages
    std::ifstream in(fs::path("/proc") / std::to_string(process) / "statm");
    std::int64_t size = 0;
    std::int64_t resident = 0;
    if (in >> size >> resident) pages += resident;
  }
  return pages * ::sysconf(_SC_PAGESIZE);
}

std::int64_t resident_bytes(const std::vector<pid_t>& processes) {
  std::int64_t kilobytes = 0;
  for (const pid_t process : processes) {
    kilobytes += kilobytes_of(fs::path("/proc") / std::to_string(process) / "smaps_rollup", "Pss:");
  }
  return kilobytes * 1024;
}

void kill_tree(pid_t root) {
  // Stopped first, so that it cannot start another one behind our back.
  ::kill(root, SIGSTOP);
  auto tree = process_tree(root);
  ::kill(-root, SIGKILL);
  std::reverse(tree.begin(), tree.end());
  for (const pid_t process : tree) ::kill(process, SIGKILL);
  while (::waitpid(root, nullptr, 0) < 0 && errno == EINTR) {
  }
}

}  // namespace understudy::browser
