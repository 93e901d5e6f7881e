#pragma once

// One include for both Catch2 versions.
#ifdef SANDLINT_CATCH3
#include <catch2/catch_all.hpp>
#else
#include <catch2/catch.hpp>
#endif
