#pragma once

// toml++ 3.3 as this folder uses it: errors are values, and its assertions are off. Broken UTF-8 trips one in
// parse_key() although the lines after it refuse the input in words; and with NDEBUG some of them become promises to
// clang's optimiser, which input can break. The fuzz targets needs_toml and catalog_toml watch over what lies behind.
#undef NDEBUG
#define TOML_EXCEPTIONS 0
#define TOML_ASSERT(expression) static_assert(true)

#include <toml++/toml.h>
