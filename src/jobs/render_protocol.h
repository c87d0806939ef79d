// The render's side of a job: `understudy render FOLDER` is a pure function from a job's folder to
// its outputs. The folder (its paths are in job_folder.h):
//   job.json              id, kind, attempt, request, inputs          written by the worker
//   inputs/               the request's input blobs                   written by the worker
//   work/                 one file per finished step                  kept for a resumed render
//   outputs/              what is delivered, and result.json or error.json
//   tmp/                  thrown away
// A product's worker step is a RenderStep. It must find every finished step again after a kill at
// any point; RenderContext::once() makes that one line.
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>

#include "base/json.h"
#include "base/result.h"
#include "jobs/job.h"
#include "jobs/progress_estimate.h"

namespace understudy::jobs {

// The way to the worker. send() takes one line without its end; reply() waits for one.
struct RenderLink {
  std::function<void(std::string_view)> send;
  std::function<std::optional<std::string>()> reply;
};
RenderLink standard_link();  // standard output and input, for the render process
RenderLink agreeing_link();  // says nothing and accepts every price, for tests

struct RenderJob {
  std::string id;
  std::string kind;
  int attempt = 1;
  json::object request;
};

struct RenderInput {
  std::filesystem::path file;
  BlobRef blob;
};

// A file in outputs/ that is delivered.
struct RenderOutput {
  std::string file;  // its name in outputs/
  std::string mime_type;
  std::string name;  // to offer on download
};

struct RenderOutcome {
  std::int64_t quantity = 0;                                 // ms or count delivered
  std::vector<std::int64_t> parts = {};                      // of a job in parts: see Delivered
  std::map<std::string, RenderOutput, std::less<>> outputs;  // "video", "thumbnail", ...
  json::object facts;  // further members of the job's result: {"duration_ms": 4520, ...}
};

class RenderContext {
 public:
  // Errors: storage_failed, invalid_parameter (no job.json that can be read).
  static Result<std::unique_ptr<RenderContext>> open(const std::filesystem::path& folder,
                                                     RenderLink link);

  const RenderJob& job() const { return job_; }
  const json::object& request() const { return job_.request; }

  // The request's {"inputs": {name: blob}}. Errors: internal_error (the request has none so named).
  Result<RenderInput> input(std::string_view name) const;
  bool has_input(std::string_view name) const;

  // Paths below the working directory; they work also where its parents cannot be walked.
  std::filesystem::path output(std::string_view name) const;
  std::filesystem::path work_file(std::string_view name) const;
  std::filesystem::path temporary_file(std::string_view name) const;

  // Runs `step` with a name beside `target` to write to (same extension), unless `target` is there
  // from a render that was interrupted; then gives it its name. A step may make a folder.
  // Errors: the step's; storage_failed.
  using Step = std::function<Result<void>(const std::filesystem::path&)>;
  Result<void> once(const std::filesystem::path& target, const Step& step);

  // fraction: 0..1 of the whole job, never back. stage: see RenderProgress. Cheap; any thread.
  void progress(double fraction, std::string_view stage);

  // Now that the exact quantity is known and before the costly part: moves the hold to its price.
  // Errors: insufficient_credit, cancelled. Both end the render.
  Result<void> confirm_exact(const Delivered& delivered);

 private:
  RenderContext(std::filesystem::path folder, RenderLink link);
  Result<void> read_job();

  std::filesystem::path folder_;
  RenderLink link_;
  RenderJob job_;
  std::map<std::string, RenderInput, std::less<>> inputs_;
  std::mutex mutex_;  // of what follows
  ProgressEstimate estimate_;
  double fraction_ = 0;
  std::string stage_;
  std::int64_t sent_at_ms_ = 0;
};

using RenderStep = std::function<Result<RenderOutcome>(RenderContext&)>;
using RenderSteps = std::map<std::string, RenderStep, std::less<>>;  // by job kind

// The whole of `understudy render FOLDER`: runs the step of the job's kind and leaves result.json
// or error.json. Returns the exit code: 0 when there is a result.
int run_render(const std::filesystem::path& folder, const RenderSteps& steps, RenderLink link);

// What of a kind's step can be done before its job is known, in the job's folder; gives the step
// that goes on with it.
using PrepareStep = std::function<RenderStep(const std::filesystem::path& folder)>;
using PrepareSteps = std::map<std::string, PrepareStep, std::less<>>;  // by job kind

// The whole of `understudy render FOLDER --ahead KIND`: prepares, waits until it is told that the
// job is there, and goes on as run_render(). Returns 0 when no job came.
int run_render_ahead(const std::filesystem::path& folder, const std::string& kind,
                     const PrepareSteps& steps, const RenderLink& link);

}  // namespace understudy::jobs
