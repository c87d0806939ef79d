# Every library outside the project, as an imported target with a name of our own. Debian 12's packages
# are the reference; docs/decisions/ says why each is here.
find_package(PkgConfig REQUIRED)
find_package(Threads REQUIRED)
find_package(Boost 1.81 REQUIRED)  # headers only: Beast, Asio, JSON, URL
find_package(OpenSSL REQUIRED)

# understudy_pkg(<target> <pkg-config modules ...>)
function(understudy_pkg target)
  pkg_check_modules(${target} REQUIRED IMPORTED_TARGET GLOBAL ${ARGN})
  add_library(dep::${target} ALIAS PkgConfig::${target})
endfunction()

understudy_pkg(curl libcurl)
understudy_pkg(sqlite sqlite3)
understudy_pkg(postgres libpq)
understudy_pkg(fmt fmt)
understudy_pkg(spdlog spdlog)
understudy_pkg(ffmpeg libavformat libavcodec libavfilter libavutil libswscale libswresample)
understudy_pkg(cairo cairo)
understudy_pkg(pango pangocairo)
understudy_pkg(seccomp libseccomp)
understudy_pkg(expat expat)
understudy_pkg(argon2 libargon2)
understudy_pkg(gumbo gumbo)
understudy_pkg(zip libzip)

# pocketsphinx's pkg-config file names a folder that does not exist.
find_path(sphinx_include pocketsphinx.h PATH_SUFFIXES pocketsphinx REQUIRED)
find_path(sphinxbase_include sphinxbase/err.h REQUIRED)
add_library(dep_sphinx INTERFACE)
target_include_directories(dep_sphinx SYSTEM INTERFACE ${sphinx_include} ${sphinxbase_include} ${sphinxbase_include}/sphinxbase)
target_link_libraries(dep_sphinx INTERFACE pocketsphinx sphinxbase)
add_library(dep::sphinx ALIAS dep_sphinx)

# flite and espeak-ng have no usable pkg-config file on Debian 12.
add_library(dep_flite INTERFACE)
target_link_libraries(dep_flite INTERFACE flite_cmu_us_slt flite_cmu_us_rms flite_cmu_us_awb
  flite_usenglish flite_cmulex flite m)
add_library(dep::flite ALIAS dep_flite)
add_library(dep_espeak INTERFACE)
target_link_libraries(dep_espeak INTERFACE espeak-ng)
add_library(dep::espeak ALIAS dep_espeak)

# Faces. OpenCV's own CMake package asks for every module's development files; dlib's pkg-config file for X11.
find_path(opencv_include opencv2/core.hpp PATH_SUFFIXES opencv4 REQUIRED)
add_library(dep_opencv INTERFACE)
target_include_directories(dep_opencv SYSTEM INTERFACE ${opencv_include})
target_link_libraries(dep_opencv INTERFACE opencv_objdetect opencv_video opencv_imgproc opencv_core)
add_library(dep::opencv ALIAS dep_opencv)
add_library(dep_dlib INTERFACE)
target_link_libraries(dep_dlib INTERFACE dlib lapack blas)
add_library(dep::dlib ALIAS dep_dlib)

# Boost's headers are not ours to lint.
add_library(dep_boost INTERFACE)
target_include_directories(dep_boost SYSTEM INTERFACE ${Boost_INCLUDE_DIRS})
target_compile_definitions(dep_boost INTERFACE BOOST_ASIO_SEPARATE_COMPILATION BOOST_BEAST_SEPARATE_COMPILATION
  BOOST_ASIO_NO_DEPRECATED)
add_library(dep::boost ALIAS dep_boost)

# The Snowball stemmers; no pkg-config file.
add_library(dep_stemmer INTERFACE)
target_link_libraries(dep_stemmer INTERFACE stemmer)
add_library(dep::stemmer ALIAS dep_stemmer)

# Time zones; its CMake package says how Debian built it.
find_package(date REQUIRED CONFIG)
add_library(dep::date ALIAS date::date-tz)
