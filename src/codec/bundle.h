#pragma once

#include <string>
#include <string_view>

namespace rigwise {

// The bundle, byte for byte:
//   rigwise-bundle 1 <newline>
//   schema S <newline> as_of DATE <newline> hash SHA256 <newline>
//   then per file: `R PATH BYTES <newline>` and a flat record (record.h), or `T PATH BYTES <newline>` and a table
//   verbatim end <newline>

/// What a bundle says about itself.
struct BundleHeader {
  std::string schema, as_of, content_hash;
};

inline constexpr std::string_view kCatalogSchema = "1";

/// Puts a bundle together.
class BundleWriter {
 public:
  explicit BundleWriter(const BundleHeader& header);
  void add_record(std::string_view path, std::string_view flat) { add('R', path, flat); }
  void add_table(std::string_view path, std::string_view text) { add('T', path, text); }
  std::string take();

 private:
  void add(char kind, std::string_view path, std::string_view text);
  std::string out_;
};

}  // namespace rigwise
