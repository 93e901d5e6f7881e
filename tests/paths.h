#pragma once

// Where this build and its sources stand: absolute paths without a slash at the end. Known to one
// file only, so that no other object depends on the place of a clone.
extern const char* const kSourceDir;
extern const char* const kBuildDir;
extern const char* const kBinary;  ///< the program under test
extern const char* const kProbe;   ///< the static program that runs inside of sandboxes
