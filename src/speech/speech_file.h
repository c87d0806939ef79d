// A Speech as a file: what the speaking step of a job leaves for the drawing step. Written and read
// by the same program: one line of JSON (times, words, counts), then the samples and tracks as
// little-endian 32-bit floats.
#pragma once

#include <filesystem>

#include "base/result.h"
#include "speech/speech.h"

namespace understudy::speech {

Result<void> write_speech_file(const std::filesystem::path& file,
                               const Speech& speech);  // storage_failed
Result<Speech> read_speech_file(
    const std::filesystem::path& file);  // storage_failed (also: damaged)

}  // namespace understudy::speech
