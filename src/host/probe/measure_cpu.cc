#include "host/probe/measure_cpu.h"

#include <sched.h>

#include <algorithm>
#include <atomic>
#include <cmath>
#include <map>
#include <memory>
#include <optional>

#include "core/base/text.h"
#include "core/stats/quantile.h"
#include "host/files/files.h"
#include "host/power/power_sensors.h"
#include "host/probe/cpu_kernels.h"
#include "host/probe/peak_loops.h"
#include "host/probe/read_buffer.h"
#include "host/probe/work_crew.h"

namespace rigwise {
namespace {

constexpr double kPass_s = 0.05;
/// A figure gets so long; on a machine that others keep busy its passes take longer, and fewer are made.
constexpr double kFigure_s = 1.5;
constexpr int kFewestPasses = 3, kProductPasses = 5;
constexpr std::size_t kRowBlocks = 96;  // 3,072 weights: a width between those of models of 1 and of 8 billion
constexpr std::size_t kWideBlocks = kRowBlocks / 8;
constexpr std::size_t kCachedBytes = std::size_t{192} << 10U;

struct Passes {
  std::vector<double> gbps, processor_share;
  double best() const { return gbps.empty() ? 0 : *std::max_element(gbps.begin(), gbps.end()); }
  double usual() const { return gbps.empty() ? 0 : median(gbps); }
};

/// One measurement after another, all with the same crew, buffer and vector.
class CpuMeasure {
 public:
  CpuMeasure(const WorkPlaces& places, std::size_t bytes, const CpuKernels& kernels,
             const std::function<bool()>& is_stopped)
      : crew_(places.processors), is_stopped_(is_stopped), sinks_(crew_.size()), kernels_(kernels) {
    for (ActivationBlock& block : vector_) {
      block.scale = 0.01F;
      for (std::size_t i = 0; i < sizeof block.values; ++i) block.values[i] = static_cast<std::int8_t>(i);
    }
    for (WideActivationBlock& block : wide_vector_) {
      block.scale = 0.01F;
      for (std::size_t i = 0; i < sizeof block.values; ++i) block.values[i] = static_cast<std::int8_t>(i % 100);
    }
    take_memory(bytes, Pages::huge);
  }

  /// Lets the memory go and takes as much in other pages.
  void take_memory(std::size_t bytes, Pages pages) {
    buffer_.reset();
    buffer_ = std::make_unique<ReadBuffer>(bytes, crew_.size(), pages);
    if (!is_ready()) return;
    crew_.run(crew_.size(),
              [&](std::size_t i) { fill_with_random_bits(buffer_->part(i), buffer_->part_bytes(), i + 1); });
  }

  bool is_ready() const { return buffer_->is_there(); }
  std::size_t threads() const { return crew_.size(); }
  std::size_t bytes() const { return buffer_->bytes(); }

  /// Passes over the first `share_of_part` of every part, `wanted` of them, the parts dealt out among `count` threads.
  template <class Work>
  Passes passes(std::size_t count, int wanted, double share_of_part, const Work& work) {
    const auto bytes =
        static_cast<std::size_t>(static_cast<double>(buffer_->part_bytes()) * share_of_part) / kPageBytes * kPageBytes;
    return timed(count, wanted, bytes * crew_.size(), [&](std::size_t thread, int turns) {
      for (int turn = 0; turn < turns; ++turn) {
        for (std::size_t part = thread; part < crew_.size(); part += count) {
          sinks_[thread].value = work(buffer_->part(part), bytes);
        }
      }
    });
  }

  /// Passes over the whole buffer in chunks of `chunk_bytes`, each taken by whichever thread is free.
  template <class Work>
  Passes chunks(std::size_t count, int wanted, std::size_t chunk_bytes, const Work& work) {
    const std::size_t all = buffer_->bytes() / chunk_bytes;
    if (all == 0) return {};
    std::atomic<std::size_t> next{0};
    return timed(
        count, wanted, all * chunk_bytes,
        [&](std::size_t thread, int turns) {
          const std::size_t last = all * static_cast<std::size_t>(turns);
          for (std::size_t i = next.fetch_add(1); i < last; i = next.fetch_add(1)) {
            sinks_[thread].value = work(buffer_->part(0) + i % all * chunk_bytes, chunk_bytes);
          }
        },
        [&] { next = 0; });
  }

