#include "money/credit_prices.h"

#include <fmt/format.h>

#include "money/ledger.h"

namespace understudy::money {
namespace {

constexpr int kVersion1 = kCreditVersions + 1;

Price row(std::string_view item, PriceUnit unit, std::int64_t nano_credits) {
  return {.item = item,
          .heading = "Plan credits",
          .row = item,
          .unit = unit,
          .rate = Money{nano_credits},
          .quantum_ms = 1};
}

std::vector<Price> rows_of_version_1() {
  using enum PriceUnit;
  return {
      row("avatar_video.avatar_v.digital_twin", second, 100'000'000),
      row("avatar_video.avatar_iv.photo_avatar", second, 100'000'000),
      row("avatar_video.avatar_iv.digital_twin", second, 100'000'000),
      row("avatar_video.avatar_iv.studio_avatar", second, 100'000'000),
      row("avatar_video.avatar_iii.digital_twin", second, 3'300'000),
      row("avatar_video.avatar_iii.studio_avatar", second, 3'300'000),
      row("avatar_video.avatar_iii.photo_avatar", second, 3'300'000),
      row("realtime.session", second, 50'000'000),
      row("video_agent.prompt_to_video", second, 66'700'000),
      row("video_translation.speed.audio_only", second, 50'000'000),
      row("video_translation.speed.lip_sync", second, 50'000'000),
      row("video_translation.precision.lip_sync", second, 100'000'000),
      row("lipsync.speed", second, 50'000'000),
      row("lipsync.precision", second, 100'000'000),
      row("speech.starfish", second, 333'000),
      row("avatar_creation.digital_twin", call, 1'000'000'000),
      row("avatar_creation.photo_avatar", call, 1'000'000'000),
  };
}

}  // namespace

const PriceBook& credit_prices_version_1() {
  static const PriceBook book = PriceBook::make(kVersion1, rows_of_version_1()).value();
  return book;
}

const PriceBook& book_for(const PriceBook& dollars, std::string_view wallet_id) {
  return is_credits_wallet(wallet_id) ? credit_prices_version_1() : dollars;
}

Result<Offer> offer(const PriceBook& book, std::string_view wallet_id, std::string_view item) {
  TRY_ASSIGN(const auto in_dollars, book.find(item));
  if (!is_credits_wallet(wallet_id)) return Offer{in_dollars, book.version()};
  const PriceBook& credits = credit_prices_version_1();
  const auto in_credits = credits.find(item);
  if (!in_credits) {
    return fail(ErrorCode::plan_upgrade_required,
                "The credits of a plan do not pay for this; use an API key.");
  }
  return Offer{*in_credits, credits.version()};
}

std::string credit_formula(const Price& price, Quantity quantity) {
  std::string text = formula(price, quantity);
  for (std::size_t at = 0; (at = text.find("USD", at)) != std::string::npos;) {
    text.replace(at, 3, "credits");
  }
  return text;
}

}  // namespace understudy::money
