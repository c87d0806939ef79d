// The API reference and llms.txt as tools/generate_reference.py makes them, with marks that
// documents.cpp replaces: "@501 METHOD PATH@" after each operation, "@UNBUILT@", "@BASE@".
#pragma once

#include <string>

namespace understudy::api {

const std::string& reference_page();  // HTML
const std::string& llms_text();       // Markdown

}  // namespace understudy::api
