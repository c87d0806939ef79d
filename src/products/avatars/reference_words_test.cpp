#include "products/avatars/reference_words.h"

#include <gtest/gtest.h>

#include "avatar/presenter_animator.h"
#include "avatar/presenter_composer.h"
#include "face/face_finder.h"

namespace understudy::avatars {
namespace {

// A presenter of our own as a photograph.
media::Image portrait(const std::string& description) {
  const auto made = avatar::compose_presenter(description, 7);
  avatar::PresenterAnimator still(made.presenter, made.look, {}, {.width = 1280, .height = 720});
  media::Frame frame;
  still.draw(0, frame);
  return media::to_image(frame);
}

// What is seen in somebody's picture makes somebody like that.
TEST(ReferenceWords, NameTheHairThatIsSeen) {
  auto finder = face::FaceFinder::open({}).value();
  for (const std::string hair : {"black", "brown", "blonde", "red", "grey", "white"}) {
    const media::Image picture = portrait("a woman with fair skin and straight " + hair + " hair");
    const auto face = finder.find(picture);
    ASSERT_TRUE(face) << hair << ": " << face.error().message;
    const std::string words = words_of_reference(picture, *face);
    EXPECT_NE(words.find(". " + hair + " hair"), std::string::npos) << hair << words;
  }
}

TEST(ReferenceWords, SayNothingOfAHeadThatIsCutOff) {
  auto finder = face::FaceFinder::open({}).value();
  media::Image picture = portrait("a woman with red hair in a blue shirt");
  const auto face = finder.find(picture);
  ASSERT_TRUE(face);
  face::Face moved = *face;
  const double above = moved.landmarks[21].y - 4;
  for (auto& point : moved.landmarks) point.y -= above;
  EXPECT_EQ(words_of_reference(picture, moved).find("hair"), std::string::npos);
}

}  // namespace
}  // namespace understudy::avatars
