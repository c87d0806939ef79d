#include "library/music.h"

#include <algorithm>
#include <array>
#include <cmath>

#include "library/chords.h"
#include "library/mix_effects.h"
#include "library/score.h"

namespace understudy::library {
namespace {

class Player {
 public:
  explicit Player(const Score& score)
      : score_(score),
        dice_(score.seed),
        beat_s_(60.0 / score.bpm),
        bars_(score.bpm / score.beats),
        chords_(parse_chords(score.chords)),
        wet_(kBedSeconds, true),
        dry_(kBedSeconds, true),
        drums_(kBedSeconds, true) {}

  Mix play_all() {
    for (int bar = 0; bar < bars_; ++bar) {
      play_back(bar);
      play_comp(bar);
      play_low(bar);
      play_beat(bar);
    }
    play_tune();
    Mix sum(kBedSeconds, true);
    sum.add(wet_, 1);
    sum.add(dry_, 1);
    sum.add(drums_, 1);
    if (score_.echo > 0) sum.add(echo(wet_, beat_s_ * 0.75, 0.45), score_.echo);
    Mix sent(kBedSeconds, true);
    sent.add(wet_, 1);
    sent.add(drums_, 0.22);
    sum.add(reverb(sent, 0.35 + 0.55 * score_.room, 0.6 - 0.4 * score_.bright), 1.6 * score_.room);
    if (score_.is_old) age(sum, score_.seed);
    shape(sum, 32, 0);
    return sum;
  }

 private:
  const Chord& chord(int bar) const {
    const auto at = static_cast<std::size_t>(bar / score_.bars_per_chord) % chords_.size();
    return chords_[at];
  }
  double at(int bar, double beat) {  // seconds, with the swing of the second eighths
    const double whole = std::floor(beat * 2) / 2;
    const bool is_second = static_cast<int>(std::floor(beat * 2)) % 2 == 1;
    const double swung = is_second ? whole + score_.swing * 0.5 + (beat - whole) : beat;
    return (bar * score_.beats + swung) * beat_s_;
  }
  bool is_on(const Layer& layer, int bar) const {
    return layer.level > 0 && is_on(layer.plan, bar);
  }
  bool is_on(std::string_view plan, int bar) const {
    return plan[static_cast<std::size_t>(bar * 4 / bars_)] == '1';
  }
  double human() { return dice_.between(-0.006, 0.006); }
  std::uint32_t next_seed() { return score_.seed * 7919u + ++notes_; }

  void note(Mix& mix, const Layer& layer, double at_s, double beats, double midi, double velocity,
            double pan) {
    play(mix, layer.voice,
         {.at_s = std::max(0.0, at_s),
          .length_s = beats * beat_s_,
          .midi = midi + 12 * layer.octave,
          .velocity = velocity * layer.level,
          .pan = pan,
          .bright = score_.bright},
         next_seed());
  }

  void play_back(int bar) {
    if (!is_on(score_.back, bar) || bar % score_.bars_per_chord != 0) return;
    const double beats = score_.beats * score_.bars_per_chord;
    const auto notes = chord(bar).notes_near(60);
    for (std::size_t i = 0; i < notes.size(); ++i) {
      note(wet_, score_.back, at(bar, 0), beats, notes[i], 0.7,
           -0.4 + 0.25 * static_cast<double>(i));
    }
  }

  void strike(const std::vector<double>& notes, int bar, double beat, double beats, double velocity,
              double spread_s = 0.008) {
    for (std::size_t i = 0; i < notes.size(); ++i) {
      const double pan = notes.size() < 2 ? 0
                                          : -0.35 + 0.7 * static_cast<double>(i) /
                                                        static_cast<double>(notes.size() - 1);
      note(wet_, score_.comp, at(bar, beat) + human() + spread_s * static_cast<double>(i), beats,
           notes[i], velocity * dice_.between(0.88, 1), pan);
    }
  }

