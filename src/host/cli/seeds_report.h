#pragma once

#include <string>

#include "codec/json_text.h"
#include "host/cli/console.h"

namespace rigwise {

/// The sections in short: how many cells, how many of them we derive, whether the section comes out.
Table seeds_summary(const Json& response);

/// The contradictions of the seeds and what became of them.
Table conflicts_table(const Json& response);

/// One section as a person would print it: rows and columns of the document with our figures, the seed's where they
/// differ, our predictions beside printed speeds, and the reasons.
void print_seed_section(const Console& console, const Json& section, bool diff);

/// docs/seeds.md.
std::string seeds_page(const Json& response);

}  // namespace rigwise
