#pragma once

#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <vector>

#include "codec/probe_answers.h"
#include "core/machine/catalog_match.h"
#include "host/catalog_io/load.h"
#include "host/files/files.h"

namespace rigwise {

inline const Catalog& whole_catalog() {
  static const Catalog kCatalog = [] {
    Result<LoadedCatalog> loaded = load_catalog({});
    EXPECT_TRUE(loaded.has_value());
    return std::move(loaded->catalog);
  }();
  return kCatalog;
}

inline const std::string kRecordings = std::string(RIGWISE_SOURCE_DIR) + "/tests/probe/machines/";

inline std::vector<ProbeAnswer> recorded(const std::string& name) {
  const Result<std::string> text = read_file(kRecordings + name + ".txt");
  EXPECT_TRUE(text.has_value()) << name;
  return parse_probe_report(text.value_or(""));
}

inline FoundMachine found(const std::string& name) { return find_machine(read_probe_answers(recorded(name))); }

/// The recording without one of its answers.
inline FoundMachine found_without(const std::string& name, const std::string& answer) {
  std::vector<ProbeAnswer> answers = recorded(name);
  std::erase_if(answers, [&](const ProbeAnswer& a) { return a.name == answer; });
  return find_machine(read_probe_answers(answers));
}

}  // namespace rigwise