  void play_comp(int bar) {
    if (!is_on(score_.comp, bar)) return;
    const auto notes = chord(bar).notes_near(64);
    const int beats = score_.beats;
    const auto one = [&](double beat, std::size_t which, double length, double velocity) {
      const std::size_t count = notes.size();
      const double midi = notes[which % count] + 12.0 * static_cast<double>(which / count);
      note(wet_, score_.comp, at(bar, beat) + human(), length, midi, velocity,
           which % 2 == 0 ? -0.3 : 0.3);
    };
    switch (score_.style) {
      case Comp::none: return;
      case Comp::hold: return strike(notes, bar, 0, beats, 0.7, 0.015);
      case Comp::swells:
        if (bar % 2 == 0) strike(notes, bar, 0, 2.0 * beats, 0.7, 0.06);
        return;
      case Comp::stabs:
        for (const double beat : {0.0, 1.5, 2.5})
          strike(notes, bar, beat, 0.3, beat == 0 ? 0.8 : 0.65);
        return;
      case Comp::offbeat:
        for (int b = 0; b < beats; ++b) strike(notes, bar, b + 0.5, 0.3, 0.65);
        return;
      case Comp::quarters:
        for (int b = 0; b < beats; ++b) strike(notes, bar, b, 0.8, b == 0 ? 0.75 : 0.55);
        return;
      case Comp::arp_up:
        for (int i = 0; i < beats * 2; ++i)
          one(i * 0.5, static_cast<std::size_t>(i % 6), 0.9, i % 4 == 0 ? 0.75 : 0.55);
        return;
      case Comp::arp_wave: {
        constexpr std::array<std::size_t, 8> kWave = {0, 2, 4, 3, 5, 3, 4, 2};
        for (int i = 0; i < beats * 4; ++i)
          one(i * 0.25, kWave[static_cast<std::size_t>(i) % 8], 0.4, i % 4 == 0 ? 0.7 : 0.48);
        return;
      }
      case Comp::broken: {
        constexpr std::array<std::size_t, 8> kFigure = {0, 2, 3, 2, 4, 2, 3, 2};
        for (int i = 0; i < beats * 2; ++i)
          one(i * 0.5, kFigure[static_cast<std::size_t>(i) % 8], 1.6, i == 0 ? 0.8 : 0.55);
        return;
      }
      case Comp::strum:
        for (const double beat : {0.0, 1.0, 1.5, 2.5, 3.0, 3.5}) {
          if (beat >= beats) continue;
          auto order = notes;
          order.push_back(notes.front() + 12);
          if (beat != std::floor(beat)) std::reverse(order.begin(), order.end());
          strike(order, bar, beat, 0.9, beat == 0 ? 0.75 : 0.5, 0.014);
        }
        return;
      case Comp::bossa:
        for (const double beat :
             bar % 2 == 0 ? std::array{0.0, 1.5, 3.0} : std::array{1.0, 2.5, 3.5}) {
          strike(notes, bar, beat, 0.6, 0.6);
        }
        return;
    }
  }

  void play_low(int bar) {
    if (!is_on(score_.low, bar)) return;
    const Chord& now = chord(bar);
    const Chord& next = chord((bar + 1) % bars_);
    const double root = now.root_near(40);
    const auto one = [&](double beat, double beats, double midi, double velocity) {
      note(dry_, score_.low, at(bar, beat), beats, midi, velocity, 0);
    };
    switch (score_.line) {
      case Low::none: return;
      case Low::root: return one(0, score_.beats * 0.95, root, 0.8);
      case Low::drone:
        if (bar % score_.bars_per_chord == 0)
          one(0, score_.beats * score_.bars_per_chord, root, 0.8);
        return;
      case Low::eighths:
        for (int i = 0; i < score_.beats * 2; ++i)
          one(i * 0.5, 0.42, root, i % 2 == 0 ? 0.8 : 0.65);
        return;
      case Low::sixteenths:
        for (int i = 0; i < score_.beats * 4; ++i) {
          if (i % 4 != 0)
            one(i * 0.25, 0.2, root + (dice_.next() < 0.2 ? 12 : 0), i % 2 == 0 ? 0.8 : 0.6);
        }
        return;
      case Low::octaves:
        for (int i = 0; i < score_.beats * 2; ++i)
          one(i * 0.5, 0.35, root + (i % 2 == 1 ? 12 : 0), 0.75);
        return;
      case Low::syncopated:
        one(0, 1.2, root, 0.85);
        one(1.5, 0.8, root, 0.7);
        one(2.75, 0.6, root + (dice_.next() < 0.5 ? 7 : 12), 0.7);
        return;
      case Low::dub:
        one(0, 0.9, root, 0.9);
        one(1.5, 0.4, root, 0.7);
        one(2, 0.9, root + 7, 0.75);
        one(3.25, 0.5, root + 5, 0.65);
        return;
      case Low::waltz: return one(0, 1.2, bar % 2 == 0 ? root : root + 7, 0.8);
      case Low::walking: {
        const double goal = next.root_near(40);
        const std::array<double, 4> steps = {root, root + (now.is_minor() ? 3.0 : 4.0), root + 7,
                                             goal + (dice_.next() < 0.5 ? 1.0 : -1.0)};
        for (int b = 0; b < score_.beats; ++b)
          one(b, 0.9, steps[static_cast<std::size_t>(b) % 4], 0.78);
        return;
      }
    }
  }

