// Which words a listener hears as strong: where gestures go.
#pragma once

#include "speech/speech.h"

namespace understudy::speech {

// In every phrase (the words between two pauses) that has at least three words and none marked in
// the script, marks the one with the highest pitch and level on a stressed vowel; short words,
// which seldom carry meaning, rank lower. Requires: pitch_hz and energy_db.
void mark_strong_words(Speech& speech);

}  // namespace understudy::speech