  Passes read(std::size_t count, int wanted, double share = 1) {
    return passes(count, wanted, share, [&](const std::uint8_t* part, std::size_t bytes) {
      return static_cast<double>(kernels_.read(reinterpret_cast<const std::uint64_t*>(part), bytes / 8) & 1U);
    });
  }

  /// Products of a matrix with a vector: the sum of whatever `rows_of` gives for the rows, in groups of `row_bytes`, of
  /// `bytes` at an address.
  template <class Rows>
  static double product(const std::uint8_t* at, std::size_t bytes, std::size_t row_bytes, const Rows& rows_of) {
    constexpr std::size_t kGroups = 64;
    float out[8 * kGroups];
    double sum = 0;
    for (std::size_t from = 0; from + row_bytes <= bytes;) {
      const std::size_t groups = std::min(kGroups, (bytes - from) / row_bytes);
      rows_of(at + from, groups, out);
      sum += out[0] > 0 ? 1 : 0;
      from += groups * row_bytes;
    }
    return sum;
  }

  /// A format's product from memory, and from a part small enough to stay in the caches of its core.
  struct ProductRates {
    double usual_gbps = 0, cached_gbps = 0;
  };

  /// `groups` of rows are what a thread takes at a time.
  template <class Rows>
  ProductRates rates(std::size_t count, int wanted, std::size_t row_bytes, std::size_t groups, const Rows& rows_of) {
    const auto work = [&](const std::uint8_t* at, std::size_t bytes) { return product(at, bytes, row_bytes, rows_of); };
    const double few = std::min(1.0, static_cast<double>(kCachedBytes) / static_cast<double>(buffer_->part_bytes()));
    return {chunks(count, wanted, groups * row_bytes, work).usual(), passes(count, kFewestPasses, few, work).best()};
  }

  /// What a thread of llama.cpp takes at a time: 64 rows as they lie in the file (ggml_compute_forward_mul_mat), and of
  /// rows that it laid out anew in groups of eight a quarter of a thread's share of the matrix (ggml's repack).
  static constexpr std::size_t kRowsAtATime = 64;
  static std::size_t groups_at_a_time(std::size_t count) {
    constexpr std::size_t kMatrixRows = 14336;  // of the largest matrices of a model of 8 billion weights
    return std::max<std::size_t>(1, kMatrixRows / 8 / (4 * count));
  }

  ProductRates q4(std::size_t count, int wanted) {
    if (kernels_.q4_eight_rows != nullptr) {
      return rates(count, wanted, kRowBlocks * sizeof(Q4EightRows), groups_at_a_time(count),
                   [&](const std::uint8_t* at, std::size_t groups, float* out) {
                     kernels_.q4_eight_rows(reinterpret_cast<const Q4EightRows*>(at), vector_, 8 * groups, kRowBlocks,
                                            out);
                   });
    }
    return rates(count, wanted, kRowBlocks * sizeof(Q4Block), kRowsAtATime,
                 [&](const std::uint8_t* at, std::size_t groups, float* out) {
                   kernels_.q4_rows(reinterpret_cast<const Q4Block*>(at), vector_, groups, kRowBlocks, out);
                 });
  }

  ProductRates q8(std::size_t count, int wanted) {
    return rates(count, wanted, kRowBlocks * sizeof(Q8Block), kRowsAtATime,
                 [&](const std::uint8_t* at, std::size_t groups, float* out) {
                   kernels_.q8_rows(reinterpret_cast<const Q8Block*>(at), vector_, groups, kRowBlocks, out);
                 });
  }

  ProductRates q4k(std::size_t count, int wanted) {
    if (kernels_.q4k_eight_rows == nullptr) return {};
    return rates(count, wanted, kWideBlocks * sizeof(Q4KEightRows), groups_at_a_time(count),
                 [&](const std::uint8_t* at, std::size_t groups, float* out) {
                   kernels_.q4k_eight_rows(reinterpret_cast<const Q4KEightRows*>(at), wide_vector_, 8 * groups,
                                           kWideBlocks, out);
                 });
  }

