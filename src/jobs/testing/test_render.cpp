// The render of the tests: a program with job kinds that behave well and badly. It stands for
// `understudy render FOLDER` and `understudy inspect FILE`.
#include <chrono>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <stdexcept>
#include <thread>

#include <signal.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"
#include "jobs/render_protocol.h"

namespace understudy::jobs {
namespace {

namespace fs = std::filesystem;

Result<void> append(const fs::path& file, std::string_view text) {
  std::ofstream(file, std::ios::app) << text;
  return {};
}

// Repeats its input, in three steps of which each notes that it ran.
Result<RenderOutcome> copy(RenderContext& context) {
  TRY_ASSIGN(const auto input, context.input("text"));
  TRY_ASSIGN(const std::string text, read_file(input.file));
  for (const std::string step : {"one", "two", "three"}) {
    const auto write = [&](const fs::path& target) -> Result<void> {
      TRY(append(context.work_file("log"), step + " "));
      if (context.job().attempt == 1 && string_or(context.request(), "die_after") == step) {
        TRY(append(target, step));
        fs::rename(target, context.work_file(step));
        ::kill(::getpid(), SIGKILL);
      }
      return append(target, step);
    };
    TRY(context.once(context.work_file(step), write));
    context.progress(0.3, step);
  }
  const auto quantity = int_or(context.request(), "quantity", 7);
  TRY(context.confirm_exact(quantity));
  TRY_ASSIGN(const std::string log, read_file(context.work_file("log")));
  TRY(append(context.output("copy.txt"), text + log));
  return RenderOutcome{.quantity = quantity,
                       .outputs = {{"copy", {"copy.txt", "text/plain", "My copy.txt"}}},
                       .facts = {{"letters", text.size()}}};
}

Result<RenderOutcome> hang(RenderContext& context) {
  context.progress(0.5, "hanging");
  for (;;) std::this_thread::sleep_for(std::chrono::seconds(1));
}

Result<RenderOutcome> babble(RenderContext& context) {
  std::cout << "{\"progress\": 7}\n[]\nnonsense\n{\"exact_quantity\": -1}\n"
            << std::string(200'000, 'x') << "\n{\"progress\": 0.5, \"stage\": \"<b>\"}\n";
  context.progress(0.9, "babbling");
  TRY(append(context.output("a.txt"), "a"));
  return RenderOutcome{.quantity = 1, .outputs = {{"a", {"a.txt", "text/plain", ""}}}, .facts = {}};
}

// Names as its output what the sandbox keeps it from reading.
Result<RenderOutcome> steal(RenderContext& context) {
  const std::string file = string_or(context.request(), "file");
  fs::create_symlink("/etc/hostname", context.output("link.txt"));
  ::mkfifo(context.output("fifo.txt").c_str(), 0600);
  fs::create_directory(context.output("folder.txt"));
  return RenderOutcome{.quantity = 1, .outputs = {{"loot", {file, "text/plain", ""}}}, .facts = {}};
}

Result<RenderOutcome> refuse(RenderContext&) {
  return fail(ErrorCode::tts_text_invalid, "The text cannot be spoken.", "script");
}

Result<RenderOutcome> stumble(RenderContext&) {
  return fail(ErrorCode::service_unavailable, "A provider is away.");
}

Result<RenderOutcome> crash(RenderContext&) {
  std::cerr << "about to crash\n";
  ::kill(::getpid(), SIGSEGV);
  return fail(ErrorCode::internal_error, "not reached");
}

Result<RenderOutcome> throw_up(RenderContext&) { throw std::runtime_error("a library's"); }

int inspect(const std::string& file) {
  const auto text = read_file(file);
  if (!text) {
    std::cout << R"({"error": {"code": "media_unreadable", "message": "cannot open"}})"
              << "\n";
    return 1;
  }
  if (text->starts_with("burn")) {
    for (volatile bool on = true; on;) {
    }
  }
  if (text->starts_with("crash")) ::kill(::getpid(), SIGSEGV);
  if (text->starts_with("bad")) {
    std::cout << R"({"error": {"code": "no_audio_track", "message": "It is silent."}})"
              << "\n";
    return 1;
  }
  std::cout << "{\"size\": " << text->size() << "}\n";
  return 0;
}

}  // namespace
}  // namespace understudy::jobs

int main(int count, char** arguments) {
  using namespace understudy::jobs;
  if (count < 3) return 2;
  if (std::string_view(arguments[1]) == "inspect") return inspect(arguments[2]);
  const RenderSteps steps{{"copy", copy},   {"hang", hang},     {"babble", babble},
                          {"steal", steal}, {"refuse", refuse}, {"stumble", stumble},
                          {"crash", crash}, {"throw", throw_up}};
  return run_render(arguments[2], steps, standard_link());
}
