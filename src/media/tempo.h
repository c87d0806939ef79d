// Sound slower or faster at the same pitch: overlap-add of similar waves (WSOLA, Verhelst and
// Roelands, ICASSP 1993), with windows of 30 ms that may move by 8 ms to fit their neighbours.
#pragma once

#include <span>
#include <vector>

namespace understudy::media {

// `factor` above 1 is faster, 0.5..2; samples / factor come back. 48 kHz, interleaved when stereo:
// both channels move together.
std::vector<float> change_tempo(std::span<const float> samples, int channels, double factor);

}  // namespace understudy::media
