// The variables of a composition: where they are declared, what they are without a request, and
// where they go in a page (the contract of compositions: data-composition-variables, data-var-text,
// data-var-src, --name).
#pragma once

#include <vector>

#include "base/json.h"
#include "browser/composition.h"
#include "browser/html_document.h"

namespace understudy::browser {

// Adds those that the element declares; a declaration that cannot be read declares nothing (lint
// says so).
void declare(const HtmlNode& node, std::vector<Variable>& variables);

json::object defaults_of(const std::vector<Variable>& variables);

// What `more` says wins.
void merge(json::object& into, const json::object& more);

// Texts, sources and custom properties of everything in `scope`.
void bind_variables(HtmlNode& scope, const json::object& values);

}  // namespace understudy::browser
