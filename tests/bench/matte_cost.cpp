// What cutting a person out of a film costs, and how well it is done where the truth is known.
//
//   matte_cost             presenters before the scenes of matte_scenes.h, as films (720p, H.264 by
//                          the writer's defaults) and as single photographs: a JSON line each, with
//                          the overlap with the exact coverage, soft and cut at one half
//   matte_cost N           the same with N looks per scene
//   matte_cost FILE FOLDER a film of one's own: frames over red, into FOLDER; a photograph of one's
//                          own: over white, black and magenta
//
// MATTE_SCENE keeps to the scenes whose name holds its value, MATTE_FIRST begins with another look.
// Into the folder MATTE_PICTURES go the last cuts, with what was missed in blue and what was kept
// too much in red.
#include <algorithm>
#include <array>
#include <chrono>
#include <cmath>
#include <cstdio>
#include <filesystem>
#include <string>
#include <string_view>

#include <unistd.h>

#include "avatar/film_matter.h"
#include "avatar/photo_matte.h"
#include "avatar/presenter_animator.h"
#include "face/face_finder.h"
#include "matte_scenes.h"
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

void write(const std::string& file, const media::Frame& cut) {
  media::Frame red = media::Frame::make(cut.width, cut.height, false);
  std::fill(red.y.begin(), red.y.end(), 70), std::fill(red.u.begin(), red.u.end(), 105),
      std::fill(red.v.begin(), red.v.end(), 190);
  (void)media::write_png(file, media::to_image(over(cut, red)));
}

