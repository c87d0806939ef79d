// Faces found, fitted and refused. The pictures are our own presenters; real portraits are read
// from the folder that UNDERSTUDY_TEST_PORTRAITS names, when there is one.
#include <cstdlib>
#include <filesystem>

#include <gtest/gtest.h>

#include "face/eyelids.h"
#include "face/face_finder.h"
#include "face/mean_shape.h"
#include "media/image.h"

namespace understudy::face {
namespace {

media::Image plain(int width, int height, std::uint8_t level) {
  media::Image image{width, height, {}};
  image.rgba.assign(static_cast<std::size_t>(width) * height * 4, level);
  for (std::size_t i = 3; i < image.rgba.size(); i += 4) image.rgba[i] = 255;
  return image;
}

Result<Face> find(const media::Image& picture) {
  TRY_ASSIGN(auto finder, FaceFinder::open({}));
  return finder.find(picture);
}

TEST(MeanShape, IsAFaceInItsOwnUnits) {
  const Landmarks& shape = mean_shape();
  EXPECT_NEAR(eye_distance(shape), 1, 0.03);
  EXPECT_NEAR(middle(eye_centre(shape, kLeftEye), eye_centre(shape, kRightEye)).y, 0, 0.03);
  for (std::size_t i = 0; i < 17; ++i) EXPECT_DOUBLE_EQ(shape[i].x, -shape[16 - i].x) << i;
  EXPECT_LT(shape[51].y, shape[57].y);
  EXPECT_LT(shape[57].y, shape[kChin].y);
}

TEST(FaceFinder, SaysWhyAPictureWithoutAFaceIsRefused) {
  for (const auto& [width, height] : {std::pair{320, 240}, {1, 1}, {3, 2000}}) {
    const auto found = find(plain(width, height, 128));
    ASSERT_FALSE(found);
    EXPECT_EQ(found.error().code, ErrorCode::invalid_parameter);
    EXPECT_NE(found.error().message.find("no face"), std::string::npos);
  }
}

TEST(FaceFinder, AConfiguredFileThatIsNoModelIsAnErrorOfTheServer) {
  const auto opened = FaceFinder::open({.yunet_file = {}, .landmarks_file = "/etc/hostname"});
  ASSERT_FALSE(opened);
  EXPECT_EQ(opened.error().code, ErrorCode::service_unavailable);
}

TEST(Face, GoesThroughJsonUnchanged) {
  Face face;
  face.box = {10, 20, 100.5, 101};
  face.landmarks = mean_shape();
  face.provider = "fit";
  face.eye_distance_px = 42.5;
  face.are_lids_sure = true;
  const auto read = face_from(to_json(face));
  ASSERT_TRUE(read);
  EXPECT_EQ(read->box, face.box);
  EXPECT_EQ(read->landmarks, face.landmarks);
  EXPECT_EQ(read->provider, "fit");
  EXPECT_TRUE(read->are_lids_sure);
  EXPECT_FALSE(face_from(json::object{{"box", json::array{1, 2}}}));
}

TEST(Eyelids, AFlatPictureHasNone) {
  Landmarks points = mean_shape();
  for (Point& p : points) p = p * 60 + Point{200, 150};
  EXPECT_FALSE(settle_eyelids(plain(400, 400, 180), points));
}

// Portraits from the front must be fitted without any landmark file, within reach of the eyes; what
// cannot be fitted is refused in a sentence.
TEST(FaceFinder, FitsRealPortraitsOrSaysWhyNot) {
  const char* folder = std::getenv("UNDERSTUDY_TEST_PORTRAITS");
  if (folder == nullptr) GTEST_SKIP() << "UNDERSTUDY_TEST_PORTRAITS names no folder";
  auto finder = FaceFinder::open({});
  ASSERT_TRUE(finder);
  int fitted = 0, seen = 0;
  for (const auto& entry : std::filesystem::directory_iterator(folder)) {
    const auto picture = media::decode_image_file(entry.path());
    if (!picture) continue;
    ++seen;
    const auto found = finder->find(*picture);
    if (!found) {
      EXPECT_FALSE(found.error().message.empty());
      continue;
    }
    ++fitted;
    const Landmarks& p = found->landmarks;
    EXPECT_GT(mouth_width(p), 0.5 * found->eye_distance_px) << entry.path();
    EXPECT_LT(mouth_width(p), 1.3 * found->eye_distance_px) << entry.path();
  }
  EXPECT_GE(fitted * 5, seen * 4);
}

}  // namespace
}  // namespace understudy::face
