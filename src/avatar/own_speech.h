// OwnSpeech: what the table of visemes makes of the footage's own words, beside what the mouth did:
// how far this person moves. Measured on the words of the footage, not against those that are
// about to be said: a sentence without open vowels must not open the mouth as wide as one that is
// full of them. Private to this folder.
#pragma once

#include <array>
#include <span>
#include <vector>

#include "avatar/film_mouth.h"
#include "avatar/mouth_style.h"
#include "avatar/mouth_track.h"

namespace understudy::avatar {

// The visemes from 80 ms before a moment to 80 ms after it, 40 ms apart.
using VisemeContext = std::array<Viseme, 5>;

struct OwnSpeech {
  // Pictures in which something is said, at most a few thousand; empty when nothing is heard.
  std::vector<MouthShape> table;
  std::vector<VisemeContext> context;
  std::vector<double> open, width;  // as seen

  bool is_enough() const { return open.size() >= 50; }
  // The opening as seen for one of the table's, for a person whose mouth is open less than
  // `open_high` in nine of ten pictures; 0: not known.
  double reach(double open_high) const;
};

OwnSpeech own_speech_of(std::span<const MouthFootage> footage, const Articulation& articulation);

// How a film's people spread and purse their lips: mouth_width of a track.
double table_width(const MouthShape& shape);

// What this person's mouth does beyond the table, of each viseme. The visemes of a moment mix
// (coarticulation), so that the parts of each are found together, by least squares that hold on to
// the table where there is little to learn from.
struct Habits {
  std::array<double, 10> open{}, width{};

  double open_at(const VisemeContext& context) const { return mixed(open, context); }
  double width_at(const VisemeContext& context) const { return mixed(width, context); }
  static double mixed(const std::array<double, 10>& of, const VisemeContext& context);
};
// `reach`: the opening as seen for one of the table's.
Habits habits_of(const OwnSpeech& own, double reach);

// How well the table and those habits say how far the mouth was open: Pearson's correlation.
double understood(const OwnSpeech& own, double open_high);

// Standard deviation, and Pearson's correlation of two series of one length.
double spread_of(std::span<const double> values);
double agreement_of(std::span<const double> a, std::span<const double> b);

}  // namespace understudy::avatar
