// dlib's detector of faces, unpacked when the program is built (unpack/unpack_detector.cpp): what
// dlib's deserialize() takes. Private to this folder.
#pragma once

#include <string_view>

namespace understudy::face {

std::string_view detector_bytes();

}  // namespace understudy::face
