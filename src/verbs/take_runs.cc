#include "verbs/take_runs.h"

#include "core/base/text.h"
#include "core/perf/gate.h"
#include "core/perf/learn.h"
#include "core/perf/resolve.h"
#include "verbs/compared_runs.h"

namespace rigwise {
namespace {

const std::string kRetracted = "retracted";
constexpr std::string_view kOutlier = "; OUTLIER: ";

std::string file_name(const std::string& path) { return path.substr(path.find_last_of("/\\") + 1); }

/// Whether a run that is there is annotated otherwise now: the later word counts where it was asked for.
bool corrects(const ImportChoices& asked, const Measurement& now, const Measurement& before) {
  if (!asked.any()) return false;
  return before.confidence == kRetracted || now.hardware != before.hardware ||
         now.hardware_count != before.hardware_count || now.model != before.model || now.quant != before.quant ||
         now.engine != before.engine || (!asked.kv_type.empty() && stated_cache_type(now) != stated_cache_type(before));
}

/// Why a run cannot be what it says; nothing when it can, or when the catalog cannot say.
std::optional<RefusedRun> why_impossible(const House& house, const Measurement& row) {
  const ResolvedRow resolved = resolve_row(house.catalog, row);
  if (!resolved.skip_reason.empty()) return std::nullopt;
  const Calibration published = published_only(house.calibration);
  if (is_impossible(gate_of(resolved))) return why_refused(house.catalog, published, resolved);
  const std::optional<double> share = implausible_share(resolved, assemble(resolved.parts, published.values));
  if (!share) return std::nullopt;
  return RefusedRun{row.id,
                    "far_below",
                    significant(row.tokens_per_s, 3) + " tok/s is " + significant(100 * *share, 2) +
                        " % of what the memory of " + row.hardware + " allows: something else was the limit",
                    {}};
}

/// Marks a run that cannot be what it says.
void mark_if_impossible(const House& house, Measurement& row, TakenRuns& taken) {
  const std::size_t marked = row.unit_note.find(kOutlier);
  std::optional<RefusedRun> reason = why_impossible(house, row);
  if (marked != std::string::npos) {
    reason = RefusedRun{row.id, "far_below", row.unit_note.substr(marked + kOutlier.size()), {}};
  } else if (reason) {
    row.unit_note.append(kOutlier).append(reason->message);
  }
  if (!reason) return;
  row.confidence = "low";
  taken.marked.push_back(std::move(*reason));
}

/// What one record says stands or falls together: where its decoding is slower than it can be, its prefill was as slow
/// for the same reason, whatever it was.
void mark_partners(const House& house, std::vector<ImportedRun>& runs) {
  for (const ImportedRun& decode : runs) {
    if (decode.row.phase != Phase::decode) continue;
    const std::optional<RefusedRun> reason = why_impossible(house, decode.row);
    if (!reason || reason->reason != "far_below") continue;
    for (ImportedRun& run : runs) {
      if (run.record == decode.record && run.row.phase == Phase::prefill)
        run.row.unit_note.append(kOutlier).append("of the same run ").append(reason->message);
    }
  }
}

Json skipped_json(const TakenRuns& taken) {
  Json skipped = Json::array();
  for (const auto& [path, run] : taken.skipped) {
    skipped.push_back({{"where", path + ":" + std::to_string(run.line)},
                       {"message", run.message},
                       {"did_you_mean", run.did_you_mean}});
  }
  return skipped;
}

}  // namespace

Result<RunBook> RunBook::open(std::string text, const std::string& name) {
  RunBook book;
  if (text.empty()) return book;
  const std::string header = text.substr(0, text.find_first_of("\r\n"));
  auto rows = decode_own_measurements(text, name);
  if (!rows || header != kMeasurementColumns) {
    return invalid(rows ? "the file is there and has other columns than these runs"
                        : "the file is there and is no measurement CSV",
                   rows ? name : rows.error().where, "another name, or a file that `rigwise import` wrote");
  }
  book.text_ = std::move(text);
  if (!book.text_.ends_with('\n')) book.text_ += '\n';
  book.rows_ = std::move(*rows);
  for (std::size_t i = 0; i < book.rows_.size(); ++i) book.by_id_.emplace(book.rows_[i].id, i);
  return book;
}

Measurement* RunBook::find(const std::string& id) {
  const auto found = by_id_.find(id);
  return found == by_id_.end() ? nullptr : &rows_[found->second];
}

Result<void> RunBook::retract(const std::vector<std::string>& ids, const std::string& name) {
  for (const std::string& id : ids) {
    if (Measurement* row = find(id)) {
      row->confidence = kRetracted;
      has_changed_ = true;
      continue;
    }
    std::vector<std::string> known;
    known.reserve(rows_.size());
    for (const Measurement& row : rows_) known.push_back(row.id);
    return fail({ErrorCode::invalid_input, "no run \"" + id + "\" is in the file; nothing is written", name,
                 "an id as in the file's first column", nearest_names(id, known)});
  }
  return {};
}

void RunBook::replace(Measurement& before, Measurement now) {
  before = std::move(now);
  has_changed_ = true;
}

std::string RunBook::text_with(const std::vector<Measurement>& fresh) const {
  const bool anew = text_.empty() || has_changed_;
  std::string text = anew ? std::string(kMeasurementColumns) + "\n" + measurement_lines(rows_) : text_;
  return text + measurement_lines(fresh);
}

int TakenRuns::read() const {
  int records = 0;
  for (const TakenFile& file : files) records += file.read;
  return records;
}

void take_row(const House& house, Measurement row, const ImportChoices& choices, RunBook& book, TakenRuns& taken) {
  const bool again = taken.fresh_ids.contains(row.id);
  Measurement* before = book.find(row.id);
  if (again || (before != nullptr && !corrects(choices, row, *before))) {
    ++taken.known;
    return;
  }
  mark_if_impossible(house, row, taken);
  if (before == nullptr) {
    taken.fresh_ids.insert(row.id);
    taken.fresh.push_back(std::move(row));
    return;
  }
  book.replace(*before, std::move(row));
  ++taken.corrected;
}

Result<void> take_runs(const House& house, const NamedText& file, const ImportChoices& choices, RunBook& book,
                       TakenRuns& taken) {
  Result<ImportedFile> imported = import_runs(house.catalog, file.text, file_name(file.name), choices);
  if (!imported) {
    Error error = imported.error();
    const std::string short_name = file_name(file.name);
    if (error.where.starts_with(short_name)) error.where = file.name + error.where.substr(short_name.size());
    return fail(std::move(error));
  }
  const std::size_t read = imported->runs.size() + imported->skipped.size();
  taken.files.push_back({file.name, imported->program, imported->version, imported->digest, static_cast<int>(read)});
  mark_partners(house, imported->runs);
  for (ImportedRun& run : imported->runs) {
    const std::string where = file.name + ":" + std::to_string(run.line);
    for (UnmappedName& name : run.unmapped) taken.unmapped.push_back({where, run.row.id, std::move(name)});
    take_row(house, std::move(run.row), choices, book, taken);
  }
  for (SkippedRun& run : imported->skipped) taken.skipped.emplace_back(file.name, std::move(run));
  return {};
}

Json taken_runs_json(const House& house, const TakenRuns& taken, double level) {
  Json files = Json::array(), unmapped = Json::array(), marked = Json::array();
  for (const TakenFile& file : taken.files) {
    files.push_back({{"path", file.path},
                     {"program", file.program},
                     {"version", file.version.empty() ? Json(nullptr) : Json(file.version)},
                     {"sha256", file.digest},
                     {"read", file.read}});
  }
  for (const UnmappedRun& run : taken.unmapped) {
    unmapped.push_back({{"where", run.where},
                        {"id", run.id},
                        {"what", run.name.what},
                        {"printed", run.name.printed},
                        {"message", run.name.message},
                        {"did_you_mean", run.name.did_you_mean}});
  }
  for (const RefusedRun& run : taken.marked)
    marked.push_back({{"id", run.id}, {"reason", run.reason}, {"message", run.message}});
  return {{"schema", "rigwise.import/1"},
          {"files", std::move(files)},
          {"read", taken.read()},
          {"new", taken.fresh.size()},
          {"known", taken.known},
          {"corrected", taken.corrected},
          {"retracted", Json::array()},
          {"marked", std::move(marked)},
          {"unmapped", std::move(unmapped)},
          {"skipped", skipped_json(taken)},
          {"written_to", nullptr},
          {"compared", compared_runs(house, taken.fresh, level)},
          {"rows_csv", std::string(kMeasurementColumns) + "\n" + measurement_lines(taken.fresh)}};
}

}  // namespace rigwise