  // A motif of two bars that comes back, each time bent to the chord under it.
  void play_tune() {
    if (score_.tune.level <= 0) return;
    struct Step {
      double beat;
      double length;
      int degree;
    };
    std::array<std::vector<Step>, 2> motifs;
    for (auto& motif : motifs) {
      int degree = dice_.whole(2, 5);
      for (double beat = 0; beat < 2 * score_.beats - 0.5;) {
        const double length = dice_.next() < score_.busy ? (dice_.next() < 0.6 ? 0.5 : 1)
                                                         : (dice_.next() < 0.5 ? 1.5 : 2);
        const bool rests = dice_.next() < 0.28 && beat > 0;
        if (!rests) motif.push_back({beat, length, degree});
        degree = std::clamp(degree + dice_.whole(-2, 2), 0, 8);
        beat += length;
      }
    }
    for (int bar = 0; bar + 1 < bars_; bar += 2) {
      if (!is_on(score_.tune, bar)) continue;
      const int phrase = (bar / 2) % 4;
      if (phrase == 3 && score_.busy < 0.4) continue;  // room to breathe
      for (const Step& step : motifs[phrase == 2 ? 1 : 0]) {
        const int own = bar + static_cast<int>(step.beat) / score_.beats;
        const double beat = step.beat - score_.beats * (static_cast<int>(step.beat) / score_.beats);
        const double midi = chord(own).scale_note(step.degree + (phrase == 1 && beat > 1 ? 1 : 0),
                                                  beat == std::floor(beat) && step.length >= 1);
        note(wet_, score_.tune, at(own, beat) + human(), step.length * 0.95, midi,
             0.75 * dice_.between(0.8, 1), 0.12);
      }
    }
  }

  void strokes(Drum drum, int bar, std::string_view steps, double velocity) {
    const double step_beats = static_cast<double>(score_.beats) / static_cast<double>(steps.size());
    for (std::size_t i = 0; i < steps.size(); ++i) {
      if (steps[i] == '.') continue;
      const double accent = steps[i] == 'X' ? 1 : steps[i] == 'x' ? 0.75 : 0.42;
      hit(drums_, drum, std::max(0.0, at(bar, static_cast<double>(i) * step_beats) + 0.4 * human()),
          velocity * score_.beat_level * accent * dice_.between(0.88, 1), next_seed());
    }
  }

