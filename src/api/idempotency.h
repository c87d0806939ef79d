// The answer that a handler stores in the transaction of its effect, so that a repeat of the
// request gets the same bytes (see IdempotencyTicket in http.h).
#pragma once

#include "api/http.h"
#include "jobs/job_store.h"

namespace understudy::api {

inline jobs::StoredAnswer stored_answer(const IdempotencyTicket& ticket, const Response& response) {
  return {.scope = ticket.scope,
          .key = ticket.key,
          .status = response.status,
          .body = response.text ? *response.text : to_text(response.body)};
}

}  // namespace understudy::api
