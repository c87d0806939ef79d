// EspeakProcess: the program understudy-espeak, started, spoken to over pipes, and killed when it
// hangs. One thread at a time; one process for the sentences of one script.
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "base/json.h"
#include "base/result.h"

namespace understudy::speech {

class EspeakProcess {
 public:
  // Where the helper is: $UNDERSTUDY_ESPEAK, else beside the running program.
  static std::filesystem::path default_path();

  // Errors: service_unavailable (not there, cannot be started).
  static Result<EspeakProcess> start(const std::filesystem::path& helper = default_path());

  EspeakProcess(EspeakProcess&&) noexcept;
  EspeakProcess& operator=(EspeakProcess&&) noexcept;
  ~EspeakProcess();  // ends the process

  struct Reply {
    json::object header;
    std::vector<std::int16_t> samples;
  };

  // Errors: engine_failed (it died, hung for longer than kTimeoutS, or says so itself).
  Result<Reply> ask(const json::object& request);

 private:
  struct State;
  explicit EspeakProcess(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

struct EspeakLanguage {
  std::string code;  // "es-419"
  std::string name;  // "Spanish (Latin America)"
  std::string file;  // "roa/es-419"
};

// What the installed espeak-ng can speak.
Result<std::vector<EspeakLanguage>> espeak_languages();

}  // namespace understudy::speech
