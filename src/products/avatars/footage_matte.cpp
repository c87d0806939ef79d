#include "products/avatars/footage_matte.h"

#include <algorithm>
#include <cmath>
#include <vector>

#include "avatar/film_matter.h"
#include "media/film_frames.h"

namespace understudy::avatars {
namespace {

constexpr int kSamples = 16;   // as many as a video learns from (compose/film_cutter.cpp)
constexpr int kSideMax = 960;  // of what is looked at

json::object report_json(const avatar::MatteReport& report) {
  json::array problems;
  for (const auto& problem : report.problems) problems.push_back(json::value(problem));
  return {{"method", avatar::to_string(report.method)},
          {"clear_edges", std::round(report.clear_edges * 1000) / 1000},
          {"problems", std::move(problems)}};
}

}  // namespace

Result<json::object> matte_of(const std::filesystem::path& film) {
  TRY_ASSIGN(auto frames, media::FilmFrames::open(film));
  const int side = std::max(frames.width(), frames.height());
  const double scale = std::min(1.0, static_cast<double>(kSideMax) / side);
  const auto even = [&](int length) { return std::max(2, static_cast<int>(length * scale) & ~1); };
  const media::Rectangle all{0, 0, frames.width() & ~1, frames.height() & ~1};
  const media::Rectangle size{0, 0, even(all.width), even(all.height)};
  std::vector<media::Frame> samples;
  const int count = std::min(kSamples, frames.count());
  for (int i = 0; i < count; ++i) {
    samples.push_back(media::Frame::make(size.width, size.height, false));
    TRY(frames.draw(static_cast<int>((i + 0.5) * frames.count() / count), all, size,
                    samples.back()));
  }
  auto matter = avatar::FilmMatter::learn(samples);
  if (!matter) {
    if (matter.error().code != ErrorCode::invalid_parameter)
      return tl::make_unexpected(std::move(matter).error());
    return json::object{{"refused", matter.error().message}};
  }
  media::Frame cut;
  for (const auto& sample : samples) matter->cut(sample, cut);
  return report_json(matter->report());
}

}  // namespace understudy::avatars
