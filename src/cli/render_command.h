// `understudy render`, `understudy inspect` and `understudy read-site`: the processes that touch
// hostile bytes. All run in the sandbox, without network and database, and speak through files and
// pipes only.
#pragma once

#include <filesystem>
#include <string>

namespace understudy::cli {

// ahead_kind: of a job that is still to come; empty: the job is there.
int run_render(const std::filesystem::path& job_folder, const std::string& ahead_kind = {});
int run_inspect(const std::filesystem::path& file);
int run_inspect_project(const std::filesystem::path& file, const std::string& composition);
int run_read_site(const std::filesystem::path& file);  // a site that a brand kit is built from

}  // namespace understudy::cli
