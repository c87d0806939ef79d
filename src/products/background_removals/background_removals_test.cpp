// The rules: layers, limits, prices; and what is cut out of a film over one of the project's own
// pictures, against the exact coverage of the presenter in it.
#include "products/background_removals/background_removals.h"

#include <algorithm>
#include <cmath>

#include <gtest/gtest.h>

#include "avatar/film_matter.h"
#include "avatar/presenter_animator.h"
#include "compose/background.h"
#include "library/pictures.h"
#include "media/image.h"
#include "media/overlay.h"

namespace understudy::background_removals {
namespace {

json::object body_with(json::object more) {
  json::object body{{"video", json::object{{"type", "asset_id"}, {"asset_id", "a"}}}};
  for (auto& member : more) body[member.key()] = member.value();
  return body;
}

TEST(BackgroundRemovals, MakesAllLayersUnlessSomeAreNamed) {
  EXPECT_EQ(parse(body_with({}))->layers, all_layers());
  const auto some = parse(body_with({{"layers", json::array{"mask", "foreground"}}}));
  EXPECT_EQ(some->layers, (std::vector<std::string>{"foreground", "mask"}));
}

TEST(BackgroundRemovals, RefusesWhatCannotBeCut) {
  const auto facts = [](int width, std::int64_t duration_ms) {
    return json::object{
        {"width", width}, {"height", 360}, {"fps", 29.97}, {"duration_ms", duration_ms}};
  };
  const auto film = film_of(facts(641, 2000));
  ASSERT_TRUE(film);
  EXPECT_EQ(film->width, 640);
  EXPECT_EQ(film->fps, 30);
  EXPECT_EQ(film->frames, 60);
  EXPECT_EQ(film_of(facts(4096, 2000)).error().param, "video");
  EXPECT_EQ(film_of(facts(32, 2000)).error().code, ErrorCode::invalid_parameter);
  EXPECT_EQ(film_of(facts(640, kDurationMaxMs + 1)).error().code, ErrorCode::video_too_long);
  const Film again = film_from(to_json(*film));
  EXPECT_EQ(again.frames, film->frames);
  EXPECT_EQ(again.width, film->width);
}

TEST(BackgroundRemovals, AreFreeUntilAPriceBookSellsThem) {
  const auto free_line = price_line(money::PriceBook::version_1(), 2000);
  EXPECT_EQ(money::charge(money::PriceBook::version_1(), free_line)->nano_usd, 0);
  auto rows = std::vector<money::Price>(money::PriceBook::version_1().rows().begin(),
                                        money::PriceBook::version_1().rows().end());
  money::Price row = rows.front();
  row.item = kPriceItem;
  row.rate = money::Money{10'000'000};
  rows.push_back(row);
  const auto book = money::PriceBook::make(2, rows);
  EXPECT_EQ(money::charge(*book, price_line(*book, 2000))->nano_usd, 20'000'000);
}

TEST(BackgroundRemovals, CutAMovingPresenterOutOfOneOfOurPictures) {
  constexpr int kWidth = 640, kHeight = 360, kFrames = 18;
  const media::Frame wall = media::to_frame(
      media::scale(library::draw_picture(**library::find_picture("grey-studio")), kWidth, kHeight));
  speech::Speech speech;
  speech.samples.resize(static_cast<std::size_t>(4 * speech::kSampleRate));
  speech.phones.push_back({0, 4, "pau", false});
  for (double t = 0.4; t < 3.4; t += 1.2) speech.words.push_back({t, t + 0.5, "you", true});
  avatar::PresenterAnimator animator(
      *avatar::find_look("abigail_blazer_studio"), speech,
      {.width = kWidth, .height = kHeight, .fps = 5, .is_transparent = true});
  std::vector<media::Frame> people(kFrames), film, samples;
  for (int i = 0; i < kFrames; ++i) {
    auto& person = people[static_cast<std::size_t>(i)];
    animator.draw(i, person);
    // They step to and fro.
    const int by = 2 * static_cast<int>(std::lround(6 * std::sin(i * 0.5)));
    const auto turn = [](std::vector<std::uint8_t>& plane, int width, int places) {
      places = (width - places) % width;
      for (auto row = plane.begin(); row != plane.end(); row += width)
        std::rotate(row, row + places, row + width);
    };
    turn(person.y, kWidth, by), turn(person.alpha, kWidth, by);
    turn(person.u, kWidth / 2, by / 2), turn(person.v, kWidth / 2, by / 2);
    film.push_back(wall);
    compose::lay_over(person, wall, media::whole(wall), film.back());
    if (i % 2 == 0) samples.push_back(film.back());
  }
  auto matter = avatar::FilmMatter::learn(samples);
  ASSERT_TRUE(matter) << matter.error().message;
  double mean = 0;
  media::Frame cut;
  for (int i = 0; i < kFrames; ++i) {
    matter->cut(film[static_cast<std::size_t>(i)], cut);
    double both = 0, any = 1;
    for (std::size_t k = 0; k < cut.alpha.size(); ++k) {
      both += std::min(cut.alpha[k], people[static_cast<std::size_t>(i)].alpha[k]);
      any += std::max(cut.alpha[k], people[static_cast<std::size_t>(i)].alpha[k]);
    }
    mean += both / any / kFrames;
  }
  EXPECT_EQ(matter->report().method, avatar::MatteMethod::plate);
  EXPECT_GE(mean, 0.95);
  EXPECT_GE(matter->report().clear_edges, avatar::kClearEdgesGood);
}

}  // namespace
}  // namespace understudy::background_removals
