#include "avatar/presenter_composer.h"

#include <gtest/gtest.h>

#include "avatar/presenter_animator.h"

namespace understudy::avatar {
namespace {

const Character& character_of(const ComposedPresenter& made) { return made.presenter.character; }

TEST(PresenterComposer, WordsDecideWhatTheyName) {
  const auto made = compose_presenter(
      "An elderly man with a white beard and square glasses, in a navy blazer and a red tie, in a library",
      7);
  EXPECT_EQ(made.presenter.gender, "male");
  EXPECT_GT(character_of(made).face.age, 0.7);
  EXPECT_EQ(character_of(made).beard, Beard::full);
  EXPECT_EQ(character_of(made).glasses, Glasses::square);
  EXPECT_EQ(made.look.outfit.outer, Outer::blazer);
  EXPECT_EQ(made.look.outfit.accent, Accent::tie);
  EXPECT_EQ(made.look.backdrop.scene, Scene::library);
}

TEST(PresenterComposer, SkinHairAndGenderAreRead) {
  const auto black = compose_presenter("a young black woman with braids", 1);
  const auto pale = compose_presenter("a pale woman with long red hair", 1);
  EXPECT_EQ(black.presenter.gender, "female");
  EXPECT_EQ(character_of(black).hair, Hair::braids);
  EXPECT_LT(character_of(black).complexion.skin.r, 0.5);
  EXPECT_GT(character_of(pale).complexion.skin.r, 0.9);
  EXPECT_EQ(character_of(pale).hair, Hair::long_waves);
  EXPECT_GT(character_of(pale).complexion.hair.r, 1.5 * character_of(pale).complexion.hair.b);
}

TEST(PresenterComposer, TheSameWordsAndSeedGiveTheSamePersonAndAnotherSeedAnother) {
  const auto a = compose_presenter("somebody", 1), b = compose_presenter("somebody", 1);
  EXPECT_EQ(character_of(a).hair, character_of(b).hair);
  EXPECT_EQ(character_of(a).face.width, character_of(b).face.width);
  EXPECT_NE(character_of(a).face.width, character_of(compose_presenter("somebody", 2)).face.width);
}

TEST(PresenterComposer, AnyWordsCanBeDrawn) {
  for (const char* words : {"", "\xff\xfe", "bald man", "woman in scrubs with a stethoscope",
                            "a person before a green background"}) {
    const auto made = compose_presenter(words, 11);
    PresenterAnimator animator(made.presenter, made.look, {}, {.width = 160, .height = 90});
    media::Frame frame;
    const auto box = animator.draw(0, frame);
    EXPECT_EQ(box.width, 160) << words;
  }
}

}  // namespace
}  // namespace understudy::avatar
