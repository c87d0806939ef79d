#include "api/job_submit.h"

#include "api/error_envelope.h"
#include "api/idempotency.h"
#include "base/id.h"

namespace understudy::api {
namespace {

Error error_of_entry(Error error, std::string_view entries_field, int index) {
  // The batch itself is there, so nothing is "not found".
  if (http_status(error.code) == 404) error.code = ErrorCode::invalid_parameter;
  error.message = "Entry " + std::to_string(index) + " of '" + std::string(entries_field) +
                  "': " + error.message;
  error.param = entries_field;
  return error;
}

Result<Response> submit(jobs::JobStore& queue, const Request& request, jobs::Submission& submission,
                        Response response) {
  submission.answer = stored_answer(request, response);
  TRY(queue.submit(submission));
  response.is_answer_stored = true;
  return response;
}

}  // namespace

Result<Response> submit_job(jobs::JobStore& queue, const Request& request, jobs::NewJob job,
                            const JobAnswer& answer) {
  Response response = answer(job);
  jobs::Submission submission;
  submission.jobs.push_back(std::move(job));
  return submit(queue, request, submission, std::move(response));
}

Result<Response> submit_batch(jobs::JobStore& queue, const Request& request,
                              std::string_view entries_field, std::int64_t now_ms,
                              const PlanJob& plan) {
  const json::object& body = request.object();
  const std::string batch_id = new_id(now_ms);
  const std::string callback_url = string_or(body, "callback_url");
  jobs::Submission submission;
  int index = 0;
  for (const auto& entry : body.at(entries_field).get_array()) {
    auto job = plan(entry.get_object());
    if (!job)
      return tl::make_unexpected(error_of_entry(std::move(job).error(), entries_field, index));
    job->batch_id = batch_id;
    job->batch_index = index++;
    job->request["batch_title"] = string_or(body, "title");
    if (!callback_url.empty()) job->request["batch_callback_url"] = callback_url;
    submission.jobs.push_back(*std::move(job));
  }
  return submit(queue, request, submission,
                data_response(json::object{{"batch_id", batch_id}}, 202));
}

}  // namespace understudy::api
