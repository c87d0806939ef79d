#include "browser/capture.h"

#include <gtest/gtest.h>

namespace understudy::browser {
namespace {

TEST(Picture, SaysWhichRowsChanged) {
  auto picture = Picture::make(4, 12);
  std::vector<std::uint32_t> rows(4 * 12);
  std::vector<RowSpan> changed;
  picture.take_rows(0, 12, rows.data(), changed);
  EXPECT_TRUE(changed.empty());
  rows[3 * 4 + 1] = 7;
  rows[4 * 4 + 3] = 7;
  rows[11 * 4] = 7;
  picture.take_rows(0, 12, rows.data(), changed);
  EXPECT_EQ(changed, (std::vector<RowSpan>{{2, 6}, {10, 12}}));
  EXPECT_EQ(picture.pixels, rows);
}

}  // namespace
}  // namespace understudy::browser
