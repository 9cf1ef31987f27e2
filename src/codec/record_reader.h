#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "codec/table_reader.h"
#include "core/base/provenance.h"
#include "core/facts/device.h"

namespace rigwise {

/// Reads one catalog record table by table. Ask for every table the kind may have, then call done().
class RecordReader {
 public:
  RecordReader(const Record& record, std::vector<Diagnostic>& faults);

  TableReader& root() { return root_; }
  /// `[name]`; a reader of nothing when absent.
  TableReader table(std::string_view name);
  /// Every `[[name]]`.
  std::vector<TableReader> tables(std::string_view name);

  /// The keys every record has: id (= file name), name, aliases, notes, [[source]].
  template <class Thing>
  void read_common(Thing& thing) {
    read_identity(thing.id, thing.name);
    if constexpr (requires { thing.aliases; }) root_.read("aliases", thing.aliases);
    root_.read("notes", thing.notes);
    read_sources(thing.sources);
  }
  std::vector<Quote> quotes();

  /// Reports unknown keys of the root, unknown tables, and sources that cover nothing the record has.
  void done();

 private:
  void read_identity(std::string& id, std::string& name);
  void read_sources(std::vector<Source>& sources);

  const Record* record_;
  std::vector<Diagnostic>* faults_;
  TableReader root_;
  std::vector<std::string_view> asked_;
  const std::vector<Source>* sources_ = nullptr;
};

}  // namespace rigwise
