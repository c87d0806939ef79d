// An input named by a URL that this server gave out itself: a signed link (api/links.h), a file of
// the library, a preview. It is read in place, by the handler that would answer the request, so a
// server without an address of its own can use what it made, and no request leaves the house.
//
// The path alone decides: how clients reach the server (a proxy, a mapped port) is not known to it.
// A signed link shows by its signature that it is this server's and that its holder may read it;
// the other files are public, and the same in every installation.
#pragma once

#include <vector>

#include "api/http.h"
#include "jobs/input_resolver.h"

namespace understudy::api {

// Keeps those of `routes` that serve files to everybody. What the handlers refer to outlives the
// result. Errors of what it finds: download_failed (the link has expired), and what the handlers
// say but forbidden and not_found, where the URL is taken for somebody else's. Any thread.
jobs::FindOwnFile own_links(const std::vector<Route>& routes);

}  // namespace understudy::api
