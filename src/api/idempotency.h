// The answer that a handler stores in the transaction of its effect, so that a repeat of the
// request gets the same bytes (see IdempotencyTicket in http.h).
#pragma once

#include <optional>

#include "api/http.h"
#include "jobs/job_store.h"

namespace understudy::api {

// Nothing, when the request has no Idempotency-Key.
inline std::optional<jobs::StoredAnswer> stored_answer(const Request& request,
                                                       const Response& response) {
  if (!request.idempotency) return std::nullopt;
  return jobs::StoredAnswer{.scope = request.idempotency->scope,
                            .key = request.idempotency->key,
                            .status = response.status,
                            .body = response.text ? *response.text : to_text(response.body)};
}

}  // namespace understudy::api
