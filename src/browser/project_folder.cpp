#include "browser/project_folder.h"

#include "base/file.h"

namespace understudy::browser {
namespace fs = std::filesystem;
namespace {

constexpr std::size_t kFileMax = 200U << 20;

int hex_digit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  const int letter = (c | 0x20) - 'a';
  return letter >= 0 && letter < 6 ? letter + 10 : -1;
}

}  // namespace

std::string percent_decoded(std::string_view text) {
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const int high = text[i] == '%' && i + 2 < text.size() ? hex_digit(text[i + 1]) : -1;
    const int low = high >= 0 ? hex_digit(text[i + 2]) : -1;
    if (low < 0) {
      out += text[i];
      continue;
    }
    out += static_cast<char>(high * 16 + low);
    i += 2;
  }
  return out;
}

std::optional<fs::path> file_in(const fs::path& folder, std::string_view address) {
  const auto plain = project_path("", address);
  if (!plain) return std::nullopt;
  const auto decoded = percent_decoded(plain->substr(0, plain->find_first_of("?#")));
  if (decoded.find('\0') != std::string::npos) return std::nullopt;
  std::error_code failed;
  const fs::path root = fs::canonical(folder, failed);
  if (failed) return std::nullopt;
  const fs::path file = fs::canonical(root / decoded, failed);
  if (failed || !fs::is_regular_file(file, failed)) return std::nullopt;
  const auto relative = file.lexically_relative(root);
  if (relative.empty() || *relative.begin() == "..") return std::nullopt;
  return file;
}

ProjectReader folder_reader(const fs::path& folder) {
  return {
      .read = [folder](const std::string& path) -> Result<std::string> {
        const auto file = file_in(folder, path);
        if (!file) return fail(ErrorCode::not_found, "There is no file '" + path + "'.");
        return read_file(*file, kFileMax);
      },
      .exists = [folder](const std::string& path) { return file_in(folder, path).has_value(); }};
}

}  // namespace understudy::browser
