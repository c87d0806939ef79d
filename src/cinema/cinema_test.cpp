// The director's reading, and six prompts as films: exact lengths, pictures that differ, parallax.
#include <algorithm>
#include <cmath>
#include <fstream>
#include <map>
#include <sstream>

#include <gtest/gtest.h>

#include "cinema/cinematic_source.h"
#include "cinema/director.h"
#include "cinema/soundtrack.h"
#include "cinema/staging.h"
#include "cinema/subjects.h"
#include "cinema/vocabulary.h"

namespace understudy::cinema {
namespace {

constexpr int kWidth = 320, kHeight = 180;

Direction directed(const std::string& prompt, int seconds = 4, int looks = 1) {
  return direct({.prompt = prompt, .looks = looks, .seconds = seconds});
}

Props props(bool has_people = true) {
  Props made;
  made.subject = [has_people](int index, const Shot& shot,
                              int head_px) -> Result<std::unique_ptr<Subject>> {
    (void)has_people;
    const auto& look = avatar::looks()[static_cast<std::size_t>(index) * 5];
    return presenter_subject(
        avatar::presenter_of(look), look,
        {.head_px = head_px, .seconds = shot.frame_count / 25.0, .seed = 3, .acting = {}});
  };
  made.reference = [](int) -> Result<Props::Given> {
    return fail(ErrorCode::internal_error, "none");
  };
  return made;
}

std::vector<media::Frame> frames_of(const Direction& direction, std::initializer_list<int> wanted) {
  auto source = CinematicSource::make(direction, props(), kWidth, kHeight).value();
  media::Frame canvas = media::Frame::make(kWidth, kHeight, false);
  std::vector<media::Frame> frames;
  for (const int index : wanted) {
    EXPECT_TRUE(source->draw(index, canvas));
    frames.push_back(canvas);
  }
  return frames;
}

std::array<double, 48> histogram(const media::Frame& frame) {
  std::array<double, 48> bins{};
  for (const auto p : frame.y) bins[p / 16] += 1.0 / static_cast<double>(frame.y.size());
  for (const auto p : frame.u) bins[16 + p / 16] += 1.0 / static_cast<double>(frame.u.size());
  for (const auto p : frame.v) bins[32 + p / 16] += 1.0 / static_cast<double>(frame.v.size());
  return bins;
}

double difference(const media::Frame& a, const media::Frame& b) {  // 0..6
  const auto x = histogram(a), y = histogram(b);
  double sum = 0;
  for (std::size_t i = 0; i < x.size(); ++i) sum += std::abs(x[i] - y[i]);
  return sum;
}

// How far a part of a picture moved to the right, pixels: the shift that explains it best.
double shift_of(const media::Frame& before, const media::Frame& after, int x0, int x1, int y0,
                int y1) {
  double best = 1e18;
  int best_shift = 0;
  for (int shift = -40; shift <= 40; ++shift) {
    double sum = 0;
    int count = 0;
    for (int y = y0; y < y1; y += 2)
      for (int x = x0; x < x1; x += 2) {
        if (x + shift < 0 || x + shift >= kWidth) continue;
        const int a = before.y[static_cast<std::size_t>(y * kWidth + x)],
                  b = after.y[static_cast<std::size_t>(y * kWidth + x + shift)];
        sum += (a - b) * (a - b);
        ++count;
      }
    if (count > 0 && sum / count < best) best = sum / count, best_shift = shift;
  }
  return best_shift;
}

TEST(Director, ReadsCameraLightWeatherMoodAndSetting) {
  const Direction direction = directed(
      "A slow dolly zoom on her in a dark forest at midnight, light rain, mysterious, letterbox, 35mm");
  const Shot& shot = direction.shots.front();
  EXPECT_EQ(shot.move, Move::dolly_zoom);
  EXPECT_EQ(shot.light, Light::moonlight);
  EXPECT_EQ(shot.weather, Weather::rain);
  EXPECT_EQ(shot.mood, Mood::mysterious);
  EXPECT_EQ(shot.picture, "dark-forest");
  EXPECT_TRUE(direction.has_letterbox);
  EXPECT_EQ(direction.ambience, "rain");
  EXPECT_EQ(
      std::count(direction.understood.begin(), direction.understood.end(), "camera: dolly zoom"),
      1);
}

TEST(Director, WordsItDoesNotKnowChangeNothing) {
  const Direction plain = directed("push in, neon, rain");
  const Direction more = directed("push in, flibbertigibbet quux, neon, zorp, rain, kaboodle");
  EXPECT_EQ(plain.understood, more.understood);
  EXPECT_EQ(plain.shots.front().move, more.shots.front().move);
}

TEST(Director, MakesShotsOfSentencesAndOfLooks) {
  const Direction direction =
      directed("Wide shot of the mountains, crane up. Then close up, golden hour.", 10);
  ASSERT_EQ(direction.shots.size(), 2U);
  EXPECT_EQ(direction.shots[0].size, ShotSize::wide);
  EXPECT_EQ(direction.shots[1].size, ShotSize::close_up);
  const Direction three = directed("office", 9, 3);
  ASSERT_EQ(three.shots.size(), 3U);
  for (int i = 0; i < 3; ++i)
    EXPECT_EQ(three.shots[static_cast<std::size_t>(i)].subjects, std::vector<int>{i});
  const Direction group = directed("all of them together in the office", 9, 3);
  EXPECT_EQ(group.shots.front().subjects.size(), 3U);
}

TEST(Director, LengthsAreExactAndTitlesAreQuoted) {
  for (const int seconds : {4, 10, 15}) {
    const Direction direction = directed("push in. then close up. then a pan", seconds, 3);
    int frames = 0;
    for (const auto& shot : direction.shots) {
      EXPECT_EQ(shot.first_frame, frames);
      frames += shot.frame_count;
    }
    EXPECT_EQ(frames, seconds * kFps);
  }
  Direction rain = directed("pan, rain");
  rain.music.clear();  // a bed takes seconds to play
  EXPECT_EQ(make_soundtrack(rain)->size(), std::size_t{4} * 48000 * 2);
  const Direction titled =
      directed("title \"THE LONG WAY\" and a lower third \"Ann Lee, explorer\"", 8);
  ASSERT_EQ(titled.titles.size(), 2U);
  EXPECT_FALSE(titled.titles[0].is_lower_third);
  // Other marks, and apostrophes, which are none.
  for (const char* prompt : {"title 'AFTER DARK'",
                             "Title: \xE2\x80\x98"
                             "AFTER DARK\xE2\x80\x99.",
                             "the girls' night, it's \xC2\xAB"
                             "AFTER DARK\xC2\xBB"}) {
    const Direction other = directed(prompt, 6);
    ASSERT_EQ(other.titles.size(), 1U) << prompt;
    EXPECT_EQ(other.titles[0].text, "AFTER DARK");
  }
  EXPECT_EQ(directed("a man's walk through the dogs' park, he doesn't stop", 6).titles.size(), 0U);
  EXPECT_TRUE(titled.titles[1].is_lower_third);
  for (const int looks : {1, 3}) {
    EXPECT_GE(seconds_for("", looks), 4);
    EXPECT_LE(seconds_for(std::string(10000, 'x') + ". pan. then tilt. then orbit.", looks), 15);
  }
}

TEST(Director, EveryWordOfTheVocabularyIsUnderstood) {
  for (const Entry& entry : vocabulary()) {
    std::stringstream phrases{std::string(entry.phrases)};
    for (std::string phrase; std::getline(phrases, phrase, ',');) {
      const auto found = found_in(words_in(phrase), entry.topic);
      ASSERT_FALSE(found.empty()) << phrase;
      EXPECT_EQ(found.front(), &entry) << phrase;
    }
  }
}

TEST(Cinema, SixPromptsLookDifferent) {
  const char* kPrompts[] = {"push in, golden hour, mountains, epic",
                            "static, film noir, rain, tense",
                            "handheld, neon, city at night, energetic",
                            "crane up, soft light, snow, winter mountains, calm",
                            "orbit, moonlight, fog, dark forest, mysterious",
                            "pan right, studio light, white studio, happy"};
  std::vector<media::Frame> pictures;
  for (const char* prompt : kPrompts) pictures.push_back(frames_of(directed(prompt), {50}).front());
  for (std::size_t i = 0; i < pictures.size(); ++i)
    for (std::size_t j = i + 1; j < pictures.size(); ++j)
      EXPECT_GT(difference(pictures[i], pictures[j]), 0.8) << kPrompts[i] << " / " << kPrompts[j];
}

TEST(Cinema, NearLayersMoveFurtherThanFarOnes) {
  for (const char* prompt : {"pan right, city, no grain", "orbit, library, no grain"}) {
    const Direction direction = directed(prompt);
    const auto frames = frames_of(direction, {44, 56});
    // The face is in the middle, the backdrop beside the head.
    const double face = shift_of(frames[0], frames[1], kWidth / 2 - 4, kWidth / 2 + 44, 40, 84);
    const double behind = shift_of(frames[0], frames[1], 40, 110, 10, 70);
    EXPECT_GE(std::abs(face), 4) << prompt;
    EXPECT_GE(std::abs(face), 2 * std::abs(behind)) << prompt << ": " << face << " and " << behind;
  }
}

constexpr Move kMoves[] = {Move::drift,     Move::push_in,    Move::pull_out,  Move::pan_left,
                           Move::pan_right, Move::tilt_up,    Move::tilt_down, Move::orbit,
                           Move::crane_up,  Move::crane_down, Move::handheld};

// Presenters as they are drawn: 1225 units high, the head 400, the eyes 300 from above.
Staging staged(const Shot& shot, int width, int height) {
  std::vector<Staging::Figure> figures;
  for (std::size_t i = 0; i < shot.subjects.size(); ++i)
    figures.push_back({{.eyes_x = 478, .eyes_y = 300, .head = 400}, 1225});
  return {shot, std::move(figures), width, height};
}

// Where a place of a layer is seen.
std::pair<double, double> seen(const View& view, double x, double y, int width, int height) {
  return {(x - view.x) * view.scale + width / 2.0, (y - view.y) * view.scale + height / 2.0};
}

TEST(Staging, PeopleMoveMoreThanTwiceAsFarAsWhatIsBehindThem) {
  constexpr LayerSize kBackdrop{1716, 966};
  for (const Move move : kMoves)
    for (const double strength : {0.5, 1.0, 1.6}) {
      Shot shot{.frame_count = 250,
                .subjects = {0},
                .move = move,
                .strength = strength,
                .picture = {},
                .acting = {}};
      const Staging staging = staged(shot, 1280, 720);
      double person = 0, behind = 0;
      for (int frame = 50; frame < 200; frame += 5) {
        const Camera before = staging.camera_at(frame), after = staging.camera_at(frame + 5);
        const auto moved = [&](const View& a, const View& b, double x, double y) {
          const auto p = seen(a, x, y, 1280, 720), q = seen(b, x, y, 1280, 720);
          return std::hypot(p.first - q.first, p.second - q.second);
        };
        for (const auto& [x, y] : {std::pair{380.0, 650.0}, {580.0, 650.0}, {478.0, 700.0}})
          person +=
              moved(staging.person(before, 0, frame), staging.person(after, 0, frame + 5), x, y) /
              3;
        for (const auto& [x, y] :
             {std::pair{340.0, 260.0}, {1370.0, 260.0}, {340.0, 620.0}, {1370.0, 620.0}})
          behind +=
              moved(staging.backdrop(before, kBackdrop), staging.backdrop(after, kBackdrop), x, y) /
              4;
      }
      EXPECT_GT(person, 2 * behind) << static_cast<int>(move) << " at " << strength;
      EXPECT_GT(person, 10) << static_cast<int>(move) << " at " << strength;
    }
}

TEST(Staging, HeadsStayInsideAndBodiesEndBelowThePicture) {
  for (const Move move : kMoves)
    for (const ShotSize size : {ShotSize::wide, ShotSize::medium, ShotSize::close_up})
      for (const auto& [width, height] : {std::pair{1280, 720}, {720, 1280}, {720, 720}})
        for (const double safe : {1.0, 0.76}) {
          Shot shot{.frame_count = 100,
                    .subjects = {0},
                    .move = move,
                    .strength = 1.6,
                    .size = size,
                    .safe_height = safe,
                    .picture = {},
                    .acting = {}};
          const Staging staging = staged(shot, width, height);
          for (int frame = 0; frame < 100; frame += 9) {
            const View view = staging.person(staging.camera_at(frame), 0, frame);
            const auto eyes = seen(view, 478, 300, width, height);
            const double head = 400 * view.scale, bars = (1 - safe) / 2 * height;
            EXPECT_GT(eyes.second - 0.5 * head, bars) << static_cast<int>(move) << " " << width;
            EXPECT_GT(eyes.first - 0.42 * head, 0) << static_cast<int>(move) << " " << width;
            EXPECT_LT(eyes.first + 0.42 * head, width) << static_cast<int>(move) << " " << width;
            EXPECT_GE(seen(view, 0, 1225, width, height).second, height);
            EXPECT_LE(400 * view.scale, largest_head_px(shot, width, height) + 1);
          }
        }
}

TEST(Director, WhoWalksComesTowardsTheCameraAndNobodyHasFeet) {
  const Direction direction = directed("Full body shot, she strides through a bazaar", 6);
  EXPECT_TRUE(direction.shots.front().is_walking);
  EXPECT_EQ(direction.shots.front().size, ShotSize::wide);
  const auto says = [&](std::string_view start) {
    return std::any_of(direction.understood.begin(), direction.understood.end(),
                       [&](const std::string& line) { return line.starts_with(start); });
  };
  EXPECT_TRUE(says("figure: from the hips up"));
  EXPECT_TRUE(says("people: walking towards the camera"));
  const Staging staging = staged(direction.shots.front(), 1280, 720);
  const View early = staging.person(staging.camera_at(10), 0, 10),
             late = staging.person(staging.camera_at(140), 0, 140);
  EXPECT_NEAR(early.scale, late.scale, 0.1 * early.scale);  // the camera keeps its distance
  EXPECT_GT(staging.backdrop(staging.camera_at(10), {1716, 966}).scale,
            1.05 * staging.backdrop(staging.camera_at(140), {1716, 966}).scale);
}

TEST(Cinema, TheSamePromptGivesTheSamePictures) {
  const Direction direction = directed("push in, snow, \"WINTER\"");
  EXPECT_EQ(frames_of(direction, {30}).front().y, frames_of(direction, {30}).front().y);
}

}  // namespace
}  // namespace understudy::cinema
