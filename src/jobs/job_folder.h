// JobFolder: the worker's side of a job's folder (see render_protocol.h for what lies in it).
//
// WORK/jobs/ID, keyed by the job so that whoever claims it again on this machine finds the steps
// that are done; WORK/jobs/ID.lock is held by the worker and by the keeper of its sandbox, so two
// renders never share a folder. The folder, job.json and inputs/ belong to the worker and are
// read-only to the render; it owns work/, outputs/ and tmp/. Whatever it leaves there is read
// without following links. One thread.
#pragma once

#include <chrono>
#include <filesystem>
#include <map>
#include <string>
#include <string_view>

#include "base/result.h"
#include "jobs/job.h"
#include "jobs/sandbox.h"

namespace understudy::jobs {

inline constexpr const char* kJobFile = "job.json";
inline constexpr const char* kInputsFolder = "inputs";
inline constexpr const char* kWorkFolder = "work";
inline constexpr const char* kOutputsFolder = "outputs";
inline constexpr const char* kTemporaryFolder = "tmp";
inline constexpr const char* kResultFile = "result.json";  // in outputs/
inline constexpr const char* kErrorFile = "error.json";    // in outputs/

// A regular file that the render wrote, open for reading.
class RenderedFile {
 public:
  RenderedFile(int descriptor, std::int64_t size) : descriptor_(descriptor), size_(size) {}
  ~RenderedFile();
  RenderedFile(RenderedFile&& other) noexcept;
  RenderedFile& operator=(RenderedFile&&) = delete;

  std::int64_t size() const { return size_; }
  // A path that opens this very file, whatever its name means by now.
  std::filesystem::path path() const;
  // Errors: storage_failed, payload_too_large.
  Result<std::string> read(std::size_t limit) const;

 private:
  int descriptor_;
  std::int64_t size_;
};

class JobFolder {
 public:
  // Takes the folder's lock, waiting at most `patience` for a render that is just being stopped;
  // then takes a folder of this claim's own. Errors: storage_failed, invalid_parameter (the id).
  static Result<JobFolder> open(const std::filesystem::path& work_folder, const Job& job,
                                const JobUser& user, std::chrono::milliseconds patience);
  // A folder for a render whose job is not known yet. Errors: storage_failed.
  static Result<JobFolder> open_ahead(const std::filesystem::path& work_folder,
                                      const JobUser& user);
  // Makes it the job's own, also for what runs in it. False when the job has a folder.
  bool become(const Job& job);
  ~JobFolder();
  JobFolder(JobFolder&& other) noexcept;
  JobFolder& operator=(JobFolder&&) = delete;

  const std::filesystem::path& path() const { return path_; }
  int lock() const { return lock_; }

  // The input blobs of a request by name, and where each belongs. Errors: invalid_parameter.
  struct Input {
    BlobRef blob;
    std::filesystem::path file;  // relative to the folder
  };
  static Result<std::map<std::string, Input>> inputs_of(const json::object& request);

  // Gives an input file, already in place, to the render to read.
  Result<void> share(const std::filesystem::path& relative) const;
  // Writes job.json, and removes what the last render said at its end.
  Result<void> write_job(const Job& job, const std::map<std::string, Input>& inputs) const;

  // A file in outputs/. Errors: not_found (also for a link, a folder, a name that leads out).
  Result<RenderedFile> open_output(std::string_view name) const;
  Result<json::object> read_output_json(std::string_view name) const;

  // Removes the folder and its lock.
  void remove();

 private:
  JobFolder(std::filesystem::path path, const JobUser& user, int lock);
  Result<void> prepare() const;

  std::filesystem::path path_;
  unsigned uid_;
  bool is_own_;  // the render runs as another user
  int lock_;
};

// Removes folders that nobody holds and nobody used for `age`. Returns how many.
int remove_stale_job_folders(const std::filesystem::path& work_folder, std::chrono::seconds age);

}  // namespace understudy::jobs
