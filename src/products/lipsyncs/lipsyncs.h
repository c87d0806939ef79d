// Lipsync: the person in a film says another sound. This file is the product's rules: what a
// request may say and what it will cost. No HTTP, no SQL, no pixels. Contract: POST /v3/lipsyncs.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "api/job_kind.h"
#include "base/json.h"
#include "base/result.h"
#include "media/frame_rate.h"
