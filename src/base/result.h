// Result<T>: a value or an Error. Every function that can fail for a reason outside the program
// returns one; exceptions from libraries stop at the adapter that calls the library.
#pragma once

#include <string>
#include <utility>

#include <tl/expected.hpp>

#include "base/error.h"

namespace understudy {

template <class T>
using Result = tl::expected<T, Error>;

inline tl::unexpected<Error> fail(ErrorCode code, std::string message, std::string param = {}) {
  Error error;
  error.code = code;
  error.message = std::move(message);
  error.param = std::move(param);
  return tl::make_unexpected(std::move(error));
}

// The same, with the text that only the log shows.
inline tl::unexpected<Error> fail_with_detail(ErrorCode code, std::string message,
                                              std::string detail) {
  Error error;
  error.code = code;
  error.message = std::move(message);
  error.detail = std::move(detail);
  return tl::make_unexpected(std::move(error));
}

}  // namespace understudy

#define UNDERSTUDY_CONCAT_(a, b) a##b
#define UNDERSTUDY_CONCAT(a, b) UNDERSTUDY_CONCAT_(a, b)

// TRY(expression): leave the function with the error, if there is one.
#define TRY(expression)                                            \
  do {                                                             \
    if (auto try_result = (expression); !try_result)               \
      return ::tl::make_unexpected(std::move(try_result).error()); \
  } while (false)

// TRY_ASSIGN(auto x, expression): the same, and keep the value.
#define TRY_ASSIGN(declaration, expression)                                             \
  auto UNDERSTUDY_CONCAT(try_, __LINE__) = (expression);                                \
  if (!UNDERSTUDY_CONCAT(try_, __LINE__))                                               \
    return ::tl::make_unexpected(std::move(UNDERSTUDY_CONCAT(try_, __LINE__)).error()); \
  declaration = *std::move(UNDERSTUDY_CONCAT(try_, __LINE__))
