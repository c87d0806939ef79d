// Which network addresses a fetch on a customer's behalf may reach: globally routable unicast only.
// Sources: IANA special-purpose address registries (RFC 6890 and its updates), RFC 6052 (NAT64),
// RFC 3056 (6to4), RFC 4380 (Teredo), RFC 4291 (v4-mapped).
#pragma once

#include <string>
#include <string_view>

#include <sys/socket.h>

namespace understudy::net {

// False for every private, loopback, link-local, shared (CGNAT), multicast, documentation, reserved
// or translating address, for v4-mapped ones, and for every family but IPv4 and IPv6.
bool is_public_address(const sockaddr* address, socklen_t size);

// The same for text such as "10.0.0.1" or "fe80::1"; false when it is no address at all.
bool is_public_address(std::string_view text);

std::string to_text(const sockaddr* address, socklen_t size);  // for the log

}  // namespace understudy::net
