#include "host/usage/usage_import.h"

#include <algorithm>

#include "codec/usage_log_reader.h"
#include "host/store/store_url.h"

namespace rigwise {
namespace {

constexpr std::size_t kFaultsShown = 20;

/// Between the readers and the tally: knows which file is read.
class ImportSink final : public UsageSink {
 public:
  ImportSink(UsageTally& tally, UsageReport& report, CandidateKeeper* candidates)
      : tally_(&tally), report_(&report), candidates_(candidates) {}

  void begin_file(const std::string& name) {
    file_ = name;
    requests_ = 0;
    faults_.clear();
  }
  std::uint64_t requests() const { return requests_; }
  /// What was wrong in a file that is a log.
  void keep_faults() {
    report_->faults += fault_count_;
    for (UsageFault& fault : faults_) {
      if (report_->first_faults.size() < kFaultsShown) report_->first_faults.push_back(std::move(fault));
    }
    drop_faults();
  }
  void drop_faults() {
    faults_.clear();
    fault_count_ = 0;
  }

  void take_request(const UsedRequest& request) override {
    ++requests_;
    tally_->take_request(request);
  }
  void take_prompt(const UsedPrompt& prompt) override {
    const auto verdict = tally_->take_prompt(prompt);
    if (verdict && candidates_ != nullptr) candidates_->take(prompt.text, *verdict);
  }
  void take_fault(std::uint64_t line, std::string message) override {
    ++fault_count_;
    if (faults_.size() < kFaultsShown) faults_.push_back({file_ + ":" + std::to_string(line), std::move(message)});
  }

 private:
  UsageTally* tally_;
  UsageReport* report_;
  CandidateKeeper* candidates_;
  std::string file_;
  std::uint64_t requests_ = 0, fault_count_ = 0;
  std::vector<UsageFault> faults_;
};

void add_source(UsageFormat format, std::uint64_t bytes, std::uint64_t requests, UsageReport& report) {
  const std::string name = usage_format_name(format);
  auto found = std::find_if(report.sources.begin(), report.sources.end(),
                            [&](const UsageSource& source) { return source.format == name; });
  if (found == report.sources.end()) found = report.sources.insert(found, UsageSource{name, 0, 0, 0});
  ++found->files;
  found->bytes += bytes;
  found->requests += requests;
}

bool is_postgres(const std::string& path) {
  return path.starts_with("postgresql://") || path.starts_with("postgres://");
}

/// Reads one log into the sink; which format it was.
Result<UsageFormat> read_log(const LogFile& log, ImportSink& sink,
                             const std::function<bool(std::uint64_t bytes)>& go_on) {
  UsageLogReader reader(sink);
  bool has_begun = false;
  const auto feed_row = [&](std::string_view row) {
    reader.feed(row);
    reader.feed("\n");
    return go_on(row.size());
  };
  Result<void> done;
  if (is_postgres(log.path)) {
    done = read_litellm_database(log.path, feed_row);
  } else if (is_sqlite_file(log.path)) {
    // A row's line ends would part it.
    done = read_open_webui_database(log.path, [&](std::string_view row) {
      std::string one_line(row);
      std::replace(one_line.begin(), one_line.end(), '\n', ' ');
      return feed_row(one_line);
    });
  } else {
    done = read_in_pieces(log.path, [&](std::string_view piece) {
      reader.feed(piece);
      has_begun = true;
      return go_on(piece.size());
    });
  }
  // What a damaged file gave until then counts.
  const bool was_cut = !done && done.error().code == ErrorCode::corrupt_data && has_begun;
  if (!done && !was_cut) return fail(done.error());
  reader.finish();
  if (was_cut) sink.take_fault(reader.lines() + 1, done.error().message);
  return reader.format();
}

Error unknown_format(const std::string& path) {
  const bool is_packed = path.ends_with(".zst") || path.ends_with(".xz") || path.ends_with(".zip");
  return {ErrorCode::invalid_input,
          is_packed ? "the file is packed" : "the file is no log that is known here",
          path,
          is_packed
              ? "unpack it first"
              : "logs of Claude Code, chat requests in JSON lines, usage exports of OpenAI or Anthropic, LiteLLM, "
                "Open WebUI, Ollama, llama-server",
          {}};
}

}  // namespace

Result<UsageReport> import_usage(const std::vector<LogFile>& logs, const UsageWindow& window,
                                 const CategoryRules& rules, double level, CandidateKeeper* candidates,
                                 const std::function<bool(const ImportProgress&)>& go_on, bool& interrupted) {
  UsageReport report;
  report.window = window;
  report.level = level;
  UsageTally tally(window, rules);
  ImportSink sink(tally, report, candidates);
  ImportProgress progress;
  progress.files = logs.size();
  for (const LogFile& log : logs) progress.all_bytes += log.bytes;
  interrupted = false;
  const auto step = [&](std::uint64_t bytes) {
    progress.bytes += bytes;
    progress.all_bytes = std::max(progress.all_bytes, progress.bytes);  // what is packed grows
    interrupted = interrupted || !go_on(progress);
    return !interrupted;
  };
  std::optional<Error> first_unknown;
  for (const LogFile& log : logs) {
    ++progress.file;
    if (!step(0)) return report;
    sink.begin_file(is_postgres(log.path) ? shown_store(log.path) : log.path);
    const Result<UsageFormat> format = read_log(log, sink, step);
    if (interrupted) return report;
    const bool is_other_database = !format && format.error().code == ErrorCode::invalid_input && !log.was_named;
    if (!format && !is_other_database) return fail(format.error());
    if (is_other_database || *format == UsageFormat::unknown) {
      // An empty file has nothing to say; any other that was named should have been a log.
      if (!first_unknown && log.bytes > 0) first_unknown = unknown_format(log.path);
      if (!log.was_named)
        ++report.files_passed_over;
      else if (log.bytes > 0)
        sink.take_fault(1, "the file is no log that is known here");
      if (log.was_named) sink.keep_faults();
      sink.drop_faults();
      continue;
    }
    sink.keep_faults();
    add_source(*format, log.bytes, sink.requests(), report);
  }
  if (report.sources.empty() && first_unknown) return fail(*std::move(first_unknown));
  report.totals = tally.totals();
  report.summary = summary_of(report.totals, window, rules, level);
  return report;
}

}  // namespace rigwise
