#include "avatar/presenter_composer.h"

#include <algorithm>
#include <array>
#include <optional>
#include <set>

#include "avatar/noise.h"
#include "avatar/presenter_words.h"
#include "base/text.h"

namespace understudy::avatar {
namespace {

class Composer {
 public:
  Composer(std::string_view text, std::uint32_t seed) : words_(text), seed_(seed) {}

  ComposedPresenter compose() {
    choose_gender();
    choose_age();
    Character& character = made_.presenter.character;
    choose_face(character);
    choose_complexion(character);
    choose_hair(character);
    choose_beard_and_glasses(character);
    choose_outfit(made_.look.outfit);
    choose_backdrop(made_.look.backdrop);
    made_.presenter.seed = seed_;
    return std::move(made_);
  }

 private:
  double chance() { return uniform(seed_, next_++); }
  std::size_t pick(std::size_t count) {
    return std::min(count - 1, static_cast<std::size_t>(chance() * static_cast<double>(count)));
  }
  void note(const char* what, std::string_view value) {
    std::string text(what);
    text.append(": ").append(value);
    made_.understood.push_back(std::move(text));
  }

  void choose_gender() {
    const bool is_woman =
        words_.has({"woman", "women", "female", "girl", "lady", "mother", "businesswoman",
                    "grandmother", "queen", "sister", "aunt", "actress"}) ||
        words_.has_exactly({"she", "her"});
    const bool is_man =
        words_.has_exactly({"man", "men", "male", "boy", "guy", "gentleman", "father", "he", "his",
                            "businessman", "grandfather", "king", "brother", "uncle", "actor"});
    const bool drawn = chance() < 0.5;
    is_woman_ = is_woman || (!is_man && (!words_.has({"beard", "moustache", "mustache"}) && drawn));
    made_.presenter.gender = is_woman_ ? "female" : "male";
    if (is_woman || is_man) note("gender", made_.presenter.gender);
  }

  void choose_age() {
    age_ = 0.15 + 0.2 * chance();
    made_.presenter.age = "30s";
    if (words_.has({"young", "teen", "student", "twenties"}) ||
        words_.has_exactly({"girl", "boy"})) {
      age_ = 0;
      made_.presenter.age = "20s";
      note("age", "young");
    }
    if (words_.has({"middle", "forties", "fifties", "mature"})) {
      age_ = 0.5;
      made_.presenter.age = "40s";
      note("age", "middle-aged");
    }
    if (words_.has(
            {"elder", "senior", "old", "grand", "sixties", "seventies", "wrinkl", "retire"})) {
      age_ = 0.9;
      made_.presenter.age = "60s";
      note("age", "old");
    }
  }

  void choose_face(Character& character) {
    Face& face = character.face;
    const double f = is_woman_ ? 1 : 0;
    face.width = 0.95 + 0.1 * chance();
    face.jaw = is_woman_ ? -0.5 + 0.4 * chance() : 0.2 + 0.6 * chance();
    face.chin = is_woman_ ? 0.9 + 0.1 * chance() : 1.0 + 0.15 * chance();
    face.eye_size = (is_woman_ ? 1.02 : 0.93) + 0.08 * chance();
    face.eye_tilt = 4 * chance() - 0.5;
    face.brow_weight = is_woman_ ? 0.75 + 0.3 * chance() : 1.05 + 0.35 * chance();
    face.brow_arch = is_woman_ ? 0.9 + 0.3 * chance() : 0.5 + 0.3 * chance();
    face.nose_width = 0.85 + 0.3 * chance();
    face.lip_fullness = (is_woman_ ? 0.95 : 0.75) + 0.25 * chance();
    face.mouth_width = 0.95 + 0.12 * chance();
    face.lashes = is_woman_ ? 0.7 + 0.3 * chance() : 0.12;
    face.age = age_;
    face.freckles = words_.has({"freckl"}) ? 0.9 : 0;
    face.makeup = is_woman_ && age_ < 0.8 ? 0.25 + 0.35 * chance() : 0;
    if (words_.has({"makeup", "lipstick"})) face.makeup = 0.9;
    if (words_.has({"freckl"})) note("face", "freckles");
    if (words_.has({"round", "chubby", "plump"}) && words_.has({"face"})) face.width = 1.07;
    if (words_.has({"slim", "thin", "slender"})) face.width = 0.93;
    character.build.shoulders = is_woman_ ? 0.88 + 0.06 * chance() : 1.02 + 0.10 * chance();
    character.build.neck = is_woman_ ? 0.9 : 1.12;
    character.build.waist = is_woman_ ? 0.9 + 0.1 * chance() : 1.08;
    if (words_.has({"muscular", "athletic", "strong", "broad"})) character.build.shoulders += 0.1;
    if (words_.has({"chubby", "plump", "heavy"})) character.build.waist += 0.15;
    character.build.bust = 0.75 * f;
  }

