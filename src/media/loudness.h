// Loudness of mono sound: measuring and normalising.
//
// Integrated loudness after ITU-R BS.1770-4 (K-weighting, 400 ms blocks with 75 % overlap, absolute
// gate -70 LUFS, relative gate -10 LU), as EBU R 128 uses it. A mono signal counts as one channel:
// a 997 Hz sine at full scale reads -3.01 LUFS.
#pragma once

#include <span>
#include <vector>

namespace understudy::media {

inline constexpr double kSilenceLufs = -70.0;   // the absolute gate: what silence reads
inline constexpr double kPeakCeilingDb = -1.0;  // dBFS, no sample above it after normalising
inline constexpr double kSpeechLufs = -16.0;    // the loudness of everything we deliver

// LUFS; kSilenceLufs when nothing is louder than the gate. Sound shorter than one block of 400 ms
// is measured as one block of its own length.
double integrated_loudness(std::span<const float> mono, int rate);

// Brings the sound to `target_lufs` with one gain and a look-ahead limiter (5 ms) at kPeakCeilingDb
// that also sees peaks between samples. Silence stays silence; the gain is at most +40 dB. Length
// and times do not change.
void normalise_loudness(std::vector<float>& mono, int rate, double target_lufs);

// The limiter alone, for sums of several sounds. `ceiling` is linear (0..1).
void limit_peaks(std::vector<float>& mono, int rate, double ceiling);

// The largest level between samples, 4 x oversampled as in BS.1770-4 Annex 2; linear.
double true_peak(std::span<const float> mono);

}  // namespace understudy::media