// Over white, black and magenta, side by side.
int own_photo(const char* file, const std::string& folder) {
  auto finder = face::FaceFinder::open(face::Providers::from_environment());
  const auto photo = media::decode_image_file(file);
  if (!finder || !photo) return 1;
  const auto face = finder->find(*photo, face::Turned::fitted);
  if (!face) return std::printf("%s: %s\n", file, face.error().message.c_str()), 1;
  const auto matte = avatar::cut_out_photo(*photo, *face);
  if (!matte) return std::printf("%s: %s\n", file, matte.error().message.c_str()), 1;
  std::printf("%s: %s, clear edges %.2f, stability %.3f, %zu warnings\n", file,
              std::string(to_string(matte->report.method)).c_str(), matte->report.clear_edges,
              matte->report.stability, matte->report.problems.size());
  const media::Image& cut = matte->cut;
  const int backs[3][3] = {{255, 255, 255}, {0, 0, 0}, {255, 0, 255}};
  media::Image sheet{cut.width * 3, cut.height, {}};
  for (int y = 0; y < cut.height; ++y)
    for (const auto& back : backs)
      for (int x = 0; x < cut.width; ++x) {
        const std::uint8_t* p =
            &cut.rgba[(static_cast<std::size_t>(y) * static_cast<std::size_t>(cut.width) +
                       static_cast<std::size_t>(x)) *
                      4];
        for (int c = 0; c < 3; ++c)
          sheet.rgba.push_back(
              static_cast<std::uint8_t>((p[c] * p[3] + back[c] * (255 - p[3])) / 255));
        sheet.rgba.push_back(255);
      }
  std::filesystem::path name = std::filesystem::path(file).stem();
  return media::write_jpeg(std::filesystem::path(folder) / name.concat(".jpg"),
                           media::scale(sheet, 1200, 400 * cut.height / cut.width))
             ? 0
             : 1;
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

struct Overlap {
  double soft = 0, hard = 0;
};
Overlap overlap(const std::vector<std::uint8_t>& a, const std::vector<std::uint8_t>& b) {
  double both = 0, any = 1, both_hard = 0, any_hard = 1;
  for (std::size_t i = 0; i < a.size(); ++i) {
    both += std::min(a[i], b[i]), any += std::max(a[i], b[i]);
    both_hard += a[i] > 127 && b[i] > 127 ? 1 : 0, any_hard += a[i] > 127 || b[i] > 127 ? 1 : 0;
  }
  return {both / any, both_hard / any_hard};
}

// The picture darkened, what was missed in blue, what was kept too much in red.
void write_errors(const std::string& file, const media::Frame& frame,
                  const std::vector<std::uint8_t>& cut, const std::vector<std::uint8_t>& truth) {
  media::Image image = media::to_image(frame);
  for (std::size_t i = 0; i < cut.size(); ++i) {
    std::uint8_t* p = &image.rgba[4 * i];
    for (std::size_t c = 0; c < 3; ++c)
      p[c] = static_cast<std::uint8_t>(p[c] * (cut[i] > 127 ? 0.9 : 0.4));
    if (cut[i] > truth[i] + 60) p[0] = 255, p[1] = p[2] = 0;
    if (truth[i] > cut[i] + 60) p[0] = 0, p[1] = 160, p[2] = 255;
  }
  (void)media::write_jpeg(file, media::scale(image, image.width / 2, image.height / 2));
}

struct Film {
  std::vector<media::Frame> people;  // with their exact coverage
  std::vector<media::Frame> frames;  // composed, encoded and decoded
};

constexpr int kFrames = 30, kFps = 8, kSamples = 15;

// Through the encoder, as a film that somebody uploads has been.
Film film_of(const std::string& look, const bench::Scene& scene, std::uint32_t seed, bool is_tall) {
  const int width = is_tall ? 720 : 1280, height = is_tall ? 1280 : 720;
  speech::Speech speech;
  speech.samples.resize(static_cast<std::size_t>(5 * speech::kSampleRate));
  speech.phones.push_back({0, 5, "pau", false});
  for (double t = 0.4; t < 4.5; t += 1.2) speech.words.push_back({t, t + 0.5, "you", true});
  avatar::PresenterAnimator animator(
      *avatar::find_look(look), speech,
      {.width = width, .height = height, .fps = kFps, .is_transparent = true});
  Film film;
  film.people.resize(kFrames);
  for (int i = 0; i < kFrames; ++i) animator.draw(i, film.people[static_cast<std::size_t>(i)]);
  const media::Frame behind = bench::paint(scene, film.people[0], seed);
  const auto file =
      std::filesystem::temp_directory_path() / ("matte_cost." + std::to_string(getpid()) + ".mp4");
  auto writer = media::VideoWriter::open(
      {.path = file, .width = width, .height = height, .fps = kFps, .threads = 1});
  for (const auto& person : film.people)
    if (!writer || !writer->write(over(person, behind))) std::abort();
  if (!writer->finish()) std::abort();
  auto reader = media::VideoReader::open(file);
  if (!reader) std::abort();
  for (int i = 0; i < kFrames; ++i) {
    film.frames.push_back(media::Frame::make(width, height, false));
    if (!reader->draw((i + 0.25) / kFps, {0, 0, width, height}, film.frames.back())) std::abort();
  }
  std::filesystem::remove(file);
  return film;
}

std::string picture_file(const std::string& look, const std::string& scene, const char* kind) {
  const char* folder = std::getenv("MATTE_PICTURES");
  return folder == nullptr ? ""
                           : std::string(folder) + "/" + scene + "-" + look + "-" + kind + ".jpg";
}

void measure_film(const std::string& look, const bench::Scene& scene, const Film& film) {
  const double begin = now_ms();
  std::vector<media::Frame> samples;
  for (int i = 0; i < kFrames; i += kFrames / kSamples)
    samples.push_back(film.frames[static_cast<std::size_t>(i)]);
  auto matter = avatar::FilmMatter::learn(samples);
  if (!matter) {
    std::printf(
        "{\"kind\": \"film\", \"look\": \"%s\", \"background\": \"%s\", \"refused\": \"%s\"}\n",
        look.c_str(), scene.name.c_str(), matter.error().message.c_str());
    return;
  }
  const double learned = now_ms();
  Overlap sum{};
  double worst = 1, cutting_ms = 0;
  media::Frame cut;
  for (int i = 0; i < kFrames; ++i) {
    const double before = now_ms();
    matter->cut(film.frames[static_cast<std::size_t>(i)], cut);
    cutting_ms += now_ms() - before;
    const Overlap share = overlap(cut.alpha, film.people[static_cast<std::size_t>(i)].alpha);
    sum.soft += share.soft / kFrames, sum.hard += share.hard / kFrames;
    worst = std::min(worst, share.hard);
  }
  const auto report = matter->report();
  std::printf(
      "{\"kind\": \"film\", \"look\": \"%s\", \"background\": \"%s\", \"is_chroma\": %s, \"method\": \"%s\", \"overlap\": %.4f, "
      "\"overlap_hard\": %.4f, \"worst\": %.4f, \"clear_edges\": %.3f, \"stability\": %.4f, \"warnings\": %zu, \"learn_ms\": %.0f, \"frame_ms\": %.1f}\n",
      look.c_str(), scene.name.c_str(), scene.is_screen ? "true" : "false",
      std::string(to_string(report.method)).c_str(), sum.soft, sum.hard, worst, report.clear_edges,
      report.stability, report.problems.size(), learned - begin, cutting_ms / kFrames);
  if (const auto file = picture_file(look, scene.name, "film"); !file.empty())
    write_errors(file, film.frames.back(), cut.alpha, film.people.back().alpha);
}

void measure_photo(const std::string& look, const bench::Scene& scene, const Film& film) {
  static auto finder = face::FaceFinder::open({});
  const media::Image photo = media::to_image(film.frames[0]);
  const auto face = finder->find(photo);
  const double begin = now_ms();
  const auto matte = face ? avatar::cut_out_photo(photo, *face) : tl::unexpected(face.error());
  if (!matte) {
    std::printf(
        "{\"kind\": \"photo\", \"look\": \"%s\", \"background\": \"%s\", \"refused\": \"%s\"}\n",
        look.c_str(), scene.name.c_str(), matte.error().message.c_str());
    return;
  }
  std::vector<std::uint8_t> alpha;
  for (std::size_t i = 3; i < matte->cut.rgba.size(); i += 4) alpha.push_back(matte->cut.rgba[i]);
  const Overlap share = overlap(alpha, film.people[0].alpha);
  std::printf(
      "{\"kind\": \"photo\", \"look\": \"%s\", \"background\": \"%s\", \"is_chroma\": %s, \"method\": \"%s\", \"overlap\": %.4f, "
      "\"overlap_hard\": %.4f, \"clear_edges\": %.3f, \"stability\": %.4f, \"warnings\": %zu, \"learn_ms\": %.0f}\n",
      look.c_str(), scene.name.c_str(), scene.is_screen ? "true" : "false",
      std::string(to_string(matte->report.method)).c_str(), share.soft, share.hard,
      matte->report.clear_edges, matte->report.stability, matte->report.problems.size(),
      now_ms() - begin);
  if (const auto file = picture_file(look, scene.name, "photo"); !file.empty())
    write_errors(file, film.frames[0], alpha, film.people[0].alpha);
}

}  // namespace

int main(int count, char** arguments) {
  if (count == 3 && media::decode_image_file(arguments[1]))
    return own_photo(arguments[1], arguments[2]);
  if (count == 3) return own_film(arguments[1], arguments[2]);
  const int looks = count == 2 ? std::atoi(arguments[1]) : 2;
  const char* only = std::getenv("MATTE_SCENE");
  const char* first = std::getenv("MATTE_FIRST");
  std::uint32_t seed = first == nullptr ? 0 : static_cast<std::uint32_t>(std::atoi(first));
  for (const auto& scene : bench::scenes()) {
    // Another presenter before every scene, none of them twice as often as another.
    for (int i = 0; i < looks; ++i, ++seed) {
      if (only != nullptr && scene.name.find(only) == std::string::npos) continue;
      const auto& look = avatar::looks()[seed * 7 % avatar::looks().size()];
      const Film film = film_of(look.id, scene, seed, seed % 5 == 4);
      measure_film(look.id, scene, film);
      measure_photo(look.id, scene, film);
      std::fflush(stdout);
    }
  }
  return 0;
}
