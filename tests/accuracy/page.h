#pragma once

#include "sections.h"
#include "study.h"

namespace rigwise {

/// The generated places of docs/accuracy.md.
Sections accuracy_sections(const Study& study);

/// The generated place of README.md.
Sections readme_sections(const Study& study);

// Tables of the page, one function a place (tables.cc, misses.cc).
std::string classes_table(const Study& study);
std::string plain_table(const Study& study);      ///< per-device terms off
std::string constants_table(const Study& study);  ///< each fitted constant with its groups
std::string groups_tables(const Study& study);    ///< by vendor, backend, engine, model kind, format class, tier
std::string weak_groups_table(const Study& study);
std::string devices_table(const Study& study);    ///< devices that are furthest off as a whole
std::string misses_table(const Study& study);     ///< the largest single misses
std::string left_out_tables(const Study& study);  ///< skipped and refused rows by reason
std::string own_runs_table(const Study& study);   ///< what one run says of the others of its machine

}  // namespace rigwise
