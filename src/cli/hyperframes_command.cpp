#include "cli/hyperframes_command.h"

#include <algorithm>
#include <chrono>

#include <fmt/format.h>

#include "base/bytes.h"
#include "base/file.h"
#include "base/id.h"
#include "base/text.h"
#include "browser/lint.h"
#include "browser/project_archive.h"
#include "browser/project_folder.h"
#include "cli/preview_server.h"
#include "cli/progress_bar.h"
#include "jobs/job_folder.h"
#include "jobs/render_message.h"
#include "jobs/render_result.h"
#include "jobs/sandbox.h"
#include "products/hyperframes/browser_limits.h"
#include "products/hyperframes/hyperframes.h"

namespace understudy::cli {
namespace fs = std::filesystem;
namespace {

using std::chrono::milliseconds;

Result<std::vector<browser::LintFinding>> findings_of(const HyperframesOptions& options) {
  std::error_code failed;
  if (!fs::is_directory(options.project, failed)) {
    return fail(ErrorCode::invalid_parameter, options.project.string() + " is no folder.");
  }
  return browser::lint(browser::folder_reader(options.project), options.composition);
}

void print_findings(const std::vector<browser::LintFinding>& findings, bool is_json) {
  if (is_json) {
    json::array list;
    for (const auto& finding : findings) {
      const bool is_error = finding.severity == browser::LintSeverity::error;
      list.push_back(json::object{{"rule", finding.rule},
                                  {"severity", is_error ? "error" : "warning"},
                                  {"file", finding.file},
                                  {"line", finding.line},
                                  {"message", finding.message}});
    }
    fmt::print("{}\n", to_pretty_text(json::object{{"findings", std::move(list)}}));
    return;
  }
  for (const auto& finding : findings) {
    const char* kind = finding.severity == browser::LintSeverity::error ? "error" : "warning";
    const std::string line = finding.line > 0 ? ":" + std::to_string(finding.line) : "";
    fmt::print("{}{}: {}: {} [{}]\n", finding.file, line, kind, finding.message, finding.rule);
  }
}

int count_errors(const std::vector<browser::LintFinding>& findings) {
  int count = 0;
  for (const auto& finding : findings) {
    count += finding.severity == browser::LintSeverity::error ? 1 : 0;
  }
  return count;
}

int complain(const Error& error) {
  fmt::print(stderr, "understudy: {}\n", error.message);
  if (!error.detail.empty()) fmt::print(stderr, "{}\n", error.detail);
  return 1;
}

fs::path libraries_of(const HyperframesOptions& options) {
  std::error_code failed;
  const fs::path program = fs::read_symlink("/proc/self/exe", failed);
  const fs::path folder = options.libraries.empty()
                              ? program.parent_path().parent_path() / "hyperframes"
                              : options.libraries;
  const fs::path found = fs::canonical(folder, failed);
  return failed ? fs::path() : found;
}

Result<json::object> variables_of(const HyperframesOptions& options) {
  if (options.variables.empty()) return json::object();
  const auto parsed = parse_json(options.variables);
  if (!parsed || !parsed->is_object()) {
    return fail(ErrorCode::invalid_parameter, "--variables takes a JSON object.");
  }
  return parsed->get_object();
}

Result<hyperframes::Request> request_of(const HyperframesOptions& options) {
  hyperframes::Request request;
  request.composition = options.composition;
  request.fps = options.fps;
  request.quality = options.quality;
  request.resolution = options.resolution;
  const std::string extension = lower_case(options.output.extension().string());
  request.format = options.format;
  if (request.format.empty()) {
    request.format = extension == ".webm" || extension == ".mov" ? extension.substr(1) : "mp4";
  }
  TRY_ASSIGN(request.variables, variables_of(options));
  const auto reader = browser::folder_reader(options.project);
  TRY_ASSIGN(const auto html, reader.read(options.composition));
  TRY_ASSIGN(const auto facts, browser::root_facts(html));
  request.aspect_ratio = hyperframes::aspect_ratio_of(facts.width, facts.height);
  if (request.aspect_ratio.empty()) {
    return fail(ErrorCode::hyperframes_project_invalid,
                "The composition's data-width and data-height have not the shape 16:9, 9:16 or "
                "1:1.");
  }
  return request;
}

// Runs the job to its end, as a worker does, without a price.
Result<void> supervise(jobs::SandboxedProcess& process, const jobs::JobFolder& folder) {
  ProgressBar bar;
  while (true) {
    const auto line = process.next_line(milliseconds(100));
    if (!line && process.has_ended()) break;
    const auto message = line ? jobs::parse_render_message(*line) : std::nullopt;
    if (!message) continue;
    if (const auto* progress = std::get_if<jobs::RenderProgress>(&*message)) {
      bar.show(progress->fraction, progress->stage, progress->eta_ms);
    } else {
      TRY(process.write_line(jobs::kReplyOk));
    }
  }
  if (process.exit().is_success()) return {};
  if (const auto told = folder.read_output_json(jobs::kErrorFile)) {
    return tl::make_unexpected(jobs::failure_from(*told).error);
  }
  return fail(ErrorCode::engine_failed,
              "The render ended with " + process.exit().text() + ". " + process.exit().errors);
}

// The output named `name` of a job over the project goes to `target`. Returns the job's facts.
Result<json::object> run_job(const HyperframesOptions& options, json::object request,
                             const std::string& name, const fs::path& target) {
  const TemporaryFolder work;
  const fs::path libraries = libraries_of(options);
  jobs::SandboxOptions sandbox_options;
  sandbox_options.work_folder = work.path();
  sandbox_options.mode =
      jobs::sandbox_mode_from(options.sandbox).value_or(jobs::SandboxMode::required);
  if (!libraries.empty()) sandbox_options.readable.push_back(libraries);
  TRY_ASSIGN(const auto sandbox, jobs::Sandbox::open(sandbox_options));
  fs::permissions(work.path(),
                  fs::perms::owner_all | fs::perms::group_exec | fs::perms::others_exec);
  TRY_ASSIGN(const auto user, sandbox.take_user());

  const fs::path archive = work.path() / "project.zip";
  TRY(browser::pack_project(options.project, archive));
  jobs::BlobRef blob;
  TRY_ASSIGN(const std::string bytes, read_file(archive));
  blob.hash = sha256_hex(bytes);
  blob.size = static_cast<std::int64_t>(bytes.size());
  blob.mime_type = "application/zip";
  blob.name = "project.zip";
  request["inputs"] = json::object{{"project", jobs::to_json(blob)}};
  jobs::Job job;
  job.id = new_id(0);
  job.kind = "hyperframes";
  job.attempt = 1;
  job.request = std::move(request);
  TRY_ASSIGN(auto folder, jobs::JobFolder::open(work.path(), job, user, milliseconds(100)));
  TRY_ASSIGN(const auto inputs, jobs::JobFolder::inputs_of(job.request));
  const fs::path& place = inputs.at("project").file;
  std::error_code failed;
  fs::rename(archive, folder.path() / place, failed);
  if (failed) return fail(ErrorCode::storage_failed, "The project could not be packed.");
  TRY(folder.share(place));
  TRY(folder.write_job(job, inputs));

  jobs::SandboxedCommand command;
  command.arguments = {"render", "."};
  command.folder = folder.path();
  command.writable = {jobs::kWorkFolder, jobs::kOutputsFolder, jobs::kTemporaryFolder};
  command.held_fd = folder.lock();
  hyperframes::allow_browser(command, libraries);
  TRY_ASSIGN(const auto process, sandbox.start(command, user));
  TRY(supervise(*process, folder));

  TRY_ASSIGN(const auto result, folder.read_output_json(jobs::kResultFile));
  TRY_ASSIGN(const auto outcome, jobs::outcome_from(result));
  const auto output = outcome.outputs.find(name);
  if (output == outcome.outputs.end()) return fail(ErrorCode::engine_failed, "There is no output.");
  TRY_ASSIGN(const auto file, folder.open_output(output->second.file));
  fs::copy_file(file.path(), target, fs::copy_options::overwrite_existing, failed);
  if (failed) {
    return fail(ErrorCode::storage_failed, target.string() + " cannot be written.");
  }
  folder.remove();
  return outcome.facts;
}

void print_texts(const json::object& facts, const char* name, const char* before) {
  const auto* texts = array_or_null(facts, name);
  if (texts == nullptr) return;
  for (const auto& text : *texts) {
    if (text.is_string()) {
      fmt::print(stderr, "{}{}\n", before, std::string_view(text.get_string()));
    }
  }
}

void print_warnings(const json::object& facts) {
  print_texts(facts, "warnings", "warning: ");
  print_texts(facts, "capture_failures", "note: the render began again: ");
}

// What was made, how long it took, and how.
void print_summary(const fs::path& target, const hyperframes::Request& request,
                   const json::object& facts, double seconds) {
  const auto size = hyperframes::canvas_size(request.resolution, request.aspect_ratio);
  const auto frames = int_or(facts, "frames", 0);
  const auto browsers = int_or(facts, "browsers", 1);
  std::error_code failed;
  const auto bytes = static_cast<double>(fs::file_size(target, failed));
  const auto* providers = object_or_null(facts, "providers");
  fmt::print("{}: {} frames, {:.2f} s of {} x {} at {} fps, {:.2f} MB\n", target.string(), frames,
             static_cast<double>(frames) / request.fps, size.width, size.height, request.fps,
             failed ? 0 : bytes / 1e6);
  fmt::print(
      "  {:.1f} s, {:.1f} frames a second (drawing {:.1f} s, encoding {:.1f} s); frames from "
      "{}, {} browser{}\n",
      seconds, static_cast<double>(frames) / std::max(seconds, 1e-3),
      number_or(facts, "drawing_s", 0), number_or(facts, "encoding_s", 0),
      providers != nullptr ? string_or(*providers, "capture") : "", browsers,
      browsers == 1 ? "" : "s");
}

fs::path output_of(const HyperframesOptions& options, const std::string& extension) {
  if (!options.output.empty()) return options.output;
  const fs::path folder = fs::absolute(options.project).lexically_normal();
  const fs::path name = folder.has_filename() ? folder.filename() : folder.parent_path().filename();
  return name.string() + extension;
}

int preview_in_browser(const HyperframesOptions& options) {
  std::error_code failed;
  if (!fs::is_directory(options.project, failed)) {
    Error error;
    error.code = ErrorCode::invalid_parameter;
    error.message = options.project.string() + " is no folder.";
    return complain(error);
  }
  PreviewOptions preview{.project = options.project,
                         .libraries = libraries_of(options),
                         .composition = options.composition,
                         .variables = {},
                         .fps = options.fps,
                         .port = options.port};
  const auto variables = variables_of(options);
  if (!variables) return complain(variables.error());
  preview.variables = *variables;
  const auto served = serve_preview(preview);
  return served ? 0 : complain(served.error());
}

}  // namespace

int lint_project(const HyperframesOptions& options) {
  const auto findings = findings_of(options);
  if (!findings) return complain(findings.error());
  print_findings(*findings, options.is_json);
  const int errors = count_errors(*findings);
  if (!options.is_json) {
    fmt::print("{} errors, {} warnings\n", errors, findings->size() - errors);
  }
  return errors > 0 ? 1 : 0;
}

int render_project(const HyperframesOptions& options) {
  const auto findings = findings_of(options);
  if (!findings) return complain(findings.error());
  print_findings(*findings, false);
  if (options.is_strict && count_errors(*findings) > 0) {
    fmt::print(stderr, "understudy: --strict: nothing is rendered while there are errors.\n");
    return 1;
  }
  const auto request = request_of(options);
  if (!request) return complain(request.error());
  const fs::path target = output_of(options, "." + request->format);
  const auto began = std::chrono::steady_clock::now();
  json::object document = hyperframes::to_json(*request);
  document["browsers"] = options.browsers;
  document["source"] = options.source;
  const auto facts = run_job(options, std::move(document), "video", target);
  if (!facts) return complain(facts.error());
  print_warnings(*facts);
  const double seconds =
      std::chrono::duration<double>(std::chrono::steady_clock::now() - began).count();
  print_summary(target, *request, *facts, seconds);
  return 0;
}

int preview_project(const HyperframesOptions& options) {
  if (options.output.empty()) return preview_in_browser(options);
  const auto request = request_of(options);
  if (!request) return complain(request.error());
  const fs::path target = output_of(options, ".jpg");
  json::object document = hyperframes::to_json(*request);
  document["stills"] = options.stills;
  document["format"] = "mp4";
  const auto facts = run_job(options, std::move(document), "sheet", target);
  if (!facts) return complain(facts.error());
  print_warnings(*facts);
  fmt::print("{}: {} of {} frames\n", target.string(), int_or(*facts, "stills", 0),
             int_or(*facts, "frames", 0));
  return 0;
}

}  // namespace understudy::cli
