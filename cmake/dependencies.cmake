# System packages (Debian 12, Ubuntu 24.04, Homebrew), each behind one target name of ours.
find_package(PkgConfig REQUIRED)
# One flag for every target (re2 asks for it): a precompiled header is only good for the flags that it
# was made with.
add_compile_options(-pthread)
add_link_options(-pthread)
find_package(nlohmann_json REQUIRED)
find_package(fmt REQUIRED)
find_package(yaml-cpp REQUIRED)
find_package(CLI11 REQUIRED)
find_package(pugixml REQUIRED)
find_package(ZLIB REQUIRED)  # libgit2 needs it too
find_package(tomlplusplus QUIET)

function(sandlint_alias name target)
  add_library(sandlint_${name} INTERFACE)
  target_link_libraries(sandlint_${name} INTERFACE ${target})
  add_library(sandlint::${name} ALIAS sandlint_${name})
endfunction()

if(NOT TARGET tomlplusplus::tomlplusplus)
  pkg_check_modules(TOMLPLUSPLUS REQUIRED IMPORTED_TARGET tomlplusplus)
  sandlint_alias(toml PkgConfig::TOMLPLUSPLUS)
else()
  sandlint_alias(toml tomlplusplus::tomlplusplus)
endif()
# Parse results are values here, never exceptions.
target_compile_definitions(sandlint_toml INTERFACE TOML_EXCEPTIONS=0)

if(TARGET yaml-cpp::yaml-cpp)
  sandlint_alias(yaml yaml-cpp::yaml-cpp)
else()
  sandlint_alias(yaml yaml-cpp)
endif()
if(TARGET pugixml::pugixml)
  sandlint_alias(pugixml pugixml::pugixml)
else()
  sandlint_alias(pugixml pugixml)
endif()
sandlint_alias(cli11 CLI11::CLI11)

pkg_check_modules(RE2 REQUIRED IMPORTED_TARGET re2)
sandlint_alias(re2 PkgConfig::RE2)
pkg_check_modules(LIBGIT2 REQUIRED IMPORTED_TARGET libgit2)
sandlint_alias(libgit2 PkgConfig::LIBGIT2)
pkg_check_modules(TREE_SITTER REQUIRED IMPORTED_TARGET tree-sitter)

# The grammars are C sources from npm (`npm ci --ignore-scripts`, versions in package-lock.json).
set(grammar_sources)
foreach(grammar json bash)
  set(folder ${CMAKE_SOURCE_DIR}/node_modules/tree-sitter-${grammar}/src)
  if(NOT EXISTS ${folder}/parser.c)
    message(FATAL_ERROR "tree-sitter-${grammar} is missing: run `npm ci --ignore-scripts` (or `make deps`) first")
  endif()
  list(APPEND grammar_sources ${folder}/parser.c)
  if(EXISTS ${folder}/scanner.c)
    list(APPEND grammar_sources ${folder}/scanner.c)
  endif()
  # Each parser.c includes its own tree_sitter/parser.h.
  set_source_files_properties(${folder}/parser.c ${folder}/scanner.c
                              PROPERTIES COMPILE_OPTIONS "-w;-O1;-I${folder}")
endforeach()
add_library(sandlint_grammars STATIC ${grammar_sources})
add_library(sandlint_tree_sitter INTERFACE)
target_link_libraries(sandlint_tree_sitter INTERFACE sandlint_grammars PkgConfig::TREE_SITTER)
add_library(sandlint::tree_sitter ALIAS sandlint_tree_sitter)