  ProductRates q6k(std::size_t count, int wanted) {
    if (kernels_.q6k_rows == nullptr) return {};
    return rates(count, wanted, kWideBlocks * sizeof(Q6KBlock), kRowsAtATime,
                 [&](const std::uint8_t* at, std::size_t groups, float* out) {
                   kernels_.q6k_rows(reinterpret_cast<const Q6KBlock*>(at), wide_vector_, groups, kWideBlocks, out);
                 });
  }

  ProductRates f16(std::size_t count, int wanted) {
    if (kernels_.f16_rows == nullptr) return {};
    constexpr std::size_t kWeights = kRowBlocks * 32;
    return rates(count, wanted, kWeights * 2, kRowsAtATime,
                 [&](const std::uint8_t* at, std::size_t groups, float* out) {
                   kernels_.f16_rows(reinterpret_cast<const std::uint16_t*>(at), halves_, groups, kWeights, out);
                 });
  }

  /// The buffer as STREAM's three arrays: numbers between one and two, whose bits below the point are random.
  void fill_with_numbers() {
    crew_.run(crew_.size(), [&](std::size_t i) {
      auto* words = reinterpret_cast<std::uint64_t*>(buffer_->part(i));
      constexpr std::uint64_t kOne = 0x3FF0000000000000U;
      for (std::size_t k = 0; k < buffer_->part_bytes() / sizeof *words; ++k) words[k] = words[k] >> 12U | kOne;
    });
  }

  /// STREAM's counting: `moved` numbers an element, whatever the memory moves besides. `work` takes the three arrays of
  /// a part and their length.
  template <class Work>
  Passes stream(std::size_t count, int wanted, double moved, const Work& work) {
    // Arrays that begin at the same place in their pages would make each load wait for a store of the same low bits.
    constexpr std::size_t kApart = 1088, kStep = 32 * sizeof(double);
    const std::size_t bytes = (buffer_->part_bytes() / 3 - kApart) / kStep * kStep;
    const auto array = [&](const std::uint8_t* part, std::size_t i) {
      return reinterpret_cast<double*>(const_cast<std::uint8_t*>(part) + i * (bytes + kApart));
    };
    Passes all = passes(count, wanted, 1, [&](const std::uint8_t* part, std::size_t) {
      work(array(part, 2), array(part, 0), array(part, 1), bytes / sizeof(double));
      return *array(part, 2);
    });
    const double counted = moved * static_cast<double>(bytes) / static_cast<double>(buffer_->part_bytes());
    for (double& rate : all.gbps) rate *= counted;
    return all;
  }

  /// 10^9 operations a second; nothing where the sums were wrong.
  std::optional<double> peak_gops(const PeakLoop& loop, std::size_t count, int wanted) {
    std::vector<double> operations(crew_.size()), sums(crew_.size());
    std::optional<double> best;
    std::size_t blocks = 64;
    for (int pass = 0; pass < wanted && !is_stopped_();) {
      const double s = crew_.run(count, [&](std::size_t i) { operations[i] = loop.run(blocks, &sums[i]); });
      for (std::size_t i = 0; i < count; ++i) {
        if (2 * sums[i] * static_cast<double>(blocks) != operations[i]) return std::nullopt;
      }
      if (s < kPass_s) {
        blocks *= 2;
        continue;
      }
      double all = 0;
      for (std::size_t i = 0; i < count; ++i) all += operations[i];
      best = std::max(best.value_or(0), all / s / 1e9);
      ++pass;
    }
    return best;
  }

  double fma_gflops(std::size_t count, int wanted) {
    std::vector<double> each(crew_.size());
    double best = 0;
    std::size_t rounds = std::size_t{1} << 20U;
    for (int pass = 0; pass < wanted && !is_stopped_();) {
      const double s = crew_.run(count, [&](std::size_t i) {
        float out = 0;
        each[i] = kernels_.fma(rounds, &out);
        sinks_[i].value = out;
      });
      if (s < kPass_s) {
        rounds *= 2;
        continue;
      }
      double all = 0;
      for (std::size_t i = 0; i < count; ++i) all += each[i];
      best = std::max(best, all / s / 1e9);
      ++pass;
    }
    return best;
  }

