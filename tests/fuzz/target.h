// Fuzz targets: each reads bytes as they come from outside and checks what must hold for any of
// them. A target that finds a fault ends the program.
#pragma once

#include <span>
#include <string_view>

namespace understudy::fuzz {

struct Target {
  std::string_view name;  // and of the folder of its seeds in corpus/
  void (*run)(std::string_view input);
};

std::span<const Target> base_targets();
std::span<const Target> api_targets();
std::span<const Target> jobs_targets();
std::span<const Target> media_targets();
std::span<const Target> money_targets();
std::span<const Target> server_targets();

const Target* find_target(std::string_view name);

// Ends the program, saying what does not hold.
void require(bool holds, const char* what);

// Takes the input apart, piece by piece; the pieces end with a line break.
class Pieces {
 public:
  explicit Pieces(std::string_view input) : rest_(input) {}
  std::string_view line();
  std::string_view rest() const { return rest_; }

 private:
  std::string_view rest_;
};

}  // namespace understudy::fuzz
