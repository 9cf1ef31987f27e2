#include "host/bench/live_run.h"

#include <algorithm>
#include <chrono>
#include <filesystem>
#include <fstream>

#include "host/bench/bench_clock.h"
#include "host/files/files.h"

namespace rigwise {
namespace {

constexpr std::string_view kFolder = ".live", kSchema = "rigwise.bench_live/1";
constexpr std::size_t kMostMoments = 1200;
constexpr std::int64_t kMsNs = 1'000'000;

std::filesystem::path live_folder(const std::string& folder) { return std::filesystem::path(folder) / kFolder; }

std::int64_t wall_ms() { return clock_ns(CLOCK_REALTIME) / kMsNs; }

Json known(const std::optional<double>& value) { return value ? Json(*value) : Json(nullptr); }

/// The median where there are values enough for one, else the mean: as the terminal's table says it.
Json typical(const MetricSummary& summary) { return known(summary.p50 ? summary.p50 : summary.mean); }

/// A level that is done, in one line.
Json short_level(const BenchLevel& level) {
  const LevelMetrics& metrics = level.metrics;
  return {{"load", level.rate_per_s > 0 ? level.rate_per_s : level.streams},
          {"requests", metrics.requests},
          {"ok", metrics.ok},
          {"ttft_s", typical(metrics.ttft_s)},
          {"ttft_p99_s", known(metrics.ttft_s.p99)},
          {"itl_s", typical(metrics.itl_s)},
          {"itl_p99_s", known(metrics.itl_s.p99)},
          {"per_stream_tokens_per_s", typical(metrics.per_stream_tokens_per_s)},
          {"output_tokens_per_s", metrics.output_tokens_per_s},
          {"grade", std::string(1, grade_letter(level.verdict.grade))}};
}

const char* phase_name(LevelPhase phase) {
  switch (phase) {
    case LevelPhase::connecting: return "connecting";
    case LevelPhase::warming_up: return "warming_up";
    case LevelPhase::measuring: return "measuring";
    case LevelPhase::finishing: return "finishing";
  }
  return "";
}

/// Runs that were killed leave their file; a day later nobody asks for it.
void sweep_out(const std::filesystem::path& folder) {
  std::error_code fault;
  const auto old = std::filesystem::file_time_type::clock::now() - std::chrono::hours(24);
  for (const auto& entry : std::filesystem::directory_iterator(folder, fault)) {
    std::error_code gone;
    const auto written = entry.last_write_time(gone);
    if (!gone && written < old) std::filesystem::remove(entry.path(), gone);
  }
}

std::string live_path(const std::string& folder, const std::string& run_id) {
  const std::filesystem::path live = live_folder(folder);
  if (make_folder(live.string())) sweep_out(live);
  return (live / (run_id + ".json")).string();
}

std::int64_t whole_at(const Json& object, const char* key) {
  const auto found = object.find(key);
  return found != object.end() && found->is_number() ? found->get<std::int64_t>() : 0;
}

}  // namespace

void LiveStory::State::end_level(const LevelProgress& last) {
  past_events += last.events;
  past_failed += last.failed;
  level_is_over = true;
}

LiveStory::LiveStory(Json head, std::int64_t started_ms, std::int64_t started_ns)
    : head_(std::move(head)), started_ms_(started_ms), started_ns_(started_ns), looked_ns_(started_ns) {}

void LiveStory::look(const State& state, std::int64_t now_ns) {
  const double span_s = static_cast<double>(now_ns - looked_ns_) * 1e-9;
  if (!state.has_level || span_s < 0.5) return;
  const LevelProgress& progress = state.progress;
  Moment moment;
  moment.at_s = static_cast<double>(now_ns - started_ns_) * 1e-9;
  moment.events_per_s = static_cast<double>(state.events() - events_before_) / span_s;
  moment.under_way = state.level_is_over ? 0 : progress.sent - std::min(progress.sent, progress.ended);
  moment.failed = state.failed() - failed_before_;
  events_before_ = state.events();
  failed_before_ = state.failed();
  looked_ns_ = now_ns;
  moments_.push_back(moment);
  if (moments_.size() <= kMostMoments) return;
  for (std::size_t i = 1; 2 * i < moments_.size(); ++i) {  // every second one
    const std::uint64_t skipped = moments_[2 * i - 1].failed;
    moments_[i] = moments_[2 * i];
    moments_[i].failed += skipped;
  }
  moments_.resize((moments_.size() + 1) / 2);
}

Json LiveStory::report(const State& state, std::int64_t now_ms) const {
  Json json = {{"schema", kSchema}, {"started_ms", started_ms_}, {"updated_ms", now_ms}, {"phase", state.phase}};
  for (const auto& [key, value] : head_.items()) json[key] = value;
  json["level"] = nullptr;
  if (state.has_level) {
    const LevelProgress& progress = state.progress;
    json["level"] = {{"load", state.load},
                     {"is_rate", state.is_rate},
                     {"elapsed_s", progress.elapsed_s},
                     {"expected_s", progress.expected_s},
                     {"sent", progress.sent},
                     {"ended", progress.ended},
                     {"failed", progress.failed},
                     {"measured", progress.measured},
                     {"wanted", progress.wanted}};
  }
  json["levels"] = Json::array();
  for (const BenchLevel& level : state.done) json["levels"].push_back(short_level(level));
  Json at = Json::array(), events = Json::array(), under_way = Json::array(), failed = Json::array();
  for (const Moment& moment : moments_) {
    at.push_back(moment.at_s);
    events.push_back(moment.events_per_s);
    under_way.push_back(moment.under_way);
    failed.push_back(moment.failed);
  }
  json["moments"] = {{"at_s", std::move(at)},
                     {"events_per_s", std::move(events)},
                     {"under_way", std::move(under_way)},
                     {"failed", std::move(failed)}};
  return json;
}

LiveRun::LiveRun(const std::string& folder, const std::string& run_id, Json head)
    : path_(live_path(folder, run_id)), story_(std::move(head), wall_ms(), monotonic_ns()) {
  write_once(state_);
  writer_ = std::thread([this] { write_until_over(); });
}

LiveRun::~LiveRun() {
  {
    const std::lock_guard lock(mutex_);
    over_ = true;
  }
  wake_.notify_all();
  writer_.join();
  std::error_code fault;
  std::filesystem::remove(path_, fault);
}

void LiveRun::tell(const std::vector<BenchLevel>& done, double load, bool is_rate, const LevelProgress& progress) {
  const std::lock_guard lock(mutex_);
  state_.level_is_over = false;
  if (done.size() > state_.done.size()) state_.end_level(progress);
  for (std::size_t i = state_.done.size(); i < done.size(); ++i) {
    BenchLevel level;
    level.streams = done[i].streams;
    level.rate_per_s = done[i].rate_per_s;
    level.metrics = done[i].metrics;
    level.verdict = done[i].verdict;
    state_.done.push_back(std::move(level));
  }
  state_.phase = phase_name(progress.phase);
  state_.has_level = true;
  state_.load = load;
  state_.is_rate = is_rate;
  state_.progress = progress;
}

/// Readers see the old file or the new one. Nothing waits for the disk: a power cut may take this file.
void LiveRun::write_once(const LiveStory::State& state) {
  story_.look(state, monotonic_ns());
  const std::string temporary = path_ + ".new";
  {
    std::ofstream file(temporary, std::ios::binary | std::ios::trunc);
    file << story_.report(state, wall_ms()).dump(-1, ' ', false, Json::error_handler_t::replace);
    if (!file.flush()) return;
  }
  std::error_code fault;
  std::filesystem::rename(temporary, path_, fault);
}

void LiveRun::write_until_over() {
  std::unique_lock lock(mutex_);
  while (!wake_.wait_for(lock, std::chrono::seconds(1), [this] { return over_; })) {
    const LiveStory::State now = state_;
    lock.unlock();  // who tells does not wait for the disk
    write_once(now);
    lock.lock();
  }
}

std::vector<Json> live_runs(const std::string& folder, std::int64_t now_ms) {
  std::vector<Json> runs;
  std::error_code fault;
  for (const auto& entry : std::filesystem::directory_iterator(live_folder(folder), fault)) {
    if (entry.path().extension() != ".json") continue;
    const Result<std::string> text = read_file(entry.path().string());
    if (!text) continue;  // it ended meanwhile
    Result<Json> run = parse_json(*text);
    if (!run || !run->is_object() || !run->contains("schema") || (*run)["schema"] != kSchema) continue;
    if (now_ms - whole_at(*run, "updated_ms") > kLiveRunSilenceMs) continue;
    runs.push_back(*std::move(run));
  }
  std::sort(runs.begin(), runs.end(),
            [](const Json& a, const Json& b) { return whole_at(a, "started_ms") > whole_at(b, "started_ms"); });
  return runs;
}

}  // namespace rigwise