  const CpuKernels& kernels() const { return kernels_; }

 private:
  /// Passes of `bytes` each. `work(thread, turns)` does a thread's share of as many turns as make a pass long enough to
  /// trust; `before` is called before each pass.
  template <class Work, class Before>
  Passes timed(std::size_t count, int wanted, std::size_t bytes, const Work& work, const Before& before) {
    Passes all;
    int turns = 1;
    const double started_s = now_s();
    const auto is_time_up = [&](int pass) {
      const double spent_s = now_s() - started_s;
      return spent_s > (pass < kFewestPasses ? 2 : 1) * kFigure_s && pass > 0;
    };
    for (int pass = 0; pass < wanted && !is_stopped_() && !is_time_up(pass);) {
      before();
      const double s = crew_.run(count, [&](std::size_t thread) { work(thread, turns); });
      if (s < kPass_s && turns < (1 << 20)) {
        turns = static_cast<int>(std::ceil(turns * std::min(64.0, 1.3 * kPass_s / std::max(s, 1e-6))));
        continue;
      }
      all.processor_share.push_back(crew_.processor_share());
      all.gbps.push_back(static_cast<double>(bytes) * turns / s / kGb);
      ++pass;
    }
    return all;
  }
  template <class Work>
  Passes timed(std::size_t count, int wanted, std::size_t bytes, const Work& work) {
    return timed(count, wanted, bytes, work, [] {});
  }

