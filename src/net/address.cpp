#include "net/address.h"

#include <algorithm>
#include <array>
#include <cstdint>
#include <cstring>

#include <arpa/inet.h>
#include <netinet/in.h>

namespace understudy::net {
namespace {

struct V4Block {
  std::uint32_t network;
  int bits;
};

constexpr std::uint32_t v4(unsigned a, unsigned b, unsigned c, unsigned d) {
  return (a << 24) | (b << 16) | (c << 8) | d;
}

constexpr std::array kClosedV4 = {
    V4Block{v4(0, 0, 0, 0), 8},        // this network
    V4Block{v4(10, 0, 0, 0), 8},       // private
    V4Block{v4(100, 64, 0, 0), 10},    // shared by carriers
    V4Block{v4(127, 0, 0, 0), 8},      // loopback
    V4Block{v4(169, 254, 0, 0), 16},   // link-local, cloud metadata
    V4Block{v4(172, 16, 0, 0), 12},    // private
    V4Block{v4(192, 0, 0, 0), 24},     // protocol assignments
    V4Block{v4(192, 0, 2, 0), 24},     // documentation
    V4Block{v4(192, 88, 99, 0), 24},   // 6to4 relays
    V4Block{v4(192, 168, 0, 0), 16},   // private
    V4Block{v4(198, 18, 0, 0), 15},    // benchmarks
    V4Block{v4(198, 51, 100, 0), 24},  // documentation
    V4Block{v4(203, 0, 113, 0), 24},   // documentation
    V4Block{v4(224, 0, 0, 0), 4},      // multicast
    V4Block{v4(240, 0, 0, 0), 4},      // reserved, broadcast
};

bool is_public_v4(std::uint32_t address) {
  return std::none_of(kClosedV4.begin(), kClosedV4.end(), [address](const V4Block& block) {
    return (address >> (32 - block.bits)) == (block.network >> (32 - block.bits));
  });
}

// An IPv6 address is public only inside 2000::/3, which leaves out loopback, v4-mapped, NAT64
// (64:ff9b::/96), unique local (fc00::/7), link-local and multicast at once.
bool is_public_v6(const std::uint8_t* bytes) {
  const unsigned first = (static_cast<unsigned>(bytes[0]) << 8) | bytes[1];
  const unsigned second = (static_cast<unsigned>(bytes[2]) << 8) | bytes[3];
  if ((first >> 13) != 1) return false;
  if (first == 0x2001 && second < 0x0200) return false;   // Teredo, ORCHID, protocol assignments
  if (first == 0x2001 && second == 0x0db8) return false;  // documentation
  if (first == 0x2002) return false;                      // 6to4: carries an IPv4 address
  if (first == 0x3fff && second < 0x1000) return false;   // documentation (RFC 9637)
  return true;
}

}  // namespace

bool is_public_address(const sockaddr* address, socklen_t size) {
  if (address->sa_family == AF_INET && size >= sizeof(sockaddr_in)) {
    sockaddr_in v4_address;
    std::memcpy(&v4_address, address, sizeof v4_address);
    return is_public_v4(ntohl(v4_address.sin_addr.s_addr));
  }
  if (address->sa_family == AF_INET6 && size >= sizeof(sockaddr_in6)) {
    sockaddr_in6 v6_address;
    std::memcpy(&v6_address, address, sizeof v6_address);
    return is_public_v6(v6_address.sin6_addr.s6_addr);
  }
  return false;
}

bool is_public_address(std::string_view text) {
  const std::string terminated(text);
  in_addr v4_address;
  if (::inet_pton(AF_INET, terminated.c_str(), &v4_address) == 1) {
    return is_public_v4(ntohl(v4_address.s_addr));
  }
  in6_addr v6_address;
  return ::inet_pton(AF_INET6, terminated.c_str(), &v6_address) == 1 &&
         is_public_v6(v6_address.s6_addr);
}

std::string to_text(const sockaddr* address, socklen_t size) {
  std::array<char, INET6_ADDRSTRLEN> text{};
  if (address->sa_family == AF_INET && size >= sizeof(sockaddr_in)) {
    sockaddr_in v4_address;
    std::memcpy(&v4_address, address, sizeof v4_address);
    ::inet_ntop(AF_INET, &v4_address.sin_addr, text.data(), text.size());
  } else if (address->sa_family == AF_INET6 && size >= sizeof(sockaddr_in6)) {
    sockaddr_in6 v6_address;
    std::memcpy(&v6_address, address, sizeof v6_address);
    ::inet_ntop(AF_INET6, &v6_address.sin6_addr, text.data(), text.size());
  }
  return text.data();
}

}  // namespace understudy::net
