#include "library/words.h"

#include <algorithm>
#include <iterator>
#include <map>
#include <memory>

#include <libstemmer.h>

namespace understudy::library {
namespace {

constexpr std::size_t kWordMax = 40;

constexpr std::string_view kFillers[] = {
    "a",    "an",    "and", "any",   "are",    "as",    "at",    "be",   "but",
    "by",   "can",   "do",  "for",   "from",   "get",   "give",  "has",  "have",
    "in",   "into",  "is",  "it",    "its",    "me",    "more",  "my",   "need",
    "of",   "on",    "or",  "our",   "please", "s",     "so",    "some", "something",
    "that", "which", "the", "their", "them",   "there", "these", "this", "to",
    "very", "want",  "we",  "when",  "where",  "while", "with",  "your"};

// One line: words that stand for each other. A word may stand in several lines.
constexpr std::string_view kSynonyms[] = {
    // moods
    "calm relax peaceful serene tranquil soothing gentle quiet soft mellow chill ambient",
    "meditation yoga spa mindfulness zen wellness healing sleep relax calm",
    "happy cheerful joyful upbeat fun playful bright positive uplifting feelgood sunny",
    "upbeat energetic lively driving fast dynamic uptempo",
    "uplifting inspiring inspirational motivational hopeful positive optimistic triumphant",
    "corporate business company professional presentation office commercial advertising marketing",
    "sad melancholy emotional sorrow lonely heartbreak tearful blue nostalgic",
    "dark ominous scary spooky horror eerie creepy sinister haunted halloween",
    "tense suspense thriller tension mystery mysterious crime investigation detective",
    "epic cinematic trailer heroic dramatic powerful orchestral film movie majestic",
    "romantic love wedding tender valentine intimate sentimental heartfelt",
    "funny comedy comic quirky silly humorous goofy cartoon sneaky playful",
    "retro vintage eighties 80s synthwave oldschool nostalgic",
    "future futuristic tech technology digital science scifi innovation modern cyber",
    "childlike kids children child baby lullaby nursery toy",
    "summer tropical beach vacation holiday travel island",
    "travel vlog adventure journey trip tourism", "winter snow christmas festive cold ice frozen",
    "celebration party festive birthday fireworks festival",
    "success winner victory win triumph achievement complete congratulations award",
    "failure fail wrong error lose loser mistake incorrect denied",
    "correct right success yes ok accept confirm approve done check",
    // styles
    "lofi chillhop hiphop study beats chill", "electronic edm dance house techno club synth",
    "acoustic guitar folk country unplugged campfire", "jazz swing lounge bossa cafe cocktail",
    "classical orchestral strings piano chamber waltz", "rock guitar punk garage",
    "funk groove disco soul", "explainer tutorial howto training education course elearning lesson",
    "news broadcast report journalism anchor", "game gaming arcade 8bit chiptune videogame pixel",
    "documentary nature storytelling narrative", "fashion runway stylish luxury elegant",
    "sport workout gym fitness running training energetic", "countdown timer clock ticking quiz",
    "podcast intro opener jingle ident logo",
    // sounds
    "applause clap clapping ovation audience crowd",
    "cheer cheering crowd hooray audience fans stadium", "laugh laughter giggle",
    "cash money coin register purchase sale payment till kaching price",
    "whoosh swoosh swish transition swipe pass flyby", "click tap button press mouse",
    "ding bell chime notification alert ping", "beep bleep tone alert",
    "doorbell chime ring visitor",
    "phone telephone call ringtone ringing mobile smartphone cellphone",
    "typing keyboard type typewriter computer writing", "explosion blast boom bomb detonation",
    "impact hit slam thud bang punch", "gun shot gunshot laser fire",
    "riser rise buildup build swell tension", "drop down falling descend",
    "rain storm shower weather drizzle", "thunder storm lightning weather",
    "wind breeze storm gust weather", "water ocean sea wave splash drip stream river",
    "forest birds nature morning chirp birdsong woods tree", "night cricket insects",
    "fire fireplace campfire crackle flame", "footstep walk steps walking",
    "door knock open close creak", "camera shutter photo snapshot picture", "heartbeat heart pulse",
    "siren police ambulance emergency alarm", "alarm alert warning buzzer emergency",
    "car vehicle auto engine motor traffic drive", "horn honk", "train railway locomotive",
    "plane airplane aircraft jet flight aeroplane", "rocket launch spaceship space",
    "glass break shatter smash crash", "paper page sheet crumple", "pop bubble plop",
    "magic sparkle fairy shimmer twinkle wand glitter", "error buzzer wrong fail negative",
    "notification message alert inform sms", "glitch digital static interference distortion",
    "robot machine mechanical servo", "drum roll drumroll suspense",
    "zap electric electricity spark shock", "spring boing bounce cartoon",
    "slide whistle cartoon fall", "scratch record vinyl dj turntable",
    "tick clock timer watch second", "swoosh sword slash blade", "dog bark pet",
    "cat meow pet kitten", "bird chirp tweet",
    // things
    "shop shopping cart store buy basket purchase checkout ecommerce commerce trolley",
    "home house building residence", "mail email envelope letter message inbox",
    "user person profile account avatar people human member",
    "people group team users community crowd",
    "settings gear cog preferences options configuration",
    "search find magnifier magnifying lookup zoom", "delete trash remove bin garbage rubbish",
    "edit pencil pen write modify", "save disk floppy", "heart love like favorite favourite",
    "star favorite favourite rating", "lock security secure password padlock protect privacy",
    "shield security protection guard safe", "play start run video", "music note song audio",
    "video film movie camera clip recording", "microphone mic record voice podcast speech",
    "speaker volume sound loud audio", "calendar date schedule event appointment",
    "clock time hour watch schedule", "map location pin place marker gps navigation address",
    "globe world earth international web internet planet global", "cloud weather sky",
    "sun sunny weather day light", "moon night sleep",
    "chart graph statistics analytics report diagram data growth",
    "growth increase trend rise up arrow", "idea lightbulb bulb lamp light inspiration innovation",
    "book read library study education literature",
    "school education graduation student university learning college academy classroom",
    "doctor medical health hospital medicine healthcare clinic stethoscope",
    "plane flight travel airplane airport", "truck delivery shipping transport logistics",
    "car vehicle automobile drive", "bike bicycle cycling", "dog pet animal paw", "cat pet animal",
    "food meal eat restaurant dinner cooking kitchen", "coffee cup drink cafe tea mug",
    "gift present birthday box", "trophy award winner cup prize champion",
    "phone call telephone contact", "computer laptop pc desktop monitor screen",
    "wifi wireless internet network signal", "battery power energy charge",
    "plant leaf nature eco green environment ecology",
    "recycle recycling environment sustainability eco", "fire flame hot burn",
    "water drop droplet liquid", "rocket launch startup space",
    "handshake deal agreement partnership business", "briefcase job work business career",
    "credit card payment pay bank", "dollar money currency finance cash price banknote coins",
    "download save arrow", "upload send arrow", "link url chain hyperlink", "share send social",
    "warning alert danger caution triangle", "question help faq support", "info information about",
    "eye view see visible watch look", "thumbs like approve up",
    "code programming developer software", "robot ai bot artificial intelligence",
    "brain mind think intelligence", "puzzle piece plugin solution",
    "factory industry manufacturing production", "hammer tool build construction",
    "wrench tool repair fix maintenance", "paint brush art design palette colour color",
    "scissors cut", "filter funnel", "key access password unlock login",
    "logout exit leave signout", "login enter signin", "menu hamburger list navigation",
    // pictures
    "office workplace workspace business corporate meeting boardroom",
    "city skyline urban town cityscape downtown skyscraper metropolis buildings",
    "sunset dusk evening twilight golden sundown", "sunrise dawn morning",
    "sea ocean beach water coast shore", "mountain hill alps landscape nature peak",
    "forest woods trees nature jungle woodland", "sky clouds heaven air",
    "space galaxy stars universe cosmos night starry nebula", "studio backdrop photo plain neutral",
    "abstract shapes pattern geometric modern", "gradient blend smooth colour color",
    "texture surface material", "wood wooden timber plank oak", "brick wall bricks",
    "concrete cement wall stone grey gray", "paper craft cutout",
    "fabric cloth linen textile curtain", "bokeh blur blurred lights defocused",
    "livingroom room home interior sofa lounge", "bookshelf library books shelf study",
    "classroom school chalkboard blackboard lesson",
    "stage theater theatre spotlight curtain show concert",
    "newsroom news studio broadcast tv television", "field meadow grass countryside farm spring",
    "desert sand dunes sahara", "autumn fall leaves", "aurora northern lights polar",
    "rain window rainy drops", "blue navy azure cyan", "red crimson scarlet", "green emerald mint",
    "purple violet lavender", "pink rose magenta", "orange amber", "yellow gold golden",
    "grey gray silver", "black dark", "white bright light clean minimal",
    "beige cream tan brown warm", "colorful colourful rainbow vivid vibrant multicolor",
    "minimal simple clean plain minimalist"};

struct StemmerEnd {
  void operator()(sb_stemmer* stemmer) const { sb_stemmer_delete(stemmer); }
};

using Table = std::map<std::string, std::vector<std::string>, std::less<>>;

Table make_table() {
  Table table;
  for (const auto line : kSynonyms) {
    std::vector<std::string> stems;
    for (const auto& word : words_of(line)) stems.push_back(stem_of(word));
    for (const auto& stem : stems) {
      auto& others = table[stem];
      for (const auto& other : stems) {
        const bool is_new = std::find(others.begin(), others.end(), other) == others.end();
        if (other != stem && is_new) others.push_back(other);
      }
    }
  }
  return table;
}

bool is_letter(char c) {
  const auto byte = static_cast<unsigned char>(c);
  return byte >= 0x80 || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
}

}  // namespace

std::vector<std::string> words_of(std::string_view text) {
  std::vector<std::string> words;
  std::string word;
  const auto end_word = [&] {
    if (!word.empty() && word.size() <= kWordMax) words.push_back(word);
    word.clear();
  };
  for (char c : text) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
    if (is_letter(c)) {
      word += c;
    } else {
      end_word();
    }
  }
  end_word();
  return words;
}

std::string stem_of(const std::string& word) {
  thread_local const std::unique_ptr<sb_stemmer, StemmerEnd> stemmer(
      sb_stemmer_new("english", "UTF_8"));
  if (stemmer == nullptr) return word;
  const auto* stem = sb_stemmer_stem(stemmer.get(), reinterpret_cast<const sb_symbol*>(word.data()),
                                     static_cast<int>(word.size()));
  if (stem == nullptr) return word;
  return {reinterpret_cast<const char*>(stem),
          static_cast<std::size_t>(sb_stemmer_length(stemmer.get()))};
}

bool is_filler(std::string_view word) {
  return std::find(std::begin(kFillers), std::end(kFillers), word) != std::end(kFillers);
}

const std::vector<std::string>& synonyms_of(const std::string& stem) {
  static const Table kTable = make_table();
  static const std::vector<std::string> kNone;
  const auto found = kTable.find(stem);
  return found == kTable.end() ? kNone : found->second;
}

}  // namespace understudy::library
