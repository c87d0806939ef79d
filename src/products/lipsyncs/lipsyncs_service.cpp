#include "products/lipsyncs/lipsyncs_service.h"

#include <algorithm>

#include "jobs/webhook_rules.h"
#include "media/inspect.h"
