#include "codec/measurement_csv.h"

#include <algorithm>
#include <cmath>
#include <set>

#include "codec/csv.h"
#include "core/base/text.h"

namespace rigwise {
namespace {

/// Positions of the columns in this file, -1 where absent.
struct Columns {
  explicit Columns(const CsvTable& t)
      : id(t.column("id")),
        hardware(t.column("hardware")),
        hardware_count(t.column("hardware_count")),
        interconnect(t.column("interconnect")),
        model(t.column("model")),
        quant(t.column("quant")),
        engine(t.column("engine")),
        engine_version(t.column("engine_version")),
        backend(t.column("backend")),
        phase(t.column("phase")),
        prompt_tokens(t.column("prompt_tokens")),
        gen_tokens(t.column("gen_tokens")),
        context_depth(t.column("context_depth")),
        concurrency(t.column("concurrency")),
        tokens_per_s(t.column("tokens_per_s")),
        unit_note(t.column("unit_note")),
        power_w(t.column("power_w")),
        date(t.column("date")),
        source(t.column("source")),
        source_locator(t.column("source_locator")),
        confidence(t.column("confidence")) {}
  int id, hardware, hardware_count, interconnect, model, quant, engine, engine_version, backend, phase, prompt_tokens,
      gen_tokens, context_depth, concurrency, tokens_per_s, unit_note, power_w, date, source, source_locator,
      confidence;
};

/// Reads the cells of one row that must be numbers or known words; the first bad one becomes the row's defect.
class RowReader {
 public:
  RowReader(const CsvTable& table, Measurement& row) : table_(table), row_(row) {}

  std::optional<double> number(int column, const char* name, double least) {
    const std::string_view cell = table_.cell(column);
    if (cell.empty()) return std::nullopt;
    const Result<double> value = parse_number(cell);
    if (value && *value >= least) return *value;
    refuse(name, cell, column);
    return std::nullopt;
  }

  int whole(int column, const char* name, int least, int when_absent) {
    const std::optional<double> value = number(column, name, least);
    if (!value) return when_absent;
    if (*value == std::floor(*value) && *value <= 1e9) return static_cast<int>(*value);
    refuse(name, table_.cell(column), column);
    return when_absent;
  }

  void phase(int column) {
    for (int i = 0; i <= static_cast<int>(Phase::e2e); ++i) {
      if (table_.cell(column) != phase_name(static_cast<Phase>(i))) continue;
      row_.phase = static_cast<Phase>(i);
      return;
    }
    refuse("phase", table_.cell(column), column);
  }

  void refuse(const char* name, std::string_view cell, int column) {
    if (!row_.defect.empty()) return;
    row_.defect = std::string(name) +
                  (cell.empty() ? std::string(" is empty") : " is \"" + std::string(cell.substr(0, 40)) + "\"") +
                  " (line " + std::to_string(table_.line()) + ", column " + std::to_string(column + 1) + ")";
  }

