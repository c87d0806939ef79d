#include "money/price_book.h"

#include <algorithm>
#include <cassert>
#include <limits>
#include <memory>
#include <mutex>

#include <fmt/format.h>

#include "money/credit_prices.h"

namespace understudy::money {
namespace {

__extension__ using Wide = __int128;

constexpr std::string_view kAvatarType = "Avatar Type";
constexpr std::string_view kResolutions = "720p / 1080p";
constexpr std::string_view kAvatarV = "Video Generation — Avatar V";
constexpr std::string_view kAvatarIv = "Video Generation — Avatar IV";
constexpr std::string_view kAvatarIii = "Video Generation — Avatar III";

Price row(std::string_view item, std::string_view heading, std::string_view name, PriceUnit unit,
          std::int64_t nano_usd, std::string_view row_title, std::string_view rate_title = "Rate") {
  return {.item = item,
          .heading = heading,
          .row = name,
          .unit = unit,
          .rate = Money{nano_usd},
          .quantum_ms = 1,
          .row_title = row_title,
          .rate_title = rate_title};
}

// Rates in nano-USD: 66'700'000 is $0.0667.
std::vector<Price> rows_of_version_1() {
  using enum PriceUnit;
  return {
      row("avatar_video.avatar_v.digital_twin", kAvatarV, "Digital Twin", second, 66'700'000,
          kAvatarType, kResolutions),
      row("avatar_video.avatar_iv.photo_avatar", kAvatarIv, "Photo Avatar", second, 50'000'000,
          kAvatarType, kResolutions),
      row("avatar_video.avatar_iv.digital_twin", kAvatarIv, "Digital Twin", second, 66'700'000,
          kAvatarType, kResolutions),
      row("avatar_video.avatar_iv.studio_avatar", kAvatarIv, "Studio Avatar", second, 66'700'000,
          kAvatarType, kResolutions),
      row("avatar_video.avatar_iii.digital_twin", kAvatarIii, "Digital Twin", second, 16'700'000,
          kAvatarType, kResolutions),
      row("avatar_video.avatar_iii.studio_avatar", kAvatarIii, "Studio Avatar", second, 16'700'000,
          kAvatarType, kResolutions),
      row("avatar_video.avatar_iii.photo_avatar", kAvatarIii, "Photo Avatar", second, 43'300'000,
          kAvatarType, kResolutions),
      row("cinematic_avatar.video", "Cinematic Avatar", "Cinematic Avatar video", video,
          7'000'000'000, "Item"),
      row("realtime.session", "Avatar Realtime", "Avatar Realtime session", second, 50'000'000,
          "Feature"),
      row("video_agent.prompt_to_video", "Video Agent", "Prompt to Video", second, 33'300'000,
          "Feature"),
      row("hyperframes.1080p30", "HyperFrames", "1080p / 30 fps", minute, 100'000'000,
          "Resolution / Frame Rate"),
      row("hyperframes.1080p60", "HyperFrames", "1080p / 60 fps", minute, 200'000'000,
          "Resolution / Frame Rate"),
      row("hyperframes.4k30", "HyperFrames", "4K / 30 fps", minute, 150'000'000,
          "Resolution / Frame Rate"),
      row("hyperframes.4k60", "HyperFrames", "4K / 60 fps", minute, 300'000'000,
          "Resolution / Frame Rate"),
      row("video_translation.speed.audio_only", "Video Translation", "Speed — Audio Only", second,
          33'300'000, "Mode"),
      row("video_translation.speed.lip_sync", "Video Translation", "Speed — Lip Sync", second,
          33'300'000, "Mode"),
      row("video_translation.precision.lip_sync", "Video Translation", "Precision — Lip Sync",
          second, 66'700'000, "Mode"),
      row("lipsync.speed", "Lipsync", "Speed", second, 33'300'000, "Mode"),
      row("lipsync.precision", "Lipsync", "Precision", second, 66'700'000, "Mode"),
      row("clipping.highlight_clip", "AI Clipping", "Highlight clip", clip, 150'000'000, "Item"),
      row("speech.starfish", "Text-to-Speech", "Speech — Starfish", second, 667'000, "Model"),
      row("avatar_creation.digital_twin", "Avatar Creation", "Digital Twin", call, 1'000'000'000,
          "Operation"),
      row("avatar_creation.photo_avatar", "Avatar Creation", "Photo Avatar", call, 1'000'000'000,
          "Operation"),
  };
}

// The versions behind 1. A book that was handed out stays, also when others are installed.
struct Shelf {
  std::mutex mutex;
  std::vector<std::unique_ptr<const PriceBook>> kept;
  std::vector<const PriceBook*> installed;
  static Shelf& instance() {
    static Shelf shelf;
    return shelf;
  }
};

Result<void> follows(const PriceBook& book, const PriceBook& before) {
  if (book.version() != before.version() + 1) {
    return fail(ErrorCode::invalid_parameter,
                fmt::format("Price book {} is missing: version {} cannot follow version {}.",
                            before.version() + 1, book.version(), before.version()));
  }
  if (book.effective_from_ms() <= before.effective_from_ms()) {
    return fail(ErrorCode::invalid_parameter,
                fmt::format("Price book {} must come into effect after price book {}.",
                            book.version(), before.version()));
  }
  for (const Price& old : before.rows()) {
    const auto now = book.find(old.item);
    if (!now || now->unit != old.unit) {
      return fail(ErrorCode::invalid_parameter,
                  fmt::format("Price book {} must keep the item {} and its unit, {}.",
                              book.version(), old.item, to_string(old.unit)));
    }
  }
  return {};
}

std::int64_t billable(const Price& price, Quantity quantity) {
  if (price.per_ms() == 0) return quantity.amount;
  return quantity.amount - quantity.amount % price.quantum_ms;
}

}  // namespace

std::string_view to_string(PriceUnit unit) {
  switch (unit) {
    case PriceUnit::second: return "second";
    case PriceUnit::minute: return "minute";
    case PriceUnit::video: return "video";
    case PriceUnit::clip: return "clip";
    case PriceUnit::call: return "call";
  }
  return "";
}

std::int64_t Price::per_ms() const {
  switch (unit) {
    case PriceUnit::second: return 1000;
    case PriceUnit::minute: return 60'000;
    case PriceUnit::video:
    case PriceUnit::clip:
    case PriceUnit::call: return 0;
  }
  return 0;
}

Result<PriceBook> PriceBook::make(int version, std::vector<Price> rows,
                                  std::int64_t effective_from_ms) {
  for (std::size_t i = 0; i < rows.size(); ++i) {
    const Price& price = rows[i];
    if (price.rate < Money{} || price.quantum_ms < 1) {
      return fail(ErrorCode::invalid_parameter,
                  fmt::format("The price of {} is out of range.", price.item));
    }
    for (std::size_t j = 0; j < i; ++j) {
      if (rows[j].item == price.item) {
        return fail(ErrorCode::invalid_parameter,
                    fmt::format("The price book has two rows for {}.", price.item));
      }
    }
  }
  PriceBook book;
  book.version_ = version;
  book.effective_from_ms_ = effective_from_ms;
  book.rows_ = std::move(rows);
  return book;
}

const PriceBook& PriceBook::version_1() {
  static const PriceBook book = make(1, rows_of_version_1()).value();
  return book;
}

Result<const PriceBook*> PriceBook::of_version(int version) {
  if (version == 1) return &version_1();
  if (version == credit_prices_version_1().version()) return &credit_prices_version_1();
  for (const PriceBook* book : all()) {
    if (book->version() == version) return book;
  }
  return fail(ErrorCode::invalid_parameter,
              fmt::format("There is no price book of version {}.", version));
}

Result<void> PriceBook::install(std::vector<PriceBook> later) {
  const PriceBook* before = &version_1();
  for (const PriceBook& book : later) {
    TRY(follows(book, *before));
    before = &book;
  }
  auto& shelf = Shelf::instance();
  const std::lock_guard lock(shelf.mutex);
  shelf.installed.clear();
  for (PriceBook& book : later) {
    shelf.kept.push_back(std::make_unique<const PriceBook>(std::move(book)));
    shelf.installed.push_back(shelf.kept.back().get());
  }
  return {};
}

std::vector<const PriceBook*> PriceBook::all() {
  std::vector<const PriceBook*> books{&version_1()};
  auto& shelf = Shelf::instance();
  const std::lock_guard lock(shelf.mutex);
  books.insert(books.end(), shelf.installed.begin(), shelf.installed.end());
  return books;
}

const PriceBook& PriceBook::in_effect(std::int64_t time_ms) const {
  const PriceBook* found = this;
  for (const PriceBook* book : all()) {
    if (book->version() > found->version() && book->effective_from_ms() <= time_ms) found = book;
  }
  return *found;
}

Result<Price> PriceBook::find(std::string_view item) const {
  const auto found = std::find_if(rows_.begin(), rows_.end(),
                                  [&](const Price& price) { return price.item == item; });
  if (found != rows_.end()) return *found;
  return fail(ErrorCode::invalid_parameter,
              fmt::format("Nothing is sold under the name {}.", item));
}

Money charge(const Price& price, Quantity quantity) {
  assert(quantity.amount >= 0);
  const Wide product = static_cast<Wide>(price.rate.nano_usd) * billable(price, quantity);
  const Wide amount = price.per_ms() == 0 ? product : product / price.per_ms();
  constexpr auto kMax = std::numeric_limits<std::int64_t>::max();
  return {amount > kMax ? kMax : static_cast<std::int64_t>(amount)};
}

std::string formula(const Price& price, Quantity quantity) {
  const std::string amount = to_text(charge(price, quantity));
  if (price.per_ms() == 0) {
    return fmt::format("{} x {} {}{} nano-USD = {} USD", price.rate.nano_usd, quantity.amount,
                       to_string(price.unit), quantity.amount == 1 ? "" : "s", amount);
  }
  return fmt::format("floor({} x {} ms / {} ms) nano-USD = {} USD", price.rate.nano_usd,
                     billable(price, quantity), price.per_ms(), amount);
}

}  // namespace understudy::money
