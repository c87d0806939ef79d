// The rooms and machines that a mix goes through. One thread.
#pragma once

#include <cstdint>

#include "library/synth.h"

namespace understudy::library {

// Freeverb's eight combs and four all-passes per side; the wet signal only. size and damping 0..1.
Mix reverb(const Mix& dry, double size, double damping);
// Echoes from side to side; the wet signal only.
Mix echo(const Mix& dry, double seconds, double feedback);
// As from an old tape: duller, wavering, with the crackle of a record.
void age(Mix& mix, std::uint32_t seed);
// A lowpass and a highpass over everything; Hz, 0: none.
void shape(Mix& mix, double low_cut, double high_cut);

}  // namespace understudy::library