  struct alignas(64) Sink {
    volatile double value = 0;  ///< what was computed must be wanted by somebody
  };
  WorkCrew crew_;
  std::unique_ptr<ReadBuffer> buffer_;
  const std::function<bool()>& is_stopped_;
  std::vector<Sink> sinks_;
  const CpuKernels& kernels_;
  ActivationBlock vector_[kRowBlocks];
  WideActivationBlock wide_vector_[kWideBlocks];
  std::uint16_t halves_[kRowBlocks * 32] = {};
};

std::vector<std::size_t> thread_counts(const WorkPlaces& places, bool quick) {
  const auto all = places.processors.size(), cores = static_cast<std::size_t>(places.cores);
  std::vector<std::size_t> counts = {1};
  if (!quick) {
    for (std::size_t n = 2; n < cores; n *= 2) counts.push_back(n);
  }
  for (const std::size_t n : {static_cast<std::size_t>(places.fast_cores), cores, all}) counts.push_back(n);
  std::sort(counts.begin(), counts.end());
  counts.erase(std::unique(counts.begin(), counts.end()), counts.end());
  return counts;
}

/// Reads with more and more threads, then with numbers between them until the fewest that read nearly as fast are
/// known; what was best stays in `speed`.
void measure_reads(CpuMeasure& measure, const std::vector<std::size_t>& counts, int passes, bool is_exact,
                   ProbedSpeed& speed, const std::function<void(const std::string&)>& step) {
  Passes best;
  const auto read_with = [&](std::size_t count) {
    step("memory, " + std::to_string(count) + (count == 1 ? " thread" : " threads"));
    const Passes all = measure.read(count, passes);
    if (all.gbps.empty()) return false;
    const auto threads = static_cast<int>(count);
    const auto behind = std::find_if(speed.read.begin(), speed.read.end(),
                                     [&](const ThreadRate& rate) { return rate.threads > threads; });
    speed.read.insert(behind, {threads, all.best(), all.usual()});
    if (all.best() < best.best()) return true;
    best = all;
    speed.threads = threads;
    return true;
  };
  for (const std::size_t count : counts) {
    if (!read_with(count)) return;
  }
  while (const std::optional<int> next = is_exact ? threads_to_try(speed.read) : std::nullopt) {
    if (!read_with(static_cast<std::size_t>(*next))) return;
  }
  speed.read_gbps = best.best();
  speed.read_usual_gbps = best.usual();
  speed.spread = 1 - best.usual() / best.best();
  speed.processor_share = median(best.processor_share);
}

/// STREAM's copy and triad with a thread on every core, with ordinary stores and with such as go past the caches.
void measure_stream(CpuMeasure& measure, std::size_t threads, int passes, ProbedSpeed& speed) {
  const StreamKernels& kernels = measure.kernels().stream;
  measure.fill_with_numbers();
  const auto take = [&](const char* kernel, bool is_streaming, const Passes& all) {
    if (!all.gbps.empty())
      speed.stream.push_back({kernel, is_streaming, static_cast<int>(threads), all.best(), all.usual()});
  };
  const auto copy = [&](StreamKernels::Copy run, bool is_streaming) {
    if (run == nullptr) return;
    take("copy", is_streaming,
         measure.stream(threads, passes, 2,
                        [&](double* to, const double* one, const double*, std::size_t count) { run(to, one, count); }));
  };
  const auto triad = [&](StreamKernels::Triad run, bool is_streaming) {
    if (run == nullptr) return;
    take("triad", is_streaming, measure.stream(threads, passes, 3, run));
  };
  copy(kernels.copy, false);
  copy(kernels.copy_streaming, true);
  triad(kernels.triad, false);
  triad(kernels.triad_streaming, true);
}

void measure_peaks(CpuMeasure& measure, bool is_limited, int passes, ProbedSpeed& speed) {
  for (const PeakLoop& loop : peak_loops(measure.kernels(), is_limited)) {
    ComputePeak peak{loop.what, loop.instructions, {}, loop.why_not};
    if (loop.run != nullptr) {
      peak.gops = measure.peak_gops(loop, measure.threads(), passes);
      if (!peak.gops) peak.why_not = "it was not measured to the end, or its sum was wrong";
    }
    speed.peaks.push_back(std::move(peak));
  }
}

/// Whether half of the buffer is read as fast as all of it: if it is faster, caches still hold a share.
void check_plateau(CpuMeasure& measure, int passes, ProbedSpeed& speed) {
  constexpr double kSame = 1.05;
  const Passes half = measure.read(static_cast<std::size_t>(speed.threads), passes, 0.5);
  speed.is_plateau = half.gbps.empty() || half.best() < kSame * *speed.read_gbps;
  if (!speed.is_plateau) {
    speed.notes.push_back("half of the buffer is read at " + significant(half.best()) +
                          " GB/s: caches still help, and memory alone is slower than what is shown");
  }
}

/// The number of threads at which products are fastest (more than the cores seldom help), then every format with it.
void measure_products(CpuMeasure& measure, const std::vector<std::size_t>& counts, const WorkPlaces& places, int passes,
                      ProbedSpeed& speed, const std::function<void(const std::string&)>& step) {
  speed.products_from_s = now_s();
  std::vector<std::size_t> tried(counts.end() - static_cast<std::ptrdiff_t>(std::min<std::size_t>(2, counts.size())),
                                 counts.end());
  // Fast cores alone may be faster than all, where the others are slow.
  if (places.fast_cores < places.cores) tried.insert(tried.begin(), static_cast<std::size_t>(places.fast_cores));
  double best = 0;
  for (const std::size_t count : tried) {
    step("4-bit products, " + std::to_string(count) + (count == 1 ? " thread" : " threads"));
    const CpuMeasure::ProductRates all = measure.q4(count, passes);
    if (all.usual_gbps <= best) continue;
    best = all.usual_gbps;
    speed.q4_gbps = best;
    if (all.cached_gbps > 0) speed.q4_cached_gbps = all.cached_gbps;
    speed.threads = static_cast<int>(count);
  }
  speed.products_to_s = now_s();
  const auto count = static_cast<std::size_t>(std::max(1, speed.threads));
  const auto take = [&](const char* what, CpuMeasure::ProductRates (CpuMeasure::*rates)(std::size_t, int),
                        std::optional<double>& usual, std::optional<double>* cached) {
    step(what);
    const CpuMeasure::ProductRates all = (measure.*rates)(count, passes);
    if (all.usual_gbps > 0) usual = all.usual_gbps;
    if (cached != nullptr && all.cached_gbps > 0) *cached = all.cached_gbps;
  };
  take("8-bit products", &CpuMeasure::q8, speed.q8_gbps, &speed.q8_cached_gbps);
  take("Q4_K products", &CpuMeasure::q4k, speed.q4k_gbps, &speed.q4k_cached_gbps);
  take("Q6_K products", &CpuMeasure::q6k, speed.q6k_gbps, &speed.q6k_cached_gbps);
  take("16-bit products", &CpuMeasure::f16, speed.f16_gbps, nullptr);
}

/// Reads on as the reads before did: the same pages, the same number of threads.
void measure_sustained(CpuMeasure& measure, std::size_t threads, double seconds, ProbedSpeed& speed,
                       const std::function<void(const std::string&)>& step, const std::function<bool()>& is_stopped) {
  constexpr const char* kSysfs = "/sys";
  std::vector<LoadSample> samples;
  const std::optional<double> throttled = throttle_events(kSysfs);
  const double start = now_s();
  double shown_s = -1;
  while (now_s() - start < seconds && !is_stopped()) {
    if (now_s() - start - shown_s >= 1) {
      shown_s = now_s() - start;
      step("load, " + significant(shown_s, 2) + " of " + significant(seconds, 2) + " s");
    }
    const Passes all = measure.read(threads, 3);
    if (all.gbps.empty()) break;
    LoadSample sample;
    sample.at_s = now_s() - start;
    sample.rate = all.usual();
    sense_processor(kSysfs, sample);
    samples.push_back(sample);
  }
  speed.sustained = sustained_load(samples);
  if (!speed.sustained) return;
  speed.read_sustained_gbps = speed.sustained->steady;
  const std::optional<double> now = throttle_events(kSysfs);
  if (throttled && now) speed.throttle_events = *now - *throttled;
  speed.notes.push_back("reading on: " + sustained_words(*speed.sustained));
  if (speed.throttle_events && *speed.throttle_events > 0) {
    speed.notes.push_back("the processor says that heat held it back " + significant(*speed.throttle_events) +
                          " times meanwhile");
  }
}

std::size_t buffer_size(const FoundMachine& machine, bool quick) {
  constexpr double kLeast = 512 * kMib, kLeastQuick = 256 * kMib, kMost = 8 * kGib;
  constexpr double kLeastHidden = 2 * kGib;  // four times the largest that a host of some years has for a processor
  const double caches = machine.last_level_cache ? machine.last_level_cache->value : 0;
  double bytes = std::min(kMost, std::max(quick ? kLeastQuick : kLeast, 4 * caches));
  if (machine.hides_last_level) bytes = std::max(bytes, kLeastHidden);
  const std::optional<Bytes> free = machine.memory_available ? machine.memory_available : machine.memory_allowed();
  if (free) bytes = std::min(bytes, free->value / 4);
  if (machine.memory_limit) bytes = std::min(bytes, machine.memory_limit->value / 4);
  return static_cast<std::size_t>(bytes);
}

int number_in(const std::string& path, int otherwise) {
  const Result<std::string> text = read_file_start(path, 64);
  const Result<double> number = parse_number(text ? trim(*text) : std::string_view{});
  return number ? static_cast<int>(*number) : otherwise;
}

std::vector<int> allowed_processors() {
  std::vector<int> allowed;
#ifdef __linux__
  cpu_set_t set;
  CPU_ZERO(&set);
  if (sched_getaffinity(0, sizeof set, &set) == 0) {
    for (std::size_t i = 0; i < CPU_SETSIZE; ++i) {
      if (CPU_ISSET(i, &set)) allowed.push_back(static_cast<int>(i));
    }
  }
#endif
  const int known = static_cast<int>(std::max(1U, std::thread::hardware_concurrency()));
  if (allowed.empty()) {
    for (int i = 0; i < known; ++i) allowed.push_back(i);
  }
  return allowed;
}

}  // namespace

WorkPlaces work_places(const FoundMachine& machine) {
  WorkPlaces places;
  std::vector<int> first, second;
  std::map<std::pair<int, int>, int> seen;
  for (const int processor : allowed_processors()) {
    const std::string at = "/sys/devices/system/cpu/cpu" + std::to_string(processor) + "/topology/";
    const std::pair<int, int> core = {number_in(at + "physical_package_id", 0), number_in(at + "core_id", processor)};
    (seen[core]++ == 0 ? first : second).push_back(processor);
  }
  // The fast ones first: on processors with two kinds of cores a few of them read as fast as all.
  const auto is_fast = [&](int processor) {
    return std::binary_search(machine.fast_processors.begin(), machine.fast_processors.end(), processor);
  };
  const auto slow = std::stable_partition(first.begin(), first.end(), is_fast);
  places.cores = static_cast<int>(first.size());
  const auto fast = static_cast<int>(slow - first.begin());
  places.fast_cores = fast > 0 ? fast : places.cores;
  places.processors = first;
  places.processors.insert(places.processors.end(), second.begin(), second.end());
  if (machine.usable_threads) {
    const auto paid = static_cast<std::size_t>(std::max(1.0, std::floor(*machine.usable_threads)));
    if (places.processors.size() > paid) places.processors.resize(paid);
    places.cores = std::min(places.cores, static_cast<int>(places.processors.size()));
    places.fast_cores = std::min(places.fast_cores, places.cores);
  }
  return places;
}

Result<ProbedSpeed> measure_cpu(const FoundMachine& machine, const MeasureChoices& choices,
                                const std::function<bool()>& is_stopped, const MeasureProgress& progress) {
  const double started_s = now_s();
  const WorkPlaces places = work_places(machine);
  const std::vector<std::size_t> counts = thread_counts(places, choices.quick);
  const double steps = static_cast<double>(counts.size()) + 12 + choices.sustained_s;
  double done = 0;
  const auto step = [&](const std::string& phase) { progress(phase, std::min(0.99, done++ / steps)); };
  step("filling memory");
  const CpuKernels* named = kernels_named(choices.instructions);
  CpuMeasure measure(places, buffer_size(machine, choices.quick), named == nullptr ? best_kernels() : *named,
                     is_stopped);
  if (!measure.is_ready()) {
    return fail({ErrorCode::io, "there is too little memory to measure with", "probe", "close other programs", {}});
  }
  ProbedSpeed speed;
  speed.kernels = measure.kernels().name;
  speed.buffer_bytes = static_cast<double>(measure.bytes());
  const int passes = choices.quick ? 5 : 9;
  measure.read(1, 3);  // clocks come up
  measure_reads(measure, counts, passes, !choices.quick, speed, step);
  if (!speed.read_gbps) return speed;
  step("memory, half of the buffer");
  check_plateau(measure, passes, speed);
  if (const std::string words = disturbance_words(speed); !words.empty())
    speed.notes.push_back(words + "; figures are too low: run it again when nothing else runs");
  const auto readers = static_cast<std::size_t>(std::max(1, speed.threads));
  speed.peak_share = share_of_peak(speed.read_gbps, machine.memory_peak);
  if (speed.peak_share) {
    if (std::string words = peak_share_words(*speed.peak_share, *machine.memory_peak); !words.empty())
      speed.notes.push_back(std::move(words));
  }
  step("STREAM");
  measure_stream(measure, std::max(readers, static_cast<std::size_t>(places.cores)),
                 choices.quick ? kFewestPasses : kProductPasses, speed);
  step("filling ordinary pages");
  const std::size_t bytes = measure.bytes();
  measure.take_memory(bytes, Pages::ordinary);
  if (measure.is_ready()) measure_products(measure, counts, places, kProductPasses, speed, step);
  step("multiply-adds");
  if (const double rate = measure.fma_gflops(measure.threads(), passes); rate > 0) speed.fma_gflops = rate;
  step("dot products");
  measure_peaks(measure, !choices.instructions.empty(), passes, speed);
  if (choices.sustained_s > 0 && !is_stopped()) {
    measure.take_memory(bytes, Pages::huge);
    if (measure.is_ready()) measure_sustained(measure, readers, choices.sustained_s, speed, step, is_stopped);
  }
  if (!choices.disk_file.empty() && !is_stopped()) {
    step("disk");
    const Result<double> disk = measure_disk_read(choices.disk_file);
    if (!disk) return fail(disk.error());
    speed.disk_read_gbps = *disk;
  }
  speed.wall_s = now_s() - started_s;
  return speed;
}

}  // namespace rigwise