  std::size_t skin_index() {
    const auto skin = words_.find({"skin", "complexion"});
    const bool names_african =
        words_.has({"african", "nigerian", "kenyan", "ghanaian", "ethiopian", "jamaican"});
    if (words_.has({"pale", "fair", "porcelain", "irish", "scandinav", "nordic"})) return 0;
    if (words_.has({"tan", "olive", "hispanic", "latin", "mediterran", "mexican", "arab", "persian",
                    "turkish"}))
      return 2;
    if (words_.has({"indian", "pakistani", "bengali", "asian"}))
      return words_.has({"indian", "pakistani", "bengali", "south"}) ? 3 : 1;
    if (words_.has({"japanese", "chinese", "korean"})) return 1;
    if (names_african) return 5;
    if (skin && *skin > 0) {
      const std::string& word = words_.words()[*skin - 1];
      if (word == "light" || word == "white") return 0;
      if (word == "brown") return 3;
      if (word == "dark" || word == "black" || word == "deep") return 5;
    }
    // "a black woman", as people are described.
    for (std::size_t i = 0; i + 1 < words_.words().size(); ++i) {
      const std::string& next = words_.words()[i + 1];
      const bool is_person = next == "woman" || next == "man" || next == "person" ||
                             next == "girl" || next == "boy" || next == "lady" || next == "guy" ||
                             next == "female" || next == "male";
      if (is_person && words_.words()[i] == "black") return 5;
      if (is_person && words_.words()[i] == "white") return 1;
      if (is_person && words_.words()[i] == "brown") return 3;
    }
    return kSkins.size();
  }

  void choose_complexion(Character& character) {
    Complexion& complexion = character.complexion;
    const std::size_t drawn = pick(kSkins.size());
    std::size_t index = skin_index();
    if (index < kSkins.size())
      note("skin", std::to_string(index + 1) + " of 6, from light to dark");
    if (index >= kSkins.size()) index = drawn;
    complexion.skin = hex(kSkins[index].skin);
    complexion.lips = hex(kSkins[index].lips);
    complexion.blush = hex(kSkins[index].blush);
    std::size_t iris = index >= 2 ? pick(2) : pick(kIrises.size());
    if (const auto eyes = words_.find({"eye"}); eyes && *eyes > 0) {
      const std::string& word = words_.words()[*eyes - 1];
      if (word == "blue") iris = 2;
      if (word == "green") iris = 3;
      if (word == "hazel") iris = 4;
      if (word == "brown" || word == "dark") iris = 0;
    }
    complexion.iris = hex(kIrises[iris]);
    // Hair.
    const std::size_t usual = index >= 3 ? 6 : std::array<std::size_t, 5>{0, 7, 9, 4, 7}[pick(5)];
    HairTone tone = kHairTones[age_ > 0.8 ? 12 : usual];
    const auto hair =
        words_.find({"hair", "haired", "bun", "ponytail", "braid", "bob", "afro", "curls"});
    if (const auto named = words_.before(hair, kHairTones)) {
      tone = *named;
      note("hair colour", named->name);
    } else if (words_.has({"blond"})) {
      tone = kHairTones[0], note("hair colour", "blonde");
    } else if (words_.has({"brunette"})) {
      tone = kHairTones[8], note("hair colour", "brunette");
    } else if (words_.has({"redhead", "ginger", "auburn"})) {
      tone = kHairTones[words_.has({"auburn"}) ? 4 : 2], note("hair colour", "red");
    }
    complexion.hair = hex(tone.base);
    complexion.hair_light = hex(tone.light);
    complexion.brow = hex(tone.brow);
  }

