// PlanGate: a JobStore that asks an account's plan before it accepts work that the plan's credits
// pay for: jobs at once (429), a trial's limits (402). Submissions of one account are looked at one
// after the other, so that the limits hold whatever comes at the same moment to this server. Work
// that the wallet pays passes untouched.
#pragma once

#include <memory>

#include "accounts/plan_allocator.h"
#include "jobs/job_store.h"

namespace understudy::jobs {

// All are borrowed; they outlive the gate. A job tells its length in milliseconds as the member
// estimate_ms of its request.
std::unique_ptr<JobStore> make_plan_gate(JobStore& store, accounts::PlanAllocator& plans,
                                         accounts::PlanStore& use);

}  // namespace understudy::jobs
