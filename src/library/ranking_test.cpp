// Searches find what a person would point at. The twenty fixed ones are the first test; the others
// are words nobody put into a list of examples.
#include <gtest/gtest.h>

#include "library/icons.h"
#include "library/pictures.h"
#include "library/words.h"

namespace understudy::library {
namespace {

struct Search {
  const char* query;
  std::vector<std::string> wanted;  // one of them among the first three
};

template <class Rows, class IdOf>
void expect_found(const Ranking& ranking, const Rows& rows, const std::vector<Search>& searches,
                  IdOf id_of) {
  for (const auto& [query, wanted] : searches) {
    const auto hits = ranking.find(query, 0.4);
    std::string found;
    bool is_there = false;
    for (std::size_t i = 0; i < std::min<std::size_t>(3, hits.size()); ++i) {
      const std::string id(id_of(rows[hits[i].item]));
      found += id + " " + std::to_string(hits[i].score) + "; ";
      is_there = is_there || std::find(wanted.begin(), wanted.end(), id) != wanted.end();
      EXPECT_LE(hits[i].score, 1);
    }
    EXPECT_TRUE(is_there) << query << ": " << found;
  }
}

std::string_view picture_id(const Picture& picture) { return picture.id; }
std::string_view icon_name(const Icon& icon) { return icon.name; }

TEST(Search, FindsPictures) {
  expect_found(
      picture_ranking(), pictures(),
      {{"sunset", {"sunset-sea", "city-skyline-sunset"}},
       {"blue office background", {"blue-office"}},
       {"city at night", {"city-skyline-night"}},
       {"wooden table texture", {"wood-planks"}},
       {"christmas lights", {"festive-bokeh"}},
       {"calm mountains in the fog", {"misty-mountains"}},
       {"brick wall", {"brick-wall", "white-brick-wall"}},
       // unseen while the tags were written
       {"a cozy room with a couch", {"living-room"}},
       {"skyscrapers downtown", {"city-skyline-day", "city-skyline-night", "city-skyline-sunset"}},
       {"seaside holiday", {"tropical-beach"}},
       {"galaxy wallpaper", {"night-sky"}},
       {"teacher in a school lesson", {"classroom-chalkboard"}},
       {"television broadcast", {"news-studio", "red-news-studio"}},
       {"plain grey backdrop", {"grey-studio"}},
       {"conference room for a meeting", {"bright-office", "blue-office", "warm-office"}},
       {"artificial intelligence technology", {"network", "tech-hexagons"}},
       {"polar lights", {"aurora"}},
       {"rainy day", {"rainy-window", "storm-sky"}},
       {"spooky woods", {"dark-forest"}},
       {"moutains", {"misty-mountains", "sunrise-mountains", "winter-mountains"}}},
      picture_id);
}

TEST(Search, FindsIcons) {
  expect_found(icon_ranking(), icons(),
               {{"shopping cart icon", {"shopping-cart"}},
                {"heart", {"heart"}},
                {"send email", {"send", "mail", "mails", "mail-check"}},
                {"play button", {"play", "circle-play", "square-play"}},
                {"user profile", {"user", "user-round", "circle-user", "circle-user-round"}},
                {"settings gear", {"settings", "cog", "settings-2"}},
                {"light bulb idea", {"lightbulb"}},
                // unseen
                {"magnifying glass", {"search", "zoom-in", "scan-search"}},
                {"padlock", {"lock", "lock-keyhole", "lock-open"}},
                {"money",
                 {"banknote", "coins", "circle-dollar-sign", "dollar-sign", "piggy-bank",
                  "hand-coins", "wallet"}},
                {"wifi", {"wifi"}},
                {"airplane", {"plane", "plane-takeoff", "plane-landing"}},
                {"trash can", {"trash", "trash-2"}},
                {"calendar", {"calendar"}},
                {"trophy winner", {"trophy"}},
                {"graduation", {"graduation-cap"}},
                {"coffee mug", {"coffee"}},
                {"growth chart",
                 {"chart-line", "trending-up", "chart-no-axes-column-increasing",
                  "chart-column-increasing", "chart-bar-increasing", "chart-no-axes-combined"}},
                {"umbrela", {"umbrella"}}},
               icon_name);
}

TEST(Search, ScoresSayHowMuchOfTheQueryWasFound) {
  const auto best = [](std::string_view query) {
    const auto hits = picture_ranking().find(query, 0);
    return hits.empty() ? 0 : hits.front().score;
  };
  EXPECT_GT(best("sunset over the sea"), 0.95);
  EXPECT_GT(best("sunset over the sea with a submarine"), 0.6);
  EXPECT_LT(best("sunset with a submarine zeppelin gramophone"), best("sunset with a submarine"));
  EXPECT_EQ(best("qwxzk"), 0);
  EXPECT_EQ(best(""), 0);
  EXPECT_EQ(best("\xff\xfe"), 0);
}

TEST(Search, AQueryOfCommonWordsFindsEverything) {
  EXPECT_EQ(picture_ranking().find("background images", 0.4).size(), pictures().size());
}

TEST(Search, LongAndStrangeQueriesAreTaken) {
  std::string words;
  for (int i = 0; i < 5000; ++i) words += "word" + std::to_string(i) + " ";
  EXPECT_TRUE(picture_ranking().find(words, 0.9).empty());
  EXPECT_TRUE(icon_ranking().find(std::string(100'000, 'x'), 0.9).empty());
}

TEST(Words, AreComparedByTheirStems) {
  EXPECT_EQ(stem_of("meditating"), stem_of("meditation"));
  EXPECT_EQ(stem_of("cheering"), stem_of("cheers"));
  EXPECT_EQ(words_of("Lo-fi beats, 24/7!"),
            (std::vector<std::string>{"lo", "fi", "beats", "24", "7"}));
}

}  // namespace
}  // namespace understudy::library
