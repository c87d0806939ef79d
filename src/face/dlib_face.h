// dlib's two models of faces behind plain types, because its headers take half a minute to compile:
// they are included by dlib_face.cpp alone.
//
// HogDetector: histogram of oriented gradients and a linear classifier, five views (Dalal and
// Triggs 2005; Felzenszwalb et al. 2010), compiled into the program (unpack/). ShapePredictor:
// regression trees (Kazemi and Sullivan 2014) from a file, e.g. Debian's libdlib-data, whose
// training data excludes commercial use: only an operator's configuration opens it (decision 21).
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <vector>

#include "base/result.h"
#include "face/landmarks.h"

namespace understudy::face {

struct GrayView {  // 8 bit; rows `stride` bytes apart
  const std::uint8_t* data = nullptr;
  int width = 0;
  int height = 0;
  int stride = 0;
};

enum class View { front, left, right, rolled_left, rolled_right };

struct Detection {
  Box box;  // brows to chin
  double score = 0;
  View view = View::front;
};

// One thread at a time. Finds faces of kSmallest pixels and more.
class HogDetector {
 public:
  static constexpr int kSmallest = 80;
  // Of a face whose size is known: between 0.8 and 1.3 of it find_sized() finds it.
  static constexpr int kExpected = 96;

  HogDetector();
  ~HogDetector();
  HogDetector(HogDetector&&) noexcept;
  HogDetector& operator=(HogDetector&&) noexcept;
  std::vector<Detection> find(const GrayView& picture);  // best first
  // Faces of about kExpected pixels only, for much less.
  std::vector<Detection> find_sized(const GrayView& picture);

 private:
  struct State;
  std::unique_ptr<State> state_;
};

// Any thread.
class ShapePredictor {
 public:
  // Errors: service_unavailable (the file cannot be read or holds no predictor of 68 points).
  static Result<ShapePredictor> load(const std::filesystem::path& file);
  ~ShapePredictor();
  ShapePredictor(ShapePredictor&&) noexcept;
  ShapePredictor& operator=(ShapePredictor&&) noexcept;
  Landmarks predict(const GrayView& picture, const Box& box) const;

 private:
  struct State;
  explicit ShapePredictor(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

}  // namespace understudy::face
