// Templates as the public API spells them: TemplateSummary and Template of the contract, and the
// document that our extension takes and gives.
#pragma once

#include "accounts/document_store.h"
#include "api/links.h"
#include "base/json.h"
#include "jobs/job.h"

namespace understudy::templates {

json::object summary_json(const accounts::Document& document, const api::LinkFunction& link);
json::object template_json(const accounts::Document& document, const api::LinkFunction& link);

// As it was written, with links in place of its files: it can be written back.
json::object document_json(const accounts::Document& document, const api::LinkFunction& link);

}  // namespace understudy::templates