  void choose_hair(Character& character) {
    struct Style {
      std::initializer_list<std::string_view> stems;
      Hair hair;
      const char* name;
    };
    const std::array<Style, 13> kStyles = {{
        {{"bald", "shaved"}, Hair::bald, "bald"},
        {{"hijab", "headscarf", "veil"}, Hair::hijab, "headscarf"},
        {{"afro"}, Hair::afro, "afro"},
        {{"braid", "dreadlock", "cornrow"}, Hair::braids, "braids"},
        {{"ponytail"}, Hair::ponytail, "ponytail"},
        {{"bun", "updo"}, Hair::top_bun, "bun"},
        {{"bob"}, Hair::bob, "bob"},
        {{"fade", "buzz", "crew"}, Hair::fade, "fade"},
        {{"curly", "curls"}, is_woman_ ? Hair::afro : Hair::curly_top, "curly"},
        {{"wavy", "waves", "long"}, Hair::long_waves, "long"},
        {{"tousled", "messy", "shaggy"}, is_woman_ ? Hair::bob : Hair::tousled, "tousled"},
        {{"short"}, is_woman_ ? Hair::bob : Hair::side_part, "short"},
        {{"side", "parted"}, is_woman_ ? Hair::long_waves : Hair::side_part, "parted"},
    }};
    const std::array<Hair, 6> kWomen = {Hair::long_waves, Hair::bob,        Hair::top_bun,
                                        Hair::ponytail,   Hair::long_waves, Hair::bob};
    const std::array<Hair, 5> kMen = {Hair::side_part, Hair::tousled, Hair::curly_top, Hair::fade,
                                      Hair::side_part};
    character.hair = is_woman_ ? kWomen[pick(kWomen.size())] : kMen[pick(kMen.size())];
    if (age_ > 0.8) character.hair = is_woman_ ? Hair::silver_waves : Hair::silver_short;
    for (const Style& style : kStyles) {
      if (!words_.has(style.stems)) continue;
      character.hair = style.hair;
      note("hair", style.name);
      break;
    }
  }

  void choose_beard_and_glasses(Character& character) {
    if (words_.has({"beard"})) {
      character.beard = Beard::full, note("beard", "full");
    } else if (words_.has({"moustache", "mustache"})) {
      character.beard = Beard::moustache, note("beard", "moustache");
    } else if (words_.has({"stubble", "unshaven"})) {
      character.beard = Beard::stubble, note("beard", "stubble");
    } else if (!is_woman_ && !words_.has({"clean"}) && chance() < 0.3) {
      character.beard = Beard::stubble;
    }
    if (words_.has({"glasses", "spectacle", "eyeglasses"})) {
      const bool is_square = words_.has({"square", "rectang"});
      character.glasses = is_square ? Glasses::square : Glasses::round;
      note("glasses", is_square ? "square" : "round");
    }
    character.has_earrings = words_.has({"earring", "jewel"}) || (is_woman_ && chance() < 0.3);
  }

  Colour cloth(std::optional<std::size_t> thing, std::uint32_t otherwise) {
    const auto named = words_.before(thing, kCloth);
    if (!named) return hex(otherwise);
    note("colour", named->name);
    return hex(named->rgb);
  }

