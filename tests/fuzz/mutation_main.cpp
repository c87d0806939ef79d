// fuzz_short CORPUS [RUNS [TARGET]]: every target, or one, with its seeds from CORPUS/<target>/ and
// with RUNS changed copies of each seed, the same ones every time. The form of fuzzing that any
// compiler builds; what libFuzzer finds becomes a seed. An input that ends the program is written
// to fuzz-failure.
#include <algorithm>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <random>
#include <string>
#include <vector>

#include <fcntl.h>
#include <unistd.h>

#include "base/file.h"
#include "target.h"

namespace understudy::fuzz {
namespace {

namespace fs = std::filesystem;

constexpr int kChangesMax = 6;
constexpr std::size_t kSizeMax = 64 * 1024;

std::string current;  // for the signal handler

void keep_failure(int signal) {
  const int file = ::open("fuzz-failure", O_CREAT | O_TRUNC | O_WRONLY, 0600);
  if (file >= 0 && ::write(file, current.data(), current.size()) >= 0) ::close(file);
  ::signal(signal, SIG_DFL);
  ::raise(signal);
}

// Bytes that parsers look at.
constexpr std::string_view kTelling[] = {"\0",
                                         "\r\n",
                                         "\"",
                                         "\\u0000",
                                         "\\",
                                         "{",
                                         "[",
                                         "}",
                                         "]",
                                         "<",
                                         ">",
                                         "&#0;",
                                         "%00",
                                         "%",
                                         "+",
                                         "-",
                                         "..",
                                         "/",
                                         ";",
                                         ":",
                                         "=",
                                         ",",
                                         "\xff",
                                         "\xc0\x80",
                                         "\xed\xa0\x80",
                                         "9223372036854775807",
                                         "-9223372036854775808",
                                         "18446744073709551616",
                                         "1e308",
                                         "0.1",
                                         "null",
                                         "true",
                                         "bytes=",
                                         "--"};

class Mutator {
 public:
  explicit Mutator(std::uint64_t seed) : random_(seed) {}

  std::string changed(std::string text, const std::string& other) {
    for (auto left = 1 + below(kChangesMax); left > 0; --left) change(text, other);
    text.resize(std::min(text.size(), kSizeMax));
    return text;
  }

 private:
  std::size_t below(std::size_t limit) { return limit == 0 ? 0 : random_() % limit; }

  void change(std::string& text, const std::string& other) {
    const auto at = below(text.size() + 1);
    const auto length = below(std::min<std::size_t>(text.size() - at, 64) + 1);
    switch (below(7)) {
      case 0:
        if (at < text.size()) text[at] = static_cast<char>(text[at] ^ (1 << below(8)));
        return;
      case 1:
        if (at < text.size()) text[at] = static_cast<char>(below(256));
        return;
      case 2: text.insert(at, kTelling[below(std::size(kTelling))]); return;
      case 3: text.erase(at, length); return;
      case 4: text.insert(at, text.substr(at, length)); return;
      case 5: text.insert(at, other.substr(below(other.size()), 64)); return;
      default:
        text.insert(at, std::string(below(300), text.empty() ? 'a' : text[at % text.size()]));
    }
  }

  std::mt19937_64 random_;
};

std::vector<std::string> seeds_of(const fs::path& folder) {
  std::vector<fs::path> files;
  for (const auto& entry : fs::directory_iterator(folder)) files.push_back(entry.path());
  std::sort(files.begin(), files.end());
  std::vector<std::string> seeds = {""};
  for (const auto& file : files) seeds.push_back(read_file(file).value());
  return seeds;
}

bool run(const Target& target, const fs::path& corpus, int runs) {
  const fs::path folder = corpus / target.name;
  if (!fs::is_directory(folder)) {
    std::fprintf(stderr, "no seeds for %s\n", folder.c_str());
    return false;
  }
  const auto seeds = seeds_of(folder);
  Mutator mutator(1);
  for (const std::string& seed : seeds) {
    current = seed;
    target.run(current);
    for (int i = 0; i < runs; ++i) {
      current = mutator.changed(seed, seeds[static_cast<std::size_t>(i) % seeds.size()]);
      target.run(current);
    }
  }
  std::printf("%-14s %zu seeds, %zu inputs\n", std::string(target.name).c_str(), seeds.size(),
              seeds.size() * static_cast<std::size_t>(runs + 1));
  return true;
}

}  // namespace
}  // namespace understudy::fuzz

int main(int count, char** arguments) {
  using namespace understudy::fuzz;
  if (count < 2) {
    std::fprintf(stderr, "usage: fuzz_short CORPUS [RUNS]\n");
    return 2;
  }
  const int runs = count > 2 ? std::atoi(arguments[2]) : 1000;
  for (const int signal : {SIGABRT, SIGSEGV, SIGFPE, SIGILL}) ::signal(signal, keep_failure);
  bool is_good = true;
  for (const auto targets : {base_targets(), api_targets(), jobs_targets(), media_targets(),
                             money_targets(), server_targets()}) {
    for (const Target& target : targets) {
      if (count > 3 && target.name != arguments[3]) continue;
      is_good = run(target, arguments[1], runs) && is_good;
    }
  }
  return is_good ? 0 : 1;
}