 private:
  const CsvTable& table_;
  Measurement& row_;
};

Measurement read_row(const CsvTable& table, const Columns& at) {
  Measurement m;
  m.id = table.text(at.id);
  if (m.id.empty()) m.id = "line " + std::to_string(table.line());
  if (table.cell_count() != table.column_count())
    m.defect = "the row has " + std::to_string(table.cell_count()) + " cells, the header " +
               std::to_string(table.column_count()) + " (line " + std::to_string(table.line()) + ")";
  m.hardware = table.text(at.hardware);
  m.interconnect = table.text(at.interconnect);
  m.model = table.text(at.model);
  m.quant = table.text(at.quant);
  m.engine = table.text(at.engine);
  m.engine_version = table.text(at.engine_version);
  m.backend = table.text(at.backend);
  m.unit_note = table.text(at.unit_note);
  m.date = table.text(at.date);
  m.source = table.text(at.source);
  m.source_locator = table.text(at.source_locator);
  m.confidence = table.text(at.confidence);

  RowReader row(table, m);
  row.phase(at.phase);
  m.hardware_count = row.whole(at.hardware_count, "hardware_count", 1, 1);
  m.concurrency = row.whole(at.concurrency, "concurrency", 0, 1);
  m.prompt_tokens = row.number(at.prompt_tokens, "prompt_tokens", 0);
  m.gen_tokens = row.number(at.gen_tokens, "gen_tokens", 0);
  m.context_depth = row.number(at.context_depth, "context_depth", 0);
  m.power_w = row.number(at.power_w, "power_w", 0);
  m.tokens_per_s = row.number(at.tokens_per_s, "tokens_per_s", 0).value_or(0);
  if (m.tokens_per_s <= 0) row.refuse("tokens_per_s", table.cell(at.tokens_per_s), at.tokens_per_s);
  return m;
}

const std::vector<std::string_view> kRequired = {"hardware", "model", "quant", "engine", "phase", "tokens_per_s"};

/// What is wrong with a text as a whole.
Error error_of(const std::vector<Diagnostic>& faults) {
  const Diagnostic& first = faults.front();
  std::vector<std::string> messages;
  messages.reserve(faults.size());
  for (const Diagnostic& fault : faults) messages.push_back(fault.message);
  return {ErrorCode::invalid_input,
          join(messages, "; "),
          first.file + ":" + std::to_string(first.line),
          first.try_this,
          {}};
}

/// Row by row, with the line each began on.
Result<std::vector<Measurement>> decode(std::string_view csv, std::string_view name, bool whole) {
  std::vector<Diagnostic> faults;
  CsvTable table(csv, name, kRequired, {}, false, faults);
  std::vector<Measurement> rows;
  if (table.usable()) {
    const Columns at(table);
    rows.reserve(static_cast<std::size_t>(std::count(csv.begin(), csv.end(), '\n')));
    while (table.next(/*keep_ragged=*/true)) {
      rows.push_back(read_row(table, at));
      if (!whole || rows.back().defect.empty()) continue;
      return invalid(rows.back().defect, std::string(name) + ":" + std::to_string(table.line()),
                     "mend the row, or leave it out");
    }
  }
  if (faults.empty()) return rows;
  return fail(error_of(faults));
}

}  // namespace

Result<std::vector<Measurement>> decode_measurements(std::string_view csv, std::string_view name) {
  return decode(csv, name, false);
}

Result<std::vector<Measurement>> decode_own_measurements(std::string_view csv, std::string_view name) {
  Result<std::vector<Measurement>> rows = decode(csv, name, true);
  if (!rows) return rows;
  for (Measurement& row : *rows) row.is_own = true;
  return rows;
}

const char* const kMeasurementColumns =
    "id,hardware,hardware_count,interconnect,model,quant,engine,engine_version,backend,phase,prompt_tokens,gen_tokens,"
    "context_depth,concurrency,tokens_per_s,unit_note,power_w,date,source,source_locator,confidence";

std::string measurement_cells(const Measurement& m) {
  const auto number = [](const std::optional<double>& value) { return value ? shortest(*value) : std::string(); };
  const std::string cells[] = {m.id,
                               m.hardware,
                               std::to_string(m.hardware_count),
                               m.interconnect,
                               m.model,
                               m.quant,
                               m.engine,
                               m.engine_version,
                               m.backend,
                               phase_name(m.phase),
                               number(m.prompt_tokens),
                               number(m.gen_tokens),
                               number(m.context_depth),
                               std::to_string(m.concurrency),
                               shortest(m.tokens_per_s),
                               m.unit_note,
                               number(m.power_w),
                               m.date,
                               m.source,
                               m.source_locator,
                               m.confidence};
  std::string text;
  for (std::size_t i = 0; i < std::size(cells); ++i) text.append(i == 0 ? "" : ",").append(csv_cell(cells[i]));
  return text;
}

std::string measurement_lines(const std::vector<Measurement>& rows) {
  std::string text;
  for (const Measurement& row : rows) text.append(measurement_cells(row)).append("\n");
  return text;
}

Result<std::string> merged_measurements(const std::vector<NamedText>& texts) {
  std::string merged = std::string(kMeasurementColumns) + "\n";
  const std::vector<std::string_view> columns = split(kMeasurementColumns, ',');
  std::set<std::string> seen;
  for (const NamedText& of : texts) {
    std::vector<Diagnostic> faults;
    CsvTable table(of.text, of.name, kRequired, {}, false, faults);
    std::vector<int> at;
    at.reserve(columns.size());
    for (const std::string_view column : columns) at.push_back(table.column(column));
    while (table.usable() && table.next(/*keep_ragged=*/true)) {
      std::string line = csv_cell(table.cell(at[0]));
      if (line.empty()) line = csv_cell(of.name + " line " + std::to_string(table.line()));
      for (std::size_t c = 1; c < columns.size(); ++c) line.append(",").append(csv_cell(table.cell(at[c])));
      if (table.cell_count() != table.column_count()) line += ",";  // as ragged as it was
      if (seen.insert(line).second) merged.append(line).append("\n");
    }
    if (!faults.empty()) return fail(error_of(faults));
  }
  return merged;
}

}  // namespace rigwise
