// What cutting a person out of a film costs, and how well it is done where the truth is known.
//
//   matte_cost                presenters who move before the project's pictures, a JSON line each:
//   overlap
//                             with the exact coverage, and milliseconds per frame at 720p
//   matte_cost FILM FOLDER    a film of one's own: frames over red, into FOLDER
#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstdio>
#include <filesystem>
#include <string>
#include <string_view>

#include "avatar/film_matter.h"
#include "avatar/presenter_animator.h"
#include "library/pictures.h"
#include "media/image.h"
#include "media/inspect.h"
#include "media/overlay.h"
#include "media/video_reader.h"
#include "media/video_writer.h"

namespace {

using namespace understudy;

double now_ms() {
  return std::chrono::duration<double, std::milli>(
             std::chrono::steady_clock::now().time_since_epoch())
      .count();
}

media::Frame over(const media::Frame& top, media::Frame bottom) {
  const auto blend = [](std::uint8_t a, std::uint8_t b, int alpha) {
    return static_cast<std::uint8_t>((a * alpha + b * (255 - alpha) + 127) / 255);
  };
  const auto width = static_cast<std::size_t>(top.width);
  for (std::size_t i = 0; i < top.y.size(); ++i)
    bottom.y[i] = blend(top.y[i], bottom.y[i], top.alpha[i]);
  for (std::size_t i = 0; i < top.u.size(); ++i) {
    const std::size_t j = i / (width / 2) * 2 * width + i % (width / 2) * 2;
    const int alpha =
        (top.alpha[j] + top.alpha[j + 1] + top.alpha[j + width] + top.alpha[j + width + 1] + 2) / 4;
    bottom.u[i] = blend(top.u[i], bottom.u[i], alpha);
    bottom.v[i] = blend(top.v[i], bottom.v[i], alpha);
  }
  return bottom;
}

double overlap(const std::vector<std::uint8_t>& a, const std::vector<std::uint8_t>& b) {
  double both = 0, any = 1;
  for (std::size_t i = 0; i < a.size(); ++i)
    both += std::min(a[i], b[i]), any += std::max(a[i], b[i]);
  return both / any;
}

void write(const std::string& file, const media::Frame& cut) {
  media::Frame red = media::Frame::make(cut.width, cut.height, false);
  std::fill(red.y.begin(), red.y.end(), 70), std::fill(red.u.begin(), red.u.end(), 105),
      std::fill(red.v.begin(), red.v.end(), 190);
  (void)media::write_png(file, media::to_image(over(cut, red)));
}

int own_film(const char* file, const std::string& folder) {
  const auto info = media::inspect_file(file);
  auto reader = media::VideoReader::open(file);
  if (!info || !reader) return 1;
  const int width = info->width & ~1, height = info->height & ~1;
  const double length_s = static_cast<double>(info->duration_ms) / 1000;
  std::vector<media::Frame> samples;
  for (int i = 0; i < 12; ++i) {
    samples.push_back(media::Frame::make(width, height, false));
    (void)reader->draw(length_s * (i + 0.5) / 12, {0, 0, width, height}, samples.back());
  }
  auto matter = avatar::FilmMatter::learn(samples);
  if (!matter) return std::printf("%s\n", matter.error().message.c_str()), 1;
  media::Frame frame = media::Frame::make(width, height, false), cut, behind;
  const int frames = static_cast<int>(std::min(length_s, 6.0) * info->fps);
  const double begin = now_ms();
  for (int i = 0; i < frames; ++i) {
    (void)reader->draw(i / info->fps, {0, 0, width, height}, frame);
    matter->cut(frame, cut);
    if (i % 15 != 7) continue;
    write(folder + "/" + std::to_string(1000 + i) + ".png", cut);
    matter->background(frame, cut, behind);
    (void)media::write_png(folder + "/b" + std::to_string(1000 + i) + ".png",
                           media::to_image(behind));
  }
  const auto report = matter->report();
  std::printf("%s: %s, clear edges %.2f, %.1f ms/frame\n", file,
              std::string(to_string(report.method)).c_str(), report.clear_edges,
              (now_ms() - begin) / frames);
  for (const auto& problem : report.problems) std::printf("  %s\n", problem.c_str());
  return 0;
}

// To the right by an even number of pixels, round the rim.
void shift(media::Frame& frame, int by) {
  const auto turn = [&](std::vector<std::uint8_t>& plane, int width, int places) {
    places = ((-places) % width + width) % width;
    for (auto row = plane.begin(); row != plane.end(); row += width)
      std::rotate(row, row + places, row + width);
  };
  turn(frame.y, frame.width, by);
  turn(frame.u, frame.width / 2, by / 2);
  turn(frame.v, frame.width / 2, by / 2);
  if (!frame.alpha.empty()) turn(frame.alpha, frame.width, by);
}

void presenter_over(const char* look, const char* picture_id, bool moves) {
  constexpr int kWidth = 1280, kHeight = 720, kFrames = 24;
  speech::Speech speech;
  speech.samples.resize(static_cast<std::size_t>(5 * speech::kSampleRate));
  speech.phones.push_back({0, 5, "pau", false});
  for (double t = 0.4; t < 4.5; t += 1.2) speech.words.push_back({t, t + 0.5, "you", true});
  avatar::PresenterAnimator animator(
      *avatar::find_look(look), speech,
      {.width = kWidth, .height = kHeight, .fps = 5, .is_transparent = true});
  const bool is_screen = std::string_view(picture_id) == "green screen";
  media::Frame still = media::Frame::make(kWidth, kHeight, false);
  if (is_screen) {
    std::fill(still.y.begin(), still.y.end(), std::uint8_t{120});
    std::fill(still.u.begin(), still.u.end(), std::uint8_t{72});
    std::fill(still.v.begin(), still.v.end(), std::uint8_t{60});
  } else {
    still = media::to_frame(
        media::scale(library::draw_picture(**library::find_picture(picture_id)), kWidth, kHeight));
  }
  std::vector<media::Frame> people(kFrames), film, samples;
  for (int i = 0; i < kFrames; ++i) {
    animator.draw(i, people[static_cast<std::size_t>(i)]);
    shift(people[static_cast<std::size_t>(i)],
          2 * static_cast<int>(std::lround(18 * std::sin(i * 0.55))));
    media::Frame behind = still;
    if (moves) shift(behind, -4 * i);
    film.push_back(over(people[static_cast<std::size_t>(i)], behind));
    if (i % 3 == 1) samples.push_back(film.back());
  }
  const double before = now_ms();
  auto matter = avatar::FilmMatter::learn(samples);
  if (!matter)
    return (void)std::printf("  %-24s %-24s refused: %s\n", look, picture_id,
                             matter.error().message.c_str());
  const double learned = now_ms();
  double sum = 0, worst = 1;
  media::Frame cut;
  for (int i = 0; i < kFrames; ++i) {
    matter->cut(film[static_cast<std::size_t>(i)], cut);
    const double share = overlap(cut.alpha, people[static_cast<std::size_t>(i)].alpha);
    sum += share, worst = std::min(worst, share);
  }
  const auto report = matter->report();
  std::printf(
      "{\"look\": \"%s\", \"background\": \"%s%s\", \"is_chroma\": %s, \"method\": \"%s\", \"overlap\": %.4f, \"worst\": %.4f, "
      "\"clear_edges\": %.3f, \"learn_ms\": %.0f, \"frame_ms\": %.1f}\n",
      look, picture_id, moves ? ", moving" : "", is_screen ? "true" : "false",
      std::string(to_string(report.method)).c_str(), sum / kFrames, worst, report.clear_edges,
      learned - before, (now_ms() - learned) / kFrames);
  if (const char* folder = std::getenv("MATTE_PICTURES"))
    write(std::string(folder) + "/" + look + "-" + picture_id + ".png", cut);
}

}  // namespace

int main(int count, char** arguments) {
  if (count == 3) return own_film(arguments[1], arguments[2]);
  for (const char* picture : {"bright-office", "misty-mountains", "city-skyline-day",
                              "library-bookshelf", "grey-studio", "tropical-beach"})
    for (const char* look : {"daniel_shirt_office", "abigail_blazer_studio"})
      presenter_over(look, picture, false);
  presenter_over("daniel_shirt_office", "green screen", false);
  presenter_over("daniel_shirt_office", "misty-mountains", true);
  presenter_over("abigail_blazer_studio", "grey-studio", true);
  return 0;
}
