#include "core/capacity/simulate.h"

#include <algorithm>
#include <limits>

namespace rigwise {
namespace {

constexpr Nanoseconds kNever = std::numeric_limits<Nanoseconds>::max();

/// The sums of all servers at one moment.
struct Snapshot {
  std::vector<ServerTotals> servers;
  Nanoseconds at = 0, busy = 0;
};

class Simulation {
 public:
  Simulation(const std::vector<ServedModel>& models, const SimulationSize& size) : models_(models), size_(size) {
    servers_.reserve(models.size());
    sources_.reserve(models.size());
    for (std::size_t i = 0; i < models.size(); ++i) {
      const ServedModel& m = models[i];
      servers_.emplace_back(m.table, m.policy, m.power, m.slo);
      sources_.emplace_back(m.load, size.seed, i);
      request_ns_.push_back(static_cast<Nanoseconds>(m.policy.request_s * kNsPerSecond + 0.5));
    }
    if (size.warmup == 0) begin_ = snapshot();
  }

  SimulationRun run() {
    while (!is_over()) {
      const auto [arrival, stream] = next_arrival();
      const Nanoseconds done = next_completion();
      if (arrival == kNever && done == kNever) break;
      if (arrival <= done) {
        advance_to(arrival);
        arrive(stream);
      } else {
        advance_to(done);
        complete();
      }
    }
    return result();
  }

 private:
  struct Next {
    Nanoseconds at = kNever;
    std::size_t stream = 0;
  };

  bool is_over() const {
    if (overloaded_ || lost_) return true;
    std::uint64_t done = 0;
    for (const Server& server : servers_) done += server.measured_done();
    return done >= size_.measured && !size_.drains;
  }

  Next next_arrival() const {
    Next next;
    if (size_.drains && arrived_ >= size_.warmup + size_.measured) return next;
    for (std::size_t i = 0; i < sources_.size(); ++i) {
      const std::optional<Nanoseconds> at = sources_[i].next_ns();
      if (at && *at + request_ns_[i] < next.at) next = {*at + request_ns_[i], i};
    }
    next.at = next.at == kNever ? kNever : std::max(next.at, now_);
    return next;
  }

  /// The earliest end of a leap while the busy models share the set-up.
  Nanoseconds next_completion() const {
    Nanoseconds least = kNever;
    for (const Server& server : servers_) {
      if (server.busy()) least = std::min(least, server.remaining());
    }
    return least == kNever ? kNever : now_ + least * busy_count_;
  }

  void advance_to(Nanoseconds then) {
    if (busy_count_ > 0) {
      busy_ += then - now_;
      const Nanoseconds each = busy_count_ == 1 ? then - now_ : (then - now_) / busy_count_;
      for (Server& server : servers_) {
        if (server.busy()) server.work(each);
      }
    }
    now_ = then;
  }

  void arrive(std::size_t stream) {
    const std::uint64_t number = arrived_++;
    if (number == size_.warmup && size_.warmup > 0) begin_ = snapshot();
    if (number == size_.warmup + size_.measured) end_ = snapshot();
    const bool measured = number >= size_.warmup && number < size_.warmup + size_.measured;
    const Nanoseconds sent = *sources_[stream].next_ns();
    const Request request = sources_[stream].take();
    Server& server = servers_[stream];
    if (!server.enqueue(request, sent, now_, measured)) {
      if (request.user >= 0) sources_[stream].answered(request.user, now_ + kRefusalPause);
      return;
    }
    overloaded_ = overloaded_ || server.waiting() > size_.most_waiting;
    if (server.busy()) {
      server.cut_leap();
    } else {
      busy_count_ += server.plan(now_) ? 1 : 0;
    }
  }

  /// Ends the leaps that are over and plans the next ones.
  void complete() {
    for (std::size_t i = 0; i < servers_.size(); ++i) {
      Server& server = servers_[i];
      if (!server.busy() || server.remaining() > 0) continue;
      server.finish(now_);
      overloaded_ = overloaded_ || ++leaps_ > size_.most_leaps;
      for (const std::int32_t user : server.answered()) sources_[i].answered(user, now_);
      busy_count_ -= server.plan(now_) ? 0 : 1;
      if (size_.stops_when_lost) lost_ = lost_ || is_lost(server.latencies(), models_[i].slo);
    }
  }

  /// Even if every other measured request kept its objectives, too many have missed one.
  bool is_lost(const Latencies& latencies, const Slo& slo) const {
    const double allowed = (1 - slo.percentile) * static_cast<double>(size_.measured);
    return static_cast<double>(std::max(latencies.ttft_misses, latencies.tpot_misses)) > allowed;
  }

  Snapshot snapshot() {
    Snapshot taken{{}, now_, busy_};
    taken.servers.reserve(servers_.size());
    for (Server& server : servers_) taken.servers.push_back(server.totals(now_));
    return taken;
  }

  SimulationRun result() {
    if (end_.servers.empty()) end_ = snapshot();
    if (begin_.servers.empty()) begin_ = Snapshot{std::vector<ServerTotals>(servers_.size()), 0, 0};
    SimulationRun run;
    run.window_s = in_seconds(end_.at - begin_.at);
    run.busy_s = in_seconds(end_.busy - begin_.busy);
    run.overloaded = overloaded_;
    run.lost = lost_;
    run.simulated = arrived_;
    for (std::size_t i = 0; i < servers_.size(); ++i) {
      ServedModelRun model;
      model.latencies = servers_[i].latencies();
      model.window = end_.servers[i] - begin_.servers[i];
      model.queued_at_end = static_cast<double>(servers_[i].waiting());
      model.overloaded = servers_[i].waiting() > size_.most_waiting || leaps_ > size_.most_leaps;
      run.idle_w = std::max(run.idle_w, models_[i].power.idle_w);
      run.models.push_back(std::move(model));
    }
    return run;
  }

  /// A refused user of a closed load does not try again at once.
  static constexpr Nanoseconds kRefusalPause = 1000000000;

  const std::vector<ServedModel>& models_;
  SimulationSize size_;
  std::vector<Server> servers_;
  std::vector<ArrivalSource> sources_;
  std::vector<Nanoseconds> request_ns_;
  Nanoseconds now_ = 0, busy_ = 0;
  Nanoseconds busy_count_ = 0;
  std::uint64_t arrived_ = 0, leaps_ = 0;
  bool overloaded_ = false, lost_ = false;
  Snapshot begin_, end_;
};

}  // namespace

SimulationRun simulate(const std::vector<ServedModel>& models, const SimulationSize& size) {
  return Simulation(models, size).run();
}

bool keeps(const ServedModelRun& run, const Slo& slo, std::uint64_t measured) {
  const double allowed = (1 - slo.percentile) * static_cast<double>(measured);
  const std::uint64_t most = std::max(run.latencies.ttft_misses, run.latencies.tpot_misses);
  return !run.overloaded && static_cast<double>(most) <= allowed;
}

}  // namespace rigwise
