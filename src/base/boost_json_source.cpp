// The one place where Boost.JSON is compiled (7 s); every other file sees only its declarations.
#include <boost/json/src.hpp>
