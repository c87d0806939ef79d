// Head poses, tracks as files, and films without a face. Films of a face are followed in
// avatar/film_mouth_test.cpp, where there are presenters to make them from.
#include "face/face_track.h"

#include <cmath>
#include <filesystem>
#include <fstream>
#include <random>

#include <gtest/gtest.h>

#include "face/face_tracker.h"

namespace understudy::face {
namespace {

HeadPose random_pose(std::mt19937& random) {
  std::uniform_real_distribution<double> turn(-0.4, 0.4), place(100, 800), size(20, 200);
  return {size(random), turn(random), turn(random), turn(random), {place(random), place(random)}};
}

TEST(HeadPose, WhatIsLiftedIsSeenAtTheSamePlace) {
  std::mt19937 random(3);
  for (int round = 0; round < 200; ++round) {
    const HeadPose pose = random_pose(random);
    const FacePoint place{0.2, 1.1, 0.3};
    const FacePoint back = pose.lift(pose.project(place), place.z);
    EXPECT_NEAR(back.x, place.x, 1e-9);
    EXPECT_NEAR(back.y, place.y, 1e-9);
    const Point seen = pose.project({0.1, 1.2, face_depth(0.1, 1.2)});
    const FacePoint skin = pose.lift(seen);
    const Point again = pose.project(skin);
    EXPECT_NEAR(again.x, seen.x, 1e-6);
    EXPECT_NEAR(again.y, seen.y, 1e-6);
  }
}

TEST(HeadPose, IsFoundFromItsLandmarksThoughSomeAreWrong) {
  std::mt19937 random(7);
  std::normal_distribution<double> noise(0, 0.004);
  for (int round = 0; round < 60; ++round) {
    const HeadPose pose = random_pose(random);
    std::vector<FacePoint> shape(mean_face().begin(), mean_face().begin() + 48);
    std::vector<Point> seen;
    for (const auto& p : shape)
      seen.push_back(pose.project(p) +
                     Point{noise(random) * pose.scale, noise(random) * pose.scale});
    for (const std::size_t wrong : {5U, 20U, 40U}) seen[wrong] = seen[wrong] + Point{pose.scale, 0};
    HeadPose start = pose;
    start.yaw *= 0.8, start.pitch *= 0.8, start.scale *= 1.05;
    start.shift = start.shift + Point{0.1 * pose.scale, 0};
    const PoseFit fit = fit_pose(shape, seen, start);
    EXPECT_NEAR(fit.pose.yaw, pose.yaw, 0.035);
    EXPECT_NEAR(fit.pose.pitch, pose.pitch, 0.035);
    EXPECT_NEAR(fit.pose.roll, pose.roll, 0.03);
    EXPECT_NEAR(fit.pose.scale / pose.scale, 1, 0.03);
  }
}

TEST(FaceTrack, GoesThroughAFileAndADamagedFileIsAnError) {
  FaceTrack track;
  track.width = 640, track.height = 360, track.fps = 29.97, track.provider = "fit";
  for (int i = 0; i < 3; ++i) {
    TrackedFace face;
    face.landmarks[5] = {1.5 * i, 2};
    face.pose.yaw = 0.25;
    face.mouth_open = 0.125 * i;
    face.trust = i / 2.0;
    track.frames.push_back(face);
  }
  const auto file = std::filesystem::temp_directory_path() / "understudy_face_track_test";
  ASSERT_TRUE(write_track(file, track));
  const auto read = read_track(file);
  ASSERT_TRUE(read);
  EXPECT_EQ(read->width, 640);
  EXPECT_EQ(read->provider, "fit");
  ASSERT_EQ(read->frames.size(), 3U);
  EXPECT_EQ(read->frames[2].landmarks[5], (Point{3, 2}));
  EXPECT_DOUBLE_EQ(read->frames[2].mouth_open, 0.25);
  EXPECT_NEAR(read->trusted_share(), 2.0 / 3, 1e-9);
  std::filesystem::resize_file(file, std::filesystem::file_size(file) - 4);
  EXPECT_EQ(read_track(file).error().code, ErrorCode::storage_failed);
  std::ofstream(file) << "no json\n";
  EXPECT_FALSE(read_track(file));
  std::filesystem::remove(file);
}

TEST(FaceTracker, AFilmWithoutAFaceIsRefusedInASentence) {
  auto tracker = FaceTracker::open({}, 320, 240, 25);
  ASSERT_TRUE(tracker);
  media::Frame frame = media::Frame::make(320, 240, false);
  for (int i = 0; i < 12; ++i) ASSERT_TRUE(tracker->add(frame));
  const auto track = tracker->finish();
  ASSERT_FALSE(track);
  EXPECT_EQ(track.error().code, ErrorCode::invalid_parameter);
  EXPECT_NE(track.error().message.find("no face"), std::string::npos);
  EXPECT_FALSE(tracker->add(media::Frame::make(64, 64, false)));
}

}  // namespace
}  // namespace understudy::face
