// Chords by their names: "C", "F#m7", "Bbmaj9", "Dsus2", "E5". For text of our own. Any thread.
#pragma once

#include <string_view>
#include <vector>

namespace understudy::library {

class Chord {
 public:
  Chord(int root, std::vector<int> intervals) : root_(root), intervals_(std::move(intervals)) {}

  // The voicing whose lowest note is nearest above midi - 6, each note above the one before.
  std::vector<double> notes_near(double midi) const;
  double root_near(double midi) const;
  bool is_minor() const;

  // The `degree`th note of the pentatonic scale above middle C that fits the chord; `is_strong`
  // takes the nearest note of the chord itself.
  double scale_note(int degree, bool is_strong) const;

 private:
  int root_;  // 0: C
  std::vector<int> intervals_;
};

// Separated by spaces. A name that is none is left out.
std::vector<Chord> parse_chords(std::string_view names);

}  // namespace understudy::library
