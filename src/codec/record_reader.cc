#include "codec/record_reader.h"

#include <algorithm>

#include "core/base/text.h"

namespace rigwise {
namespace {

/// "devices/nvidia/x.toml" -> "x". Ids may hold dots: only the ending goes.
std::string_view stem_of(std::string_view path) {
  path = path.substr(path.rfind('/') + 1);
  return path.ends_with(".toml") ? path.substr(0, path.size() - 5) : path;
}

}  // namespace

RecordReader::RecordReader(const Record& record, std::vector<Diagnostic>& faults)
    : record_(&record), faults_(&faults), root_(record, &record.tables[0], faults) {}

TableReader RecordReader::table(std::string_view name) {
  asked_.push_back(name);
  const RecordTable* found = record_->table(name);
  TableReader reader(*record_, found, *faults_);
  if (found != nullptr && found->repeated)
    reader.fault("", "\"" + std::string(name) + "\" stands once in a file", "[" + std::string(name) + "]");
  return reader;
}

std::vector<TableReader> RecordReader::tables(std::string_view name) {
  asked_.push_back(name);
  std::vector<TableReader> readers;
  for (const RecordTable& t : record_->tables) {
    if (t.name != name || name.empty()) continue;
    readers.emplace_back(*record_, &t, *faults_);
    if (!t.repeated)
      readers.back().fault("", "\"" + std::string(name) + "\" is a list of tables", "[[" + std::string(name) + "]]");
  }
  return readers;
}

void RecordReader::read_identity(std::string& id, std::string& name) {
  root_.require({"id", "name"});
  root_.read("id", id);
  root_.read("name", name);
  const std::string_view stem = stem_of(record_->file);
  if (root_.has("id") && id != stem)
    root_.fault("id", "the id is \"" + id + "\" but the file is called \"" + std::string(stem) + "\"",
                "one thing, one file: the id is the file's name");
  if (fold_name(id).empty()) id = std::string(stem);
}

void RecordReader::read_sources(std::vector<Source>& sources) {
  for (TableReader& t : tables("source")) {
    Source source;
    t.require({"covers", "kind", "ref"});
    t.read("covers", source.covers);
    t.read_word("kind",
                {"vendor-spec", "datasheet", "table", "config", "measured", "seed", "recalled", "estimated", "derived"},
                source.kind);
    t.read("ref", source.ref);
    t.read_date("read_on", source.read_on);
    t.done();
    if (t.has("covers") && source.covers.empty())
      t.fault("covers", "the source covers nothing", "table names or \"all\"");
    sources.push_back(std::move(source));
  }
  if (sources.empty()) root_.fault("source", "the record names no source", "[[source]] with covers, kind and ref");
  sources_ = &sources;
}

std::vector<Quote> RecordReader::quotes() {
  std::vector<Quote> quotes;
  for (TableReader& t : tables("price")) {
    Quote quote;
    t.require({"amount", "currency", "kind", "date"});
    t.read_number("amount", quote.amount, 0, 1e9);
    t.read("currency", quote.currency);
    t.read_word("kind", {"msrp_launch", "street", "used", "estimate", "list", "owned"}, quote.kind);
    t.read_date("date", quote.date);
    t.done();
    quotes.push_back(std::move(quote));
  }
  return quotes;
}

void RecordReader::done() {
  root_.done();
  const std::vector<std::string> known(asked_.begin(), asked_.end());
  for (const RecordTable& t : record_->tables) {
    if (t.name.empty() || std::find(asked_.begin(), asked_.end(), t.name) != asked_.end()) continue;
    const std::string name = unescape_flat(t.name);
    const std::vector<std::string> nearest = nearest_names(name, known, 1);
    faults_->push_back({true, std::string(record_->file), t.line, name, "unknown table \"" + name + "\"",
                        nearest.empty() ? "one of: " + join(known, ", ") : "did you mean \"" + nearest[0] + "\"?"});
  }
  if (sources_ == nullptr) return;
  for (const Source& source : *sources_) {
    for (const std::string& covered : source.covers) {
      const std::string_view top = std::string_view(covered).substr(0, covered.find('.'));
      if (top == "all" || root_.knows(top) || root_.has(top) ||
          std::find(asked_.begin(), asked_.end(), top) != asked_.end())
        continue;
      root_.fault("source.covers", "a source covers \"" + covered + "\", which this kind of record does not have",
                  "one of: all, " + join(known, ", "));
    }
  }
}

}  // namespace rigwise
