#include "paths.h"

const char* const kSourceDir = SANDLINT_SOURCE_DIR;
const char* const kBuildDir = SANDLINT_BUILD_DIR;
const char* const kBinary = SANDLINT_BUILD_DIR "/sandlint";
const char* const kProbe = SANDLINT_BUILD_DIR "/sandlint-probe";
