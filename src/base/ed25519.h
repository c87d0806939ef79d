// Ed25519 signatures (RFC 8032), over OpenSSL's libcrypto. Keys, seeds and signatures are raw
// bytes.
#pragma once

#include <string>
#include <string_view>

namespace understudy {

inline constexpr std::size_t kEd25519SeedBytes = 32;

// `seed`: 32 secret bytes. The program ends when it has another size: whoever keeps it checks it.
std::string ed25519_public_key(std::string_view seed);                      // 32 bytes
std::string ed25519_sign(std::string_view seed, std::string_view message);  // 64 bytes

// False also for a key or signature that is none.
bool ed25519_verify(std::string_view public_key, std::string_view signature,
                    std::string_view message);

}  // namespace understudy