  void choose_outfit(Outfit& outfit) {
    const std::uint32_t drawn = kCloth[pick(kCloth.size())].rgb;
    const auto shirt = words_.find({"shirt"}), blouse = words_.find({"blouse"});
    const auto sweater = words_.find({"sweater", "jumper", "pullover", "turtleneck"});
    const auto tee = words_.find({"tshirt", "tee", "top", "hoodie", "dress"});
    const auto polo = words_.find({"polo"}), scrubs = words_.find({"scrubs", "nurse", "surgeon"});
    std::optional<std::size_t> top = shirt ? shirt : blouse ? blouse : sweater ? sweater : tee;
    outfit.top = shirt                        ? Top::shirt
                 : blouse                     ? Top::blouse
                 : words_.has({"turtleneck"}) ? Top::turtleneck
                 : sweater                    ? Top::crew
                 : polo                       ? Top::polo
                 : scrubs                     ? Top::scrubs
                 : tee                        ? Top::crew
                 : is_woman_                  ? Top::blouse
                                              : Top::shirt;
    if (polo) top = polo;
    if (scrubs) top = scrubs;
    outfit.has_short_sleeves = words_.has({"tshirt", "polo", "scrubs"}) && !shirt;
    outfit.top_colour = cloth(top, scrubs ? 0x4F9AA0 : drawn);
    if (top) note("top", words_.words()[*top]);

    const auto blazer = words_.find({"blazer", "suit", "jacket", "business"});
    const auto coat = words_.find({"doctor", "lab", "scientist", "coat"});
    const auto cardigan = words_.find({"cardigan"});
    if (coat) {
      outfit.outer = Outer::lab_coat, outfit.outer_colour = hex(0xF7F8FA);
      note("outer", "lab coat");
    } else if (cardigan) {
      outfit.outer = Outer::cardigan, outfit.outer_colour = cloth(cardigan, 0x8A7560);
      note("outer", "cardigan");
    } else if (blazer) {
      outfit.outer = Outer::blazer, outfit.outer_colour = cloth(blazer, 0x2F3E5C);
      note("outer", "blazer");
      if (!top) outfit.top_colour = hex(0xF5F3EF);
    }
    const auto tie = words_.find({"tie", "necktie"});
    if (tie) outfit.accent = Accent::tie, outfit.accent_colour = cloth(tie, 0x8A2E3B);
    if (words_.has({"necklace", "pendant"}))
      outfit.accent = Accent::necklace, outfit.accent_colour = hex(0xD8B45A);
    if (words_.has({"stethoscope", "doctor"}))
      outfit.accent = Accent::stethoscope, outfit.accent_colour = hex(0x33363D);
    if (words_.has({"scarf"}) && !words_.has({"headscarf"}))
      outfit.accent = Accent::scarf, outfit.accent_colour = cloth(words_.find({"scarf"}), 0xB5533F);
    if (words_.has({"lanyard", "badge"}))
      outfit.accent = Accent::lanyard, outfit.accent_colour = hex(0x2F6DB5);
    outfit.lower_colour = hex(0x2A3145);
  }

  void choose_backdrop(Backdrop& backdrop) {
    struct Place {
      std::initializer_list<std::string_view> stems;
      Scene scene;
      std::uint32_t wall, depth, accent;
      const char* name;
    };
    const std::array<Place, 4> kPlaces = {{
        {{"office", "desk", "meeting", "workplace", "corporate"},
         Scene::office,
         0xE2E6EC,
         0xB4BECB,
         0x4F7FB5,
         "office"},
        {{"library", "book", "study", "classroom", "school"},
         Scene::library,
         0xE2D3C0,
         0x9C7F66,
         0xA85B3F,
         "library"},
        {{"window", "home", "kitchen", "living", "garden", "outdoor", "park", "nature"},
         Scene::window,
         0xDDE6D8,
         0xA9BDA3,
         0x8A9A5B,
         "window"},
        {{"plain", "solid", "blank", "neutral"},
         Scene::plain,
         0xECEEF1,
         0xD5D9DF,
         0x8A94A6,
         "plain"},
    }};
    backdrop = {Scene::studio, hex(0xDCE8F7), hex(0xB9CDE8), hex(0x5B86D6)};
    for (const Place& place : kPlaces) {
      if (!words_.has(place.stems)) continue;
      backdrop = {place.scene, hex(place.wall), hex(place.depth), hex(place.accent)};
      note("place", place.name);
      break;
    }
    const auto ground = words_.find({"background", "backdrop", "wall"});
    if (const auto named = words_.before(ground, kCloth)) {
      const Colour colour = hex(named->rgb);
      const auto toward = [&](double white) {
        return Colour{colour.r + (1 - colour.r) * white, colour.g + (1 - colour.g) * white,
                      colour.b + (1 - colour.b) * white};
      };
      backdrop = {Scene::plain, toward(0.45), toward(0.1), colour};
      note("background", named->name);
    }
  }

  Description words_;
  std::uint32_t seed_;
  std::uint32_t next_ = 1;
  bool is_woman_ = false;
  double age_ = 0;
  ComposedPresenter made_;
};

}  // namespace

ComposedPresenter compose_presenter(std::string_view description, std::uint32_t seed) {
  return Composer(description, seed).compose();
}

}  // namespace understudy::avatar
