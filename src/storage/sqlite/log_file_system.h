// An SQLite file system (VFS) that writes the log in large pieces. SQLite writes each page of a
// commit with two calls, its header and its content; a batch of fifty steps is two hundred calls,
// which were a third of the writer's time. Here they gather in memory and go out as one call before
// the sync. Method: https://www.sqlite.org/vfs.html (shim), https://www.sqlite.org/walformat.html.
//
// Only for connections with synchronous=FULL: these sync the log before a commit becomes visible to
// other connections, so nobody can look for a page that is still gathering.
#pragma once

#include <string>

namespace understudy::storage {

// The name to open databases with, over the file system `base`; null, when it is not registered.
// Any thread.
const char* log_combining_file_system(const std::string& base);

}  // namespace understudy::storage
