#include "browser/browser_process.h"

#include <algorithm>
#include <cerrno>
#include <condition_variable>
#include <csignal>
#include <cstring>
#include <fstream>
#include <mutex>
#include <vector>

#include <fcntl.h>
#include <fmt/format.h>
#include <sched.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/file.h"
#include "base/log.h"
#include "browser/frame_memory.h"
#include "browser/process_tree.h"

namespace understudy::browser {
namespace fs = std::filesystem;
namespace {

constexpr auto kWatchPause = std::chrono::milliseconds(250);
constexpr int kCloseLookEvery = 8;
constexpr const char* kLogFile = "browser.log";
constexpr int kFramesDescriptor = 5;

tl::unexpected<Error> start_error(const char* what) {
  return fail_with_detail(ErrorCode::service_unavailable, "The browser could not be started.",
                          std::string(what) + ": " + std::strerror(errno));
}

// Whether Chromium's own sandbox can work: it needs a user namespace, and root must not use it.
bool allows_user_namespaces() {
  if (::geteuid() == 0) return false;
  const pid_t child = ::fork();
  if (child == 0) ::_exit(::unshare(CLONE_NEWUSER) == 0 ? 0 : 1);
  int status = 1;
  while (child > 0 && ::waitpid(child, &status, 0) < 0 && errno == EINTR) {
  }
  return child > 0 && status == 0;
}

std::vector<std::string> arguments_of(const fs::path& program, const BrowserOptions& options,
                                      bool has_own_sandbox) {
  // One tile for a layer: a blur in tiles of 256 pixels is computed again in every tile that it
  // reaches, and most of a tile's cost is its start.
  const std::string tile =
      std::to_string((std::max({options.width, options.height, 256}) + 255) / 256 * 256);
  std::vector<std::string> arguments{
      program.string(),
      "--remote-debugging-pipe",
      "--user-data-dir=" + (options.folder / "profile").string(),
      "--window-size=" + std::to_string(options.width) + "," + std::to_string(options.height),
      "--force-device-scale-factor=1",
      // No network.
      "--host-resolver-rules=MAP * ~NOTFOUND",
      "--proxy-server=http://127.0.0.1:9",
      "--proxy-bypass-list=<-loopback>",
      "--disable-background-networking",
      "--disable-component-update",
      "--disable-sync",
      "--disable-domain-reliability",
      "--no-pings",
      "--webrtc-ip-handling-policy=disable_non_proxied_udp",
      // Frames on command.
      "--deterministic-mode",
      "--enable-begin-frame-control",
      "--disable-new-content-rendering-timeout",
      "--run-all-compositor-stages-before-draw",
      "--disable-threaded-animation",
      "--disable-threaded-scrolling",
      "--disable-checker-imaging",
      "--disable-image-animation-resync",
      "--enable-surface-synchronization",
      "--disable-background-timer-throttling",
      "--disable-renderer-backgrounding",
      "--disable-backgrounding-occluded-windows",
      "--disable-ipc-flooding-protection",
      "--disable-hang-monitor",
      // Drawing.
      "--use-gl=angle",
      "--use-angle=swiftshader",
      "--enable-unsafe-swiftshader",
      "--disable-gpu-compositing",
      "--default-tile-width=" + tile,
      "--default-tile-height=" + tile,
      "--max-untiled-layer-width=" + tile,
      "--max-untiled-layer-height=" + tile,
      "--font-render-hinting=none",
      "--force-color-profile=srgb",
      "--hide-scrollbars",
      "--autoplay-policy=no-user-gesture-required",
      "--mute-audio",
      // What a job does not need.
      "--disable-dev-shm-usage",
      "--disable-breakpad",
      "--disable-crash-reporter",
      "--disable-extensions",
      "--disable-default-apps",
      "--disable-notifications",
      "--no-first-run",
      "--disable-features=AudioServiceOutOfProcess,IsolateOrigins,site-per-process,Translate,"
      "BackForwardCache,IntensiveWakeUpThrottling,MediaRouter,OptimizationHints",
  };
  if (has_own_sandbox) {
    arguments.emplace_back("--disable-setuid-sandbox");
  } else {
    arguments.emplace_back("--no-sandbox");
    arguments.emplace_back("--no-zygote");
  }
  arguments.emplace_back("about:blank");
  return arguments;
}

// One set of fonts wherever it runs: the page's own come with it, these are the last resort. The
// browser's standard fonts (Times New Roman, Arial, Courier New) are those of the same widths.
Result<void> write_font_settings(const fs::path& folder) {
  constexpr std::array<std::array<const char*, 3>, 9> kStandIns = {{
      {"same", "Arial", "Liberation Sans"},
      {"same", "Helvetica", "Liberation Sans"},
      {"same", "Times New Roman", "Liberation Serif"},
      {"same", "Times", "Liberation Serif"},
      {"same", "Courier New", "Liberation Mono"},
      {"same", "Courier", "Liberation Mono"},
      {"weak", "sans-serif", "DejaVu Sans"},
      {"weak", "serif", "DejaVu Serif"},
      {"weak", "monospace", "DejaVu Sans Mono"},
  }};
  std::ofstream out(folder / "fonts.conf");
  out << "<?xml version=\"1.0\"?><!DOCTYPE fontconfig SYSTEM \"fonts.dtd\"><fontconfig>"
         "<dir>/usr/share/fonts</dir><cachedir>"
      << (folder / "font-cache").string() << "</cachedir>";
  for (const auto& [binding, family, stand_in] : kStandIns) {
    out << "<alias binding=\"" << binding << "\"><family>" << family << "</family><prefer><family>"
        << stand_in << "</family></prefer></alias>";
  }
  out << "<match target=\"pattern\"><edit name=\"family\" mode=\"append_last\">"
         "<string>DejaVu Sans</string></edit></match>"
         "<match target=\"font\"><edit name=\"antialias\" mode=\"assign\"><bool>true</bool></edit>"
         "<edit name=\"hinting\" mode=\"assign\"><bool>false</bool></edit>"
         "<edit name=\"rgba\" mode=\"assign\"><const>none</const></edit></match></fontconfig>";
  out.close();
  if (!out) return fail(ErrorCode::storage_failed, "The browser's folder cannot be written.");
  return {};
}

std::vector<char*> pointers_to(std::vector<std::string>& texts) {
  std::vector<char*> pointers;
  for (auto& text : texts) pointers.push_back(text.data());
  pointers.push_back(nullptr);
  return pointers;
}

struct Child {
  int commands;  // becomes descriptor 3
  int answers;   // becomes descriptor 4
  int log;
  int frames;  // becomes descriptor 5; -1: none
  rlim_t data_max;
  pid_t parent;
};

// After the fork: system calls only.
[[noreturn]] void become_browser(const Child& child, char* const* argv, char* const* envp) {
  ::setsid();
  ::prctl(PR_SET_PDEATHSIG, SIGKILL);
  if (::getppid() != child.parent) ::_exit(126);
  const int null = ::open("/dev/null", O_RDWR);
  // The ends lie above 9, so that no dup2 overwrites one that is still needed.
  const bool is_placed = ::dup2(null, 0) >= 0 && ::dup2(null, 1) >= 0 &&
                         ::dup2(child.log, 2) >= 0 && ::dup2(child.commands, 3) >= 0 &&
                         ::dup2(child.answers, 4) >= 0 &&
                         (child.frames < 0 || ::dup2(child.frames, kFramesDescriptor) >= 0);
  if (!is_placed) ::_exit(126);
  ::close_range(child.frames < 0 ? kFramesDescriptor : kFramesDescriptor + 1, ~0U, 0);
  rlimit limit{child.data_max, child.data_max};
  rlimit present{};
  if (::getrlimit(RLIMIT_DATA, &present) == 0 && present.rlim_max < limit.rlim_max) limit = present;
  ::setrlimit(RLIMIT_DATA, &limit);
  sigset_t none;
  ::sigemptyset(&none);
  ::sigprocmask(SIG_SETMASK, &none, nullptr);
  ::signal(SIGPIPE, SIG_DFL);
  ::execve(argv[0], argv, envp);
  ::_exit(127);
}

// Memory for the frame tap, and the variables that load it. Null where it is not installed: it is
// the second choice of three.
std::unique_ptr<FrameMemory> open_frame_memory(const BrowserOptions& options,
                                               std::vector<std::string>& environment) {
  const fs::path library = find_frame_tap();
  if (library.empty()) return nullptr;
  const auto count = static_cast<double>(options.width) * options.height;
  auto memory = FrameMemory::make(static_cast<std::size_t>(count));
  if (!memory) {
    log::warn("hyperframes: {} {}", memory.error().message, memory.error().detail);
    return nullptr;
  }
  environment.push_back("LD_PRELOAD=" + library.string());
  environment.push_back((*memory)->variable(kFramesDescriptor));
  return *std::move(memory);
}

struct Pipe {
  Descriptor read;
  Descriptor write;
};

Result<Pipe> open_pipe() {
  int ends[2];
  if (::pipe2(ends, O_CLOEXEC) != 0) return start_error("pipe");
  Pipe made{Descriptor(::fcntl(ends[0], F_DUPFD_CLOEXEC, 10)),
            Descriptor(::fcntl(ends[1], F_DUPFD_CLOEXEC, 10))};
  ::close(ends[0]);
  ::close(ends[1]);
  if (made.read.get() < 0 || made.write.get() < 0) return start_error("pipe");
  return made;
}

}  // namespace

fs::path find_browser() {
  for (const char* path :
       {"/usr/lib/chromium/chromium-headless-shell", "/usr/bin/chromium-headless-shell"}) {
    if (::access(path, X_OK) == 0) return path;
  }
  return {};
}

BrowserProcess::BrowserProcess(const BrowserOptions& options, pid_t pid,
                               std::unique_ptr<CdpConnection> cdp, bool has_own_sandbox,
                               std::unique_ptr<FrameMemory> frame_memory)
    : options_(options),
      pid_(pid),
      cdp_(std::move(cdp)),
      has_own_sandbox_(has_own_sandbox),
      frame_memory_(std::move(frame_memory)),
      watcher_([this](const std::stop_token& stop) { watch(stop); }) {}

BrowserProcess::~BrowserProcess() {
  watcher_.request_stop();
  watcher_.join();
  kill_tree(pid_);
}

Result<std::unique_ptr<BrowserProcess>> BrowserProcess::start(const BrowserOptions& options) {
  const fs::path program = options.program.empty() ? find_browser() : options.program;
  if (program.empty()) {
    return fail(
        ErrorCode::service_unavailable,
        "No browser is installed on this machine: apt-get install chromium-headless-shell.");
  }
  TRY(write_font_settings(options.folder));
  TRY_ASSIGN(Pipe commands, open_pipe());
  TRY_ASSIGN(Pipe answers, open_pipe());
  const Descriptor log(
      ::open((options.folder / kLogFile).c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600));
  if (log.get() < 0) return start_error("log");
  const Descriptor high_log(::fcntl(log.get(), F_DUPFD_CLOEXEC, 10));
  const bool has_own_sandbox = allows_user_namespaces();
  auto arguments = arguments_of(program, options, has_own_sandbox);
  const std::string home = options.folder.string();
  std::vector<std::string> environment{"PATH=/usr/bin:/bin",
                                       "LANG=C.UTF-8",
                                       "TZ=UTC",
                                       "HOME=" + home,
                                       "TMPDIR=" + home,
                                       "XDG_CONFIG_HOME=" + home,
                                       "XDG_CACHE_HOME=" + home,
                                       "FONTCONFIG_FILE=" + home + "/fonts.conf"};
  const auto argv = pointers_to(arguments);
  auto frames = options.has_frame_tap ? open_frame_memory(options, environment) : nullptr;
  const Descriptor high_frames(
      frames == nullptr ? -1 : ::fcntl(frames->descriptor(), F_DUPFD_CLOEXEC, 10));
  const auto envp = pointers_to(environment);
  const Child child{commands.read.get(),
                    answers.write.get(),
                    high_log.get(),
                    high_frames.get(),
                    static_cast<rlim_t>(options.data_max),
                    ::getpid()};
  const pid_t pid = ::fork();
  if (pid < 0) return start_error("fork");
  if (pid == 0) become_browser(child, argv.data(), envp.data());
  auto cdp = std::make_unique<CdpConnection>(std::move(commands.write), std::move(answers.read));
  return std::unique_ptr<BrowserProcess>(
      new BrowserProcess(options, pid, std::move(cdp), has_own_sandbox, std::move(frames)));
}

void BrowserProcess::watch(const std::stop_token& stop) {
  std::mutex mutex;
  std::condition_variable_any never;
  std::unique_lock lock(mutex);
  int turn = 0;
  while (!never.wait_for(lock, stop, kWatchPause, [] { return false; }) && !stop.stop_requested()) {
    const auto tree = process_tree(pid_);
    // The exact sum makes the kernel walk every page table.
    const bool is_looked_at_closely =
        turn++ % kCloseLookEvery == 0 || resident_bytes_at_most(tree) > options_.memory_max;
    if (!is_looked_at_closely) continue;
    const std::int64_t bytes = resident_bytes(tree);
    peak_bytes_ = std::max(peak_bytes_.load(), bytes);
    if (bytes <= options_.memory_max) continue;
    is_over_memory_ = true;
    for (const pid_t process : tree) ::kill(process, SIGKILL);
    return;
  }
}

std::string BrowserProcess::last_words() const {
  const auto text = read_file(options_.folder / kLogFile);
  if (!text) return {};
  constexpr std::size_t kKept = 2000;
  return text->size() > kKept ? text->substr(text->size() - kKept) : *text;
}

}  // namespace understudy::browser