  void play_beat(int bar) {
    if (score_.beat_level <= 0 || !is_on(score_.beat_plan, bar)) return;
    const bool is_first = bar % 8 == 0;
    const bool is_last = bar % 8 == 7;
    switch (score_.beat) {
      case Beat::none: return;
      case Beat::four_floor:
        strokes(Drum::kick, bar, "X...X...X...X...", 0.9);
        strokes(Drum::clap, bar, "....x.......x...", 0.7);
        strokes(Drum::hat, bar, "o.x.o.x.o.x.o.xo", 0.8);
        strokes(Drum::open_hat, bar, "..o...o...o...o.", 0.5);
        break;
      case Beat::disco:
        strokes(Drum::kick, bar, "X...X...X...X...", 0.9);
        strokes(Drum::snare, bar, "....x.......x..o", 0.7);
        strokes(Drum::open_hat, bar, "..x...x...x...x.", 0.75);
        strokes(Drum::tambourine, bar, "o.o.o.o.o.o.o.o.", 0.5);
        break;
      case Beat::backbeat:
        strokes(Drum::kick, bar, bar % 2 == 0 ? "X.......X.x....." : "X.....x.X.......", 0.85);
        strokes(Drum::snare, bar, is_last ? "....X.......X.oo" : "....X.......X...", 0.7);
        strokes(Drum::hat, bar, "x.o.x.o.x.o.x.o.", 0.75);
        break;
      case Beat::rock:
        strokes(Drum::kick, bar, bar % 2 == 0 ? "X..x....X.x....." : "X..x....x.X...x.", 1);
        strokes(Drum::snare, bar, is_last ? "....X.......XxXx" : "....X.......X...", 0.95);
        strokes(Drum::open_hat, bar, "x...x...x...x...", 0.7);
        if (is_first) strokes(Drum::crash, bar, "X...............", 0.8);
        break;
      case Beat::half_time:
        strokes(Drum::kick, bar, bar % 2 == 0 ? "X.........x....." : "X......x..x.....", 0.9);
        strokes(Drum::clap, bar, "........X.......", 0.75);
        strokes(Drum::hat, bar, "x.o.x.o.x.oox.o.", 0.6);
        break;
      case Beat::hiphop:
        strokes(Drum::kick, bar, bar % 2 == 0 ? "X..x......x.x..." : "X......x..x.....", 0.95);
        strokes(Drum::snare, bar, "....X.......X..o", 0.75);
        strokes(Drum::hat, bar, "x.xox.x.x.xox.xo", 0.6);
        break;
      case Beat::lofi:
        strokes(Drum::soft_kick, bar, bar % 2 == 0 ? "X......x..x....." : "X.x.......x..o..", 0.95);
        strokes(Drum::rim, bar, "....X.......X...", 0.6);
        strokes(Drum::hat, bar, "o.x.o.x.o.x.o.x.", 0.45);
        break;
      case Beat::bossa:
        strokes(Drum::soft_kick, bar, "X..x.x..X..x.x..", 0.6);
        strokes(Drum::rim, bar, bar % 2 == 0 ? "x..x..x...x..x.." : "..x...x..x..x...", 0.5);
        strokes(Drum::shaker, bar, "xoooxoooxoooxooo", 0.7);
        break;
      case Beat::swing:
        strokes(Drum::ride, bar, "x.xxx.xx", 1);
        strokes(Drum::hat, bar, "..x...x.", 0.6);
        strokes(Drum::brush, bar, "o.xoo.xo", 0.8);
        strokes(Drum::soft_kick, bar, "o...o...", 0.6);
        break;
      case Beat::waltz:
        strokes(Drum::soft_kick, bar, "X..", 0.7);
        strokes(Drum::brush, bar, ".xx", 0.9);
        break;
      case Beat::breakbeat:
        strokes(Drum::kick, bar, bar % 2 == 0 ? "X.x.......x....." : "X.x.......xx....", 0.95);
        strokes(Drum::snare, bar, "....X..o.o..X..o", 0.8);
        strokes(Drum::hat, bar, "x.x.x.x.x.x.x.x.", 0.6);
        strokes(Drum::ride, bar, "x...x...x...x...", 0.6);
        break;
      case Beat::taiko:
        strokes(Drum::taiko, bar, bar % 4 == 3 ? "X..x..x.X.x.xxXX" : "X..x..x.X..x..x.", 0.9);
        strokes(Drum::tom, bar, "..o...o..o..o.oo", 0.5);
        if (is_first) strokes(Drum::crash, bar, "X...............", 0.6);
        break;
      case Beat::shaker:
        strokes(Drum::shaker, bar, "x.o.x.o.x.o.x.oo", 0.9);
        strokes(Drum::soft_kick, bar, "x.......x.......", 0.5);
        break;
      case Beat::march:
        strokes(Drum::snare, bar, is_last ? "x.oox.oox.ooxxxx" : "x.oox.oox.oox.o.", 0.6);
        strokes(Drum::taiko, bar, "X.......x.......", 0.6);
        break;
      case Beat::clicks:
        strokes(Drum::rim, bar, "x..o..x..o..x.o.", 0.35);
        strokes(Drum::soft_kick, bar, "X.......o.......", 0.6);
        strokes(Drum::hat, bar, "..o...o...o...oo", 0.5);
        break;
      case Beat::reggae:
        strokes(Drum::kick, bar, "........X.......", 0.9);
        strokes(Drum::rim, bar, "........X.....o.", 0.6);
        strokes(Drum::hat, bar, "x.o.x.o.x.o.x.o.", 0.6);
        break;
    }
  }

  const Score& score_;
  Dice dice_;
  double beat_s_;
  int bars_;
  std::vector<Chord> chords_;
  Mix wet_;
  Mix dry_;
  Mix drums_;
  std::uint32_t notes_ = 0;
};

}  // namespace

Mix play_bed(const Bed& bed) {
  Mix mix = Player(score_of(bed)).play_all();
  settle(mix, kBedLufs, kPeakMax);
  return mix;
}

}  // namespace understudy::library
