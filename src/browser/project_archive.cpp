#include "browser/project_archive.h"

#include <algorithm>
#include <array>
#include <fstream>
#include <functional>
#include <memory>
#include <set>

#include <sys/stat.h>
#include <zip.h>

#include "base/text.h"

namespace understudy::browser {
namespace fs = std::filesystem;
namespace {

constexpr std::int64_t kSmallFile = 1 << 20;  // its ratio does not matter
constexpr std::size_t kNameMax = 512;
constexpr std::int64_t kTextMax = 32 << 20;

tl::unexpected<Error> invalid(std::string message) {
  return fail(ErrorCode::hyperframes_project_invalid, std::move(message), "project");
}

tl::unexpected<Error> storage(const fs::path& path) {
  return fail_with_detail(ErrorCode::storage_failed, "The project could not be unpacked.",
                          path.string());
}

struct ZipCloser {
  void operator()(zip_t* archive) const { zip_discard(archive); }
  void operator()(zip_file_t* file) const { zip_fclose(file); }
};
using Zip = std::unique_ptr<zip_t, ZipCloser>;
using ZipFile = std::unique_ptr<zip_file_t, ZipCloser>;

struct Entry {
  std::uint64_t index = 0;
  std::string path;
  bool is_folder = false;
  std::int64_t size = 0;
  std::int64_t packed = 0;
};

Result<void> check_name(const std::string& name) {
  const auto shown = name.substr(0, 80);
  if (name.empty() || name.size() > kNameMax || !is_valid_utf8(name) ||
      name.find('\\') != std::string::npos || std::any_of(name.begin(), name.end(), [](char c) {
        return static_cast<unsigned char>(c) < 0x20;
      })) {
    return invalid("The project's archive has a file name that cannot be used: '" + shown + "'.");
  }
  const bool is_absolute = name.front() == '/' || (name.size() > 1 && name[1] == ':');
  for (const auto& part : split(name, '/')) {
    if (is_absolute || part == "..") {
      return invalid("The project's archive has a path that leads out of it: '" + shown + "'.");
    }
  }
  return {};
}

bool is_link(zip_t* archive, std::uint64_t index) {
  zip_uint8_t system = 0;
  zip_uint32_t attributes = 0;
  if (zip_file_get_external_attributes(archive, index, 0, &system, &attributes) != 0) return false;
  return system == ZIP_OPSYS_UNIX && S_ISLNK(attributes >> 16);
}

bool is_too_dense(std::int64_t size, std::int64_t packed, const ArchiveLimits& limits) {
  return size > kSmallFile && size / std::max<std::int64_t>(packed, 1) > limits.ratio_max;
}

Result<Entry> entry_at(zip_t* archive, std::uint64_t index, const ArchiveLimits& limits) {
  zip_stat_t facts;
  zip_stat_init(&facts);
  if (zip_stat_index(archive, index, 0, &facts) != 0) {
    return invalid("The project's archive is damaged.");
  }
  Entry entry;
  entry.index = index;
  entry.path = facts.name;
  TRY(check_name(entry.path));
  if (entry.path.ends_with('/')) {
    entry.is_folder = true;
    entry.path.pop_back();
  }
  entry.size = static_cast<std::int64_t>(facts.size);
  entry.packed = static_cast<std::int64_t>(facts.comp_size);
  if (is_link(archive, index)) {
    return invalid("The project's archive holds a link, '" + entry.path +
                   "': put the file itself in.");
  }
  if (facts.encryption_method != ZIP_EM_NONE) {
    return invalid("The project's archive is encrypted.");
  }
  if (is_too_dense(entry.size, entry.packed, limits)) {
    return invalid("'" + entry.path + "' in the project's archive is compressed more than " +
                   std::to_string(limits.ratio_max) + " times.");
  }
  return entry;
}

struct Opened {
  Zip archive;
  std::vector<Entry> entries;
};

Result<Opened> open_archive(const fs::path& path, const ArchiveLimits& limits) {
  std::error_code failed;
  const auto bytes = static_cast<std::int64_t>(fs::file_size(path, failed));
  if (failed) return storage(path);
  if (bytes > limits.archive_bytes_max) {
    return invalid("The project's archive is larger than 200 MB.");
  }
  int error = 0;
  Zip archive(zip_open(path.c_str(), ZIP_RDONLY | ZIP_CHECKCONS, &error));
  if (archive == nullptr) return invalid("'project' is no ZIP archive, or a damaged one.");
  const auto count = zip_get_num_entries(archive.get(), 0);
  if (count > limits.entries_max) {
    return invalid("The project's archive has more than 2000 entries.");
  }
  Opened opened{std::move(archive), {}};
  std::set<std::string> names;
  std::int64_t total = 0;
  for (zip_int64_t index = 0; index < count; ++index) {
    TRY_ASSIGN(Entry entry,
               entry_at(opened.archive.get(), static_cast<std::uint64_t>(index), limits));
    if (!names.insert(entry.path).second) {
      return invalid("The project's archive has '" + entry.path + "' twice.");
    }
    total += entry.size;
    if (entry.size < 0 || total > limits.total_bytes_max) {
      return invalid("The project is larger than 500 MB when unpacked.");
    }
    opened.entries.push_back(std::move(entry));
  }
  if (is_too_dense(total, bytes, limits)) {
    return invalid("The project's archive is compressed more than " +
                   std::to_string(limits.ratio_max) + " times.");
  }
  return opened;
}

// Hands an entry's bytes on, not more than its directory announced.
Result<void> read_entry(zip_t* archive, const Entry& entry,
                        const std::function<bool(std::string_view)>& take) {
  const ZipFile file(zip_fopen_index(archive, entry.index, 0));
  if (file == nullptr) return invalid("'" + entry.path + "' in the archive cannot be read.");
  std::array<char, 64 << 10> block;
  std::int64_t size = 0;
  for (;;) {
    const auto count = zip_fread(file.get(), block.data(), block.size());
    if (count < 0) return invalid("'" + entry.path + "' in the archive is damaged.");
    if (count == 0) break;
    size += count;
    if (size > entry.size)
      return invalid("'" + entry.path + "' in the archive lies about its size.");
    if (!take(std::string_view(block.data(), static_cast<std::size_t>(count)))) {
      return storage(entry.path);
    }
  }
  return {};
}

bool is_html(std::string_view path) {
  const auto lower = lower_case(path);
  return lower.ends_with(".html") || lower.ends_with(".htm");
}

}  // namespace

Result<void> unpack_project(const fs::path& archive, const fs::path& folder,
                            const ArchiveLimits& limits) {
  TRY_ASSIGN(const auto opened, open_archive(archive, limits));
  std::error_code failed;
  for (const auto& entry : opened.entries) {
    const fs::path target = folder / entry.path;
    fs::create_directories(entry.is_folder ? target : target.parent_path(), failed);
    if (failed) {
      return invalid("The project's archive has '" + entry.path + "' as a file and as a folder.");
    }
    if (entry.is_folder) continue;
    std::ofstream out(target, std::ios::binary | std::ios::trunc);
    TRY(read_entry(opened.archive.get(), entry, [&](std::string_view bytes) {
      out.write(bytes.data(), static_cast<std::streamsize>(bytes.size()));
      return out.good();
    }));
    out.close();
    if (!out) return storage(target);
  }
  return {};
}

Result<std::vector<ArchivedFile>> read_project_texts(const fs::path& archive,
                                                     const ArchiveLimits& limits) {
  TRY_ASSIGN(const auto opened, open_archive(archive, limits));
  std::vector<ArchivedFile> files;
  for (const auto& entry : opened.entries) {
    if (entry.is_folder) continue;
    ArchivedFile file{.path = entry.path, .size = entry.size, .text = {}};
    if (is_html(entry.path) && entry.size <= kTextMax) {
      TRY(read_entry(opened.archive.get(), entry, [&](std::string_view bytes) {
        file.text += bytes;
        return true;
      }));
    }
    files.push_back(std::move(file));
  }
  return files;
}

Result<void> pack_project(const fs::path& folder, const fs::path& archive,
                          const ArchiveLimits& limits) {
  int error = 0;
  Zip zip(zip_open(archive.c_str(), ZIP_CREATE | ZIP_TRUNCATE, &error));
  if (zip == nullptr) return storage(archive);
  std::int64_t count = 0;
  std::error_code failed;
  for (fs::recursive_directory_iterator entry(folder, failed), end; !failed && entry != end;
       entry.increment(failed)) {
    const std::string name = fs::relative(entry->path(), folder).generic_string();
    // What tools leave beside a project is no part of it.
    if (entry->is_directory() && (name == "node_modules" || name == ".git" || name == "renders")) {
      entry.disable_recursion_pending();
      continue;
    }
    if (entry->is_symlink() || !entry->is_regular_file()) continue;
    if (++count > limits.entries_max) return invalid("The project has more than 2000 files.");
    zip_source_t* source = zip_source_file(zip.get(), entry->path().c_str(), 0, -1);
    const auto index = zip_file_add(zip.get(), name.c_str(), source, ZIP_FL_ENC_UTF_8);
    if (index < 0) {
      zip_source_free(source);
      return storage(entry->path());
    }
    // It is read once, on this machine.
    zip_set_file_compression(zip.get(), static_cast<zip_uint64_t>(index), ZIP_CM_STORE, 0);
  }
  if (failed) return storage(folder);
  if (zip_close(zip.get()) != 0) return storage(archive);
  [[maybe_unused]] auto* closed = zip.release();
  return {};
}

}  // namespace understudy::browser
