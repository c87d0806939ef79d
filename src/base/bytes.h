// Bytes: hashes, encodings and random numbers, all over OpenSSL's libcrypto.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace understudy {

using Sha256 = std::array<std::uint8_t, 32>;

Sha256 sha256(std::string_view bytes);
Sha256 hmac_sha256(std::string_view key, std::string_view bytes);

std::string to_hex(std::string_view bytes);
std::string to_hex(const Sha256& digest);
std::string sha256_hex(std::string_view bytes);

std::string to_base64(std::string_view bytes);
std::optional<std::string> from_base64(std::string_view text);  // strict RFC 4648, with padding
std::string to_base64url(std::string_view bytes);               // without padding
std::optional<std::string> from_base64url(std::string_view text);

// `count` bytes from the system's generator; the program ends when it has none to give.
std::string random_bytes(std::size_t count);

// True when equal; the time taken does not depend on where they differ.
bool equal_in_constant_time(std::string_view a, std::string_view b);

// Incremental SHA-256 for streams.
class Sha256Stream {
 public:
  Sha256Stream();
  ~Sha256Stream();
  Sha256Stream(const Sha256Stream&) = delete;
  Sha256Stream& operator=(const Sha256Stream&) = delete;

  void update(std::string_view bytes);
  Sha256 finish();  // once

 private:
  void* context_;  // EVP_MD_CTX
};

}  // namespace understudy
