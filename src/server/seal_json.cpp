#include "server/seal_json.h"

#include <string>

namespace understudy::server {
namespace {

constexpr std::size_t kKnownMax = 1000;
constexpr std::size_t kHashBytes = 32;

// Empty when it is no hash in hexadecimal.
std::string hash_from(std::string_view text) {
  const auto digit = [](char c) {
    if (c >= '0' && c <= '9') return c - '0';
    if (c >= 'a' && c <= 'f') return c - 'a' + 10;
    return c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
  };
  if (text.size() != 2 * kHashBytes) return {};
  std::string bytes;
  for (std::size_t i = 0; i < text.size(); i += 2) {
    if (digit(text[i]) < 0 || digit(text[i + 1]) < 0) return {};
    bytes += static_cast<char>(digit(text[i]) * 16 + digit(text[i + 1]));
  }
  return bytes;
}

tl::unexpected<Error> no_list() {
  return fail(ErrorCode::invalid_parameter, "'seals' must be a list of {number, hash}.", "seals");
}

}  // namespace

json::object seal_json(const money::Seal& seal) {
  return {{"number", seal.number},
          {"wallets", seal.wallets},
          {"root", to_hex(seal.root)},
          {"previous", string_or_null(to_hex(seal.previous))},
          {"created_at_ms", seal.created_at_ms},
          {"hash", to_hex(seal.hash)},
          {"signature", to_hex(seal.signature)}};
}

Result<std::vector<money::Seal>> known_seals(const json::object& body) {
  const auto* list = array_or_null(body, "seals");
  if (list == nullptr || list->size() > kKnownMax) return no_list();
  std::vector<money::Seal> known;
  for (const auto& entry : *list) {
    const auto* object = entry.if_object();
    const auto* number = object != nullptr ? object->if_contains("number") : nullptr;
    const bool is_number = number != nullptr && number->is_int64() && number->get_int64() > 0 &&
                           number->get_int64() < money::kNever;
    if (!is_number) return no_list();
    money::Seal seal{.number = number->get_int64()};
    seal.hash = hash_from(string_or(*object, "hash"));
    if (seal.hash.empty()) return no_list();
    known.push_back(std::move(seal));
  }
  return known;
}

}  // namespace understudy::server
