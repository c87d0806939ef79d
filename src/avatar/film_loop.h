// FilmLoop: a film of a person as an endless one: which picture to show next for as long as is
// wished, talking pictures while somebody speaks and idle ones while nobody does.
//
// The film runs forwards or backwards, turns where hardly anything moves, and jumps where two
// places look alike, over several pictures (a video texture: Schoedl, Szeliski, Salesin, Essa
// 2000). The way through it is the cheapest by dynamic programming: a jump costs what it would be
// seen, and so does every picture that talks in silence or is silent in speech. A jump is not shown
// as such: the pictures round it come with the share of the film that fades in (film_join.h).
#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <vector>

#include "base/json.h"
#include "base/result.h"

namespace understudy::avatar {

// One picture of the film, as the loop compares it with others.
struct FilmMoment {
  static constexpr int kLookWidth = 48;
  static constexpr int kLookHeight = 27;
  static constexpr int kEyesWidth = 24;
  static constexpr int kEyesHeight = 8;

  std::vector<std::uint8_t> look;  // the whole picture's luma, kLookWidth x kLookHeight
  std::vector<std::uint8_t> eyes;  // of the region of the eyes, or empty: no face was found
  // Where the head is: x and y in eye distances, the logarithm of its size, and yaw, pitch and roll
  // in radians.
  std::array<float, 6> head{};
  bool is_talking = false;
  bool is_trusted = true;  // a mouth can be put on it
};

// How much it is seen that one picture follows another: 0 the same, about 1 hardly, 3 clearly.
double difference(const FilmMoment& a, const FilmMoment& b);

struct ShownPicture {
  int picture = 0;
  int fading_in = -1;  // the picture it is mixed with at a join; -1: none
  float share = 0;     // of that one, 0..1
  friend bool operator==(const ShownPicture&, const ShownPicture&) = default;
};

// How the head should be turned: yaw, pitch and roll from the middle of the film's own range to its
// ends, -1..1.
struct HeadWish {
  bool is_wished = false;
  std::array<float, 3> turn{};
};

class FilmLoop {
 public:
  // Requires: at least two moments, 1 / 25 s apart.
  static FilmLoop learn(std::span<const FilmMoment> moments);

  // For each picture of the result whether somebody speaks then. As many pictures as that.
  // `wishes`: empty, or one for each; pictures that come near them are preferred.
  std::vector<ShownPicture> plan(const std::vector<bool>& speaking,
                                 const std::vector<HeadWish>& wishes = {}) const;

  int picture_count() const { return static_cast<int>(talking_.size()); }
  double talking_share() const;
  int cut_count() const;  // places where the film's own pictures do not follow each other

  json::object to_json() const;
  static Result<FilmLoop> from_json(const json::object& document);  // what to_json() made

 private:
  struct Jump {
    int from = 0;  // the last picture shown
    int to = 0;    // the next one
    float cost = 0;
  };
  class Search;

  void find_jumps(std::span<const FilmMoment> moments);
  void sort_jumps();
  void measure_turns(std::span<const FilmMoment> moments);
  std::vector<int> path(const std::vector<bool>& speaking,
                        const std::vector<HeadWish>& wishes) const;
  std::vector<ShownPicture> with_joins(const std::vector<int>& path) const;
  bool follows(int picture) const;  // the one before it

  std::vector<bool> talking_;
  std::vector<bool> trusted_;
  std::vector<float> turn_;                 // what it costs to run the other way from here
  std::vector<std::array<float, 3>> head_;  // as in HeadWish
  std::vector<bool> is_cut_;                // between the picture before and this one
  std::vector<Jump> jumps_;                 // by `to`
  std::vector<std::size_t> first_jump_;     // of each picture in jumps_, and one more
};

}  // namespace understudy::avatar
