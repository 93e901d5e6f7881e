# Warnings and hardening, the same for every target of ours.
function(sandlint_options target)
  target_compile_options(${target} PRIVATE -Wall -Wextra -Wpedantic -Wshadow -Wconversion
                                           -Wno-missing-field-initializers)
  # GCC 12 sees overlaps and overflows inside of its own std::string once it optimises (bugs 105329,
  # 105651): nothing of ours can silence them.
  if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
    target_compile_options(${target} PRIVATE -Wno-restrict -Wno-stringop-overflow -Wno-array-bounds
                                             -Wno-stringop-overread -Wno-maybe-uninitialized)
  endif()
  if(SANDLINT_WERROR)
    target_compile_options(${target} PRIVATE -Werror)
  endif()
endfunction()

# sandlint_folder(path LINKS folders… DEPENDS libraries…): the static library of one folder, named
# after it with `_` for `/`. Sources are what lies in the folder: a new file needs no line here.
function(sandlint_folder path)
  cmake_parse_arguments(arg "" "" "LINKS;DEPENDS" ${ARGN})
  string(REPLACE "/" "_" name ${path})
  string(REPLACE "/" "_" links "${arg_LINKS}")
  file(GLOB sources CONFIGURE_DEPENDS ${path}/*.cpp)
  add_library(${name} STATIC ${sources})
  target_include_directories(${name} PUBLIC ${CMAKE_SOURCE_DIR})
  target_link_libraries(${name} PUBLIC ${links} fmt::fmt PRIVATE ${arg_DEPENDS})
  sandlint_options(${name})
  if(name STREQUAL model)
    target_precompile_headers(model PRIVATE <algorithm> <array> <cstdint> <functional> <map> <memory>
                              <optional> <set> <span> <string> <string_view> <utility> <vector>
                              <fmt/format.h>)
  else()
    target_precompile_headers(${name} REUSE_FROM model)
  endif()
endfunction()
