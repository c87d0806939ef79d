#include "server/doctor.h"

#include <fmt/format.h>
#include <unistd.h>

#include "avatar/presenter_catalogue.h"
#include "base/file.h"
#include "browser/browser_process.h"
#include "jobs/sandbox.h"
#include "server/installation.h"
#include "speech/voice_catalogue.h"

namespace understudy::server {
namespace fs = std::filesystem;
namespace {

class Report {
 public:
  void good(const std::string& what, const std::string& detail) { line("ok     ", what, detail); }
  void hint(const std::string& what, const std::string& detail) { line("note   ", what, detail); }
  void bad(const std::string& what, const std::string& detail) {
    line("missing", what, detail);
    is_usable_ = false;
  }
  bool is_usable() const { return is_usable_; }

 private:
  static void line(const char* verdict, const std::string& what, const std::string& detail) {
    fmt::print("  {}  {:<14} {}\n", verdict, what, detail);
  }
  bool is_usable_ = true;
};

void report_sandbox(Report& report) {
  const TemporaryFolder work;
  const auto sandbox = jobs::Sandbox::open({.work_folder = work.path()});
  if (!sandbox) {
    report.bad("sandbox", sandbox.error().message);
  } else if (sandbox->weakness().empty()) {
    report.good("sandbox", sandbox->summary());
  } else {
    report.hint("sandbox", sandbox->summary() + "; " + sandbox->weakness());
  }
}

void report_speech(Report& report) {
  int named = 0;
  int languages = 0;
  for (const auto& voice : speech::voices()) ++(voice.is_named() ? named : languages);
  report.good("speech", fmt::format("flite: {} named English voices", named));
  const fs::path helper = fs::read_symlink("/proc/self/exe").parent_path() / "understudy-espeak";
  if (fs::exists(helper)) {
    report.good("speech", fmt::format("espeak-ng: {} voices of other languages", languages));
  } else {
    report.hint("speech",
                "espeak-ng: understudy-espeak is not beside this program; scripts/build makes it");
  }
  const fs::path model = "/usr/share/pocketsphinx/model/en-us";
  if (fs::exists(model)) {
    report.good("recognition", "pocketsphinx with its English model");
  } else {
    report.hint(
        "recognition",
        "no model, so videos from a given sound are refused; apt-get install pocketsphinx-en-us");
  }
}

void report_faces(Report& report) {
  if (fs::exists("/usr/share/opencv4/haarcascades/haarcascade_eye.xml")) {
    report.good("faces", "detector and fit; face.yunet_file improves on faces that are turned");
  } else {
    report.bad("faces", "no eyes can be found in photographs; apt-get install opencv-data");
  }
  if (fs::exists("/usr/share/dlib/shape_predictor_68_face_landmarks.dat")) {
    report.hint("faces",
                "libdlib-data is installed and not used unless face.landmarks_file names it: its "
                "training data excludes commercial use");
  }
}

void report_avatars(Report& report) {
  report.good("presenters", fmt::format("vector rig: {} presenters, {} looks",
                                        avatar::presenters().size(), avatar::looks().size()));
  if (fs::exists("/usr/share/fonts/truetype/dejavu")) {
    report.good("captions", "DejaVu fonts");
  } else {
    report.bad("captions", "no fonts to burn captions in with; apt-get install fonts-dejavu-core");
  }
}

void report_browser(Report& report) {
  const fs::path program = browser::find_browser();
  if (program.empty()) {
    report.hint("hyperframes",
                "no browser, so compositions are refused; apt-get install chromium-headless-shell");
    return;
  }
  const fs::path libraries =
      fs::read_symlink("/proc/self/exe").parent_path().parent_path() / "hyperframes";
  if (fs::exists(libraries / "node_modules/gsap")) {
    report.good("hyperframes", program.string() + ", packages in " + libraries.string());
  } else {
    report.hint("hyperframes", program.string() +
                                   "; no packages beside this program (scripts/setup), so "
                                   "compositions must bring gsap and fonts, unless the "
                                   "configuration names their folder");
  }
}

void report_data(Report& report, const fs::path& data) {
  if (data.empty()) return;
  if (!fs::exists(data / "link.secret")) {
    report.hint("data",
                data.string() + " holds no installation; understudy serve --data makes one");
    return;
  }
  const auto space = fs::space(data);
  const auto text =
      fmt::format("{}: {}, {} GB free", data.string(),
                  is_served(data) ? "being served" : "not served", space.available >> 30);
  if (space.available < (1ULL << 30)) {
    report.hint("data", text + "; free some space");
  } else {
    report.good("data", text);
  }
}

}  // namespace

int print_doctor_report(const fs::path& data) {
  Report report;
  fmt::print("understudy doctor\n");
  report_sandbox(report);
  report_speech(report);
  report_faces(report);
  report_avatars(report);
  report_browser(report);
  report_data(report, data);
  return report.is_usable() ? 0 : 1;
}

}  // namespace understudy::server
