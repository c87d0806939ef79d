// `understudy doctor`: what is installed, which providers are active, what is missing and how to
// get it. Prints for people.
#pragma once

#include <filesystem>

namespace understudy::server {

// `data` may be empty. Returns the exit status: 0 when a video can be made here, 1 otherwise.
int print_doctor_report(const std::filesystem::path& data);

}  // namespace understudy::server
