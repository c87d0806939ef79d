#include <cstdarg>
#include <mutex>

#include "base/log.h"
#include "media/av_handles.h"

namespace understudy::media {
namespace {

// The libraries' chatter is for the debug log only: what it means for a job is in the Error.
void pass_on(void* source, int level, const char* format, va_list arguments) {
  if (level > AV_LOG_WARNING) return;
  char line[512];
  int is_line_start = 1;
  av_log_format_line2(source, level, format, arguments, line, sizeof line, &is_line_start);
  std::string_view text(line);
  while (text.ends_with('\n')) text.remove_suffix(1);
  log::debug("{}", text);
}

}  // namespace

void use_own_av_log() {
  static std::once_flag once;
  std::call_once(once, [] { av_log_set_callback(pass_on); });
}

}  // namespace understudy::media
