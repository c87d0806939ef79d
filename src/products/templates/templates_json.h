// Templates as the public API spells them: TemplateSummary and Template of the contract, and the
// document that our extension takes and gives.
#pragma once

#include <functional>
#include <string>

#include "accounts/document_store.h"
#include "base/json.h"
#include "jobs/job.h"

namespace understudy::templates {

// An expiring URL for a file.
using LinkFunction = std::function<std::string(const jobs::BlobRef&)>;

json::object summary_json(const accounts::Document& document, const LinkFunction& link);
json::object template_json(const accounts::Document& document, const LinkFunction& link);

// As it was written, with links in place of its files: it can be written back.
json::object document_json(const accounts::Document& document, const LinkFunction& link);

}  // namespace understudy::templates
