// The languages of espeak-ng 1.51 with the names and locales that our catalogue shows. A table, so
// that the API can list voices without starting anything; a test compares it with what the
// installed espeak-ng reports.
#pragma once

#include <span>

namespace understudy::speech {

struct EspeakRow {
  const char* code;          // espeak-ng's language code; part of voice ids, so it never changes
  const char* name;          // "Spanish (Spain)"
  const char* locale;        // BCP 47
  const char* file;          // the voice of espeak-ng that speaks it
  const char* preview_text;  // empty: it counts, which espeak-ng does in every language
};

std::span<const EspeakRow> espeak_rows();  // by name

}  // namespace understudy::speech
