#include "host/gpu/measure_gpu.h"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstring>

#include "core/base/text.h"
#include "core/base/units.h"
#include "core/stats/quantile.h"
#include "host/gpu/gpu_session.h"
#include "host/gpu/gpu_words.h"

namespace rigwise {
namespace {

/// What is sent at once takes about so long: far below the seconds after which watchdogs act.
constexpr double kSentSeconds = 0.04;
/// A pass is at least as long, or the clock's steps and the edges show.
constexpr double kPassSeconds = 0.01;
constexpr std::uint64_t kChunkMost = std::uint64_t{512} << 20U, kLeastBuffer = std::uint64_t{64} << 20U;
constexpr std::uint64_t kRowBytes = std::uint64_t{kGpuRowWords} * 4;
constexpr std::uint32_t kSums = 1024, kSeed = 20261121;

double wall_now_s() {
  return std::chrono::duration<double>(std::chrono::steady_clock::now().time_since_epoch()).count();
}

/// Part of the buffer, as much as a shader may address at once.
struct Chunk {
  GpuBuffer buffer;
  VkDescriptorSet bindings = nullptr;
  std::uint32_t words = 0, seed = 0, sum = 0;
  std::uint32_t rows() const { return words / kGpuRowWords; }
};

struct Rates {
  std::vector<double> each;
  double best() const { return each.empty() ? 0 : *std::max_element(each.begin(), each.end()); }
  double usual() const { return each.empty() ? 0 : median(each); }
};

/// One device under measurement.
class GpuMeasure {
 public:
  GpuMeasure(const GpuMeasureChoices& choices, ProbedGpu& result) : choices_(choices), result_(result) {}

  Result<void> all(const VulkanFunctions& functions, const VulkanDevice& device) {
    Result<std::unique_ptr<GpuSession>> opened = GpuSession::open(functions, device);
    if (!opened) return fail(opened.error());
    session_ = std::move(*opened);
    if (!session_->has_clock())
      result_.notes.emplace_back(
          "this device has no clock that may be read: times are the processor's, from sending to "
          "hearing, and figures a little low");
    using Step = Result<void> (GpuMeasure::*)();
    struct Named {
      const char* phase;
      Step step;
    };
    constexpr Named kSteps[] = {
        {"filling memory", &GpuMeasure::fill},     {"reading memory", &GpuMeasure::read},
        {"4-bit products", &GpuMeasure::products}, {"multiply-adds", &GpuMeasure::multiply_adds},
        {"load that lasts", &GpuMeasure::sustain}, {"copies", &GpuMeasure::copies}};
    double done = 0;
    for (const Named& named : kSteps) {
      if (choices_.is_stopped && choices_.is_stopped()) return {};
      tell(named.phase, done++ / std::size(kSteps));
      if (const Result<void> step = (this->*named.step)(); !step) return step;
      sense();
    }
    if (!powers_.empty()) result_.power_w = median(powers_);
    return {};
  }

 private:
  void tell(const std::string& phase, double share) const {
    if (choices_.progress) choices_.progress(result_.name + ": " + phase, share);
  }

  LoadSample sensed() const {
    LoadSample sample;
    if (choices_.sensors && !result_.is_software) choices_.sensors(session_->device().pci_address, sample);
    return sample;
  }
  void sense() {
    const LoadSample sample = sensed();
    if (sample.power_w) powers_.push_back(*sample.power_w);
    if (sample.temperature_c)
      result_.temperature_c = std::max(result_.temperature_c.value_or(0), *sample.temperature_c);
  }

  std::uint64_t wanted_bytes() const {
    constexpr double kShare = 0.25, kQuickMost = 536870912.0, kSoftwareMost = 134217728.0;
    const GpuHeap* heap = session_->device().own_heap();
    double bytes = choices_.buffer_bytes_most;
    if (choices_.quick) bytes = std::min(bytes, kQuickMost);
    if (result_.is_software) bytes = std::min(bytes, kSoftwareMost);
    if (heap != nullptr)
      bytes = std::min(bytes, kShare * std::min(heap->bytes, heap->budget_bytes.value_or(heap->bytes)));
    return static_cast<std::uint64_t>(bytes);
  }

  /// As much memory as is wanted, or as there is: half as much again and again down to 64 MiB.
  Result<void> take_memory() {
    const std::uint64_t step = kRowBytes * kGpuRowsOfGroup;
    const std::uint64_t most = std::min<std::uint64_t>(kChunkMost, session_->device().storage_range) / step * step;
    std::uint64_t wanted = std::max(wanted_bytes(), step), taken = 0;
    while (taken + step <= wanted) {
      const std::uint64_t bytes = std::min(most, (wanted - taken) / step * step);
      const Result<GpuBuffer> buffer = session_->buffer(bytes, GpuBufferUse::on_device);
      if (!buffer && taken > 0) break;
      if (!buffer && wanted / 2 < std::min(kLeastBuffer, wanted_bytes())) return fail(buffer.error());
      if (!buffer) {
        wanted /= 2;
        continue;
      }
      Chunk chunk;
      chunk.buffer = *buffer;
      chunk.words = static_cast<std::uint32_t>(bytes / 4);
      chunk.seed = kSeed + static_cast<std::uint32_t>(chunks_.size()) * 7919;
      chunks_.push_back(chunk);
      taken += bytes;
    }
    result_.buffer_bytes = static_cast<double>(taken);
    return {};
  }

  Result<void> fill() {
    if (const Result<void> taken = take_memory(); !taken) return taken;
    const std::uint64_t products = std::max<std::uint64_t>(kSums, chunks_.front().rows()) * 4;
    const Result<GpuBuffer> results = session_->buffer(products, GpuBufferUse::on_device);
    const Result<GpuBuffer> heard = session_->buffer(products, GpuBufferUse::from_device);
    const Result<GpuBuffer> vector = session_->buffer(std::uint64_t{kGpuRowWeights} * 4, GpuBufferUse::on_device);
    const Result<GpuBuffer> told = session_->buffer(std::uint64_t{kGpuRowWeights} * 4, GpuBufferUse::to_device);
    for (const Result<GpuBuffer>* buffer : {&results, &heard, &vector, &told}) {
      if (!*buffer) return fail(buffer->error());
    }
    results_ = *results;
    heard_ = *heard;
    activations_.resize(kGpuRowWeights);
    for (std::uint32_t i = 0; i < kGpuRowWeights; ++i)
      activations_[i] = (static_cast<float>(gpu_word(9 * i + 1, 3) % 2001U) - 1000) / 1000;
    std::memcpy(told->mapped, activations_.data(), activations_.size() * sizeof(float));
    if (const Result<void> begun = session_->begin(); !begun) return begun;
    session_->copy(*told, *vector, told->bytes);
    if (const Result<double> ran = session_->run("copying"); !ran) return fail(ran.error());
    const Result<GpuProgram> program = session_->program(fill_shader(), 0);
    if (!program) return fail(program.error());
    for (Chunk& chunk : chunks_) {
      const Result<VkDescriptorSet> bindings = session_->bindings(chunk.buffer, results_, *vector);
      if (!bindings) return fail(bindings.error());
      chunk.bindings = *bindings;
      // Pieces of 16 MiB: nobody knows yet how fast this is.
      constexpr std::uint32_t kPiece = 9 * 466033;
      for (std::uint32_t first = 0; first < chunk.words; first += kPiece) {
        if (const Result<void> begun = session_->begin(); !begun) return begun;
        session_->dispatch(*program, chunk.bindings, {first, std::min(kPiece, chunk.words - first), chunk.seed, 0},
                           256);
        if (const Result<double> ran = session_->run("filling memory"); !ran) return fail(ran.error());
      }
      chunk.sum = gpu_words_sum(chunk.words, chunk.seed);
    }
    return {};
  }

  /// One way to run a program over the buffer: group size, and how many of its steps one group makes.
  struct Variant {
    GpuProgram program;
    std::uint32_t group = 64, loads = 16;
  };

  /// What one unit of work is: uvec4 of reads, rows of products.
  enum class Work { read, product };

  static std::uint32_t units_of(const Chunk& chunk, Work work) {
    return work == Work::read ? chunk.words / 4 : chunk.rows();
  }
  static double unit_bytes(Work work) { return work == Work::read ? 16 : static_cast<double>(kRowBytes); }
  static std::uint32_t groups_for(const Variant& variant, Work work, std::uint32_t count) {
    if (work == Work::product) return count / kGpuRowsOfGroup;
    constexpr std::uint32_t kMostGroups = 65535;
    return std::clamp<std::uint32_t>(count / (variant.group * variant.loads), 1, kMostGroups);
  }

  /// Goes over `share` of every chunk once or more and gives bytes and seconds; what is sent at once is bounded by what
  /// the last showed. `rounds` says how often, for the sum.
  struct Pass {
    double bytes = 0, seconds = 0;
    std::uint32_t rounds = 0;
  };
  Result<Pass> pass(const Variant& variant, Work work, double share, double at_least_s) {
    Pass all;
    if (const Result<void> begun = session_->begin(); !begun) return fail(begun.error());
    session_->clear(results_);
    if (const Result<double> ran = session_->run("clearing"); !ran) return fail(ran.error());
    while (all.rounds == 0 || all.seconds < at_least_s) {
      if (const Result<void> round = one_round(variant, work, share, all); !round) return fail(round.error());
      ++all.rounds;
      constexpr std::uint32_t kEnough = 16;
      if (all.rounds >= kEnough && all.seconds <= 0)
        return fail({ErrorCode::io, "the device's clock stands still", "gpu", "", {}});
      if (choices_.is_stopped && choices_.is_stopped()) break;
    }
    return all;
  }

  Result<void> one_round(const Variant& variant, Work work, double share, Pass& all) {
    std::vector<std::pair<const Chunk*, GpuArguments>> pieces;
    double sent_bytes = 0;
    const auto send = [&]() -> Result<void> {
      if (pieces.empty()) return {};
      if (const Result<void> begun = session_->begin(); !begun) return begun;
      session_->start_clock();
      for (const auto& [chunk, arguments] : pieces)
        session_->dispatch(variant.program, chunk->bindings, arguments, groups_for(variant, work, arguments.count));
      session_->barrier();
      session_->stop_clock();
      const Result<double> ran = session_->run(work == Work::read ? "reading memory" : "multiplying");
      if (!ran) return fail(ran.error());
      all.bytes += sent_bytes;
      all.seconds += *ran;
      if (*ran > 0) bytes_per_s_ = sent_bytes / *ran;
      pieces.clear();
      sent_bytes = 0;
      return {};
    };
    for (const Chunk& chunk : chunks_) {
      const auto end = static_cast<std::uint32_t>(units_of(chunk, work) * share) / kGpuRowsOfGroup * kGpuRowsOfGroup;
      for (std::uint32_t first = 0; first < end;) {
        const double room = kSentSeconds * bytes_per_s_ - sent_bytes;
        const double fits = std::max(room / unit_bytes(work), static_cast<double>(kGpuRowsOfGroup));
        const std::uint32_t count =
            std::min(end - first, static_cast<std::uint32_t>(std::min(fits, 2e9)) / kGpuRowsOfGroup * kGpuRowsOfGroup);
        pieces.push_back({&chunk, {first, count, 0, 0}});
        sent_bytes += count * unit_bytes(work);
        first += count;
        if (sent_bytes >= kSentSeconds * bytes_per_s_ * 0.9) {
          if (const Result<void> sent = send(); !sent) return sent;
        }
      }
    }
    return send();
  }

  Result<void> hear(std::uint64_t bytes) {
    if (const Result<void> begun = session_->begin(); !begun) return begun;
    session_->copy(results_, heard_, bytes);
    if (const Result<double> ran = session_->run("copying results"); !ran) return fail(ran.error());
    return {};
  }

  static Unexpected wrong(const char* what) {
    return fail({ErrorCode::io,
                 std::string("the device computed a wrong ") + what + ": its figures are not shown",
                 "Vulkan",
                 "another driver, or a test of the card's memory",
                 {}});
  }

  Result<void> check_sum(std::uint32_t rounds) {
    if (const Result<void> heard = hear(std::uint64_t{kSums} * 4); !heard) return heard;
    std::uint32_t sum = 0, expected = 0;
    for (std::uint32_t i = 0; i < kSums; ++i) sum += heard_.mapped[i];
    for (const Chunk& chunk : chunks_) expected += chunk.sum * rounds;
    if (sum != expected) return wrong("sum of its memory");
    return {};
  }

  /// Rows of the first chunk, multiplied once more: in a pass all chunks write their products to one place.
  Result<void> check_products(const Variant& variant) {
    const Chunk& chunk = chunks_.front();
    if (const Result<void> begun = session_->begin(); !begun) return begun;
    session_->clear(results_);
    session_->barrier();
    session_->dispatch(variant.program, chunk.bindings, {0, chunk.rows(), 0, 0}, chunk.rows() / kGpuRowsOfGroup);
    if (const Result<double> ran = session_->run("multiplying"); !ran) return fail(ran.error());
    if (const Result<void> heard = hear(std::uint64_t{chunk.rows()} * 4); !heard) return heard;
    constexpr std::uint32_t kChecked = 24;
    for (std::uint32_t i = 0; i < kChecked; ++i) {
      const auto row = static_cast<std::uint32_t>(std::uint64_t{chunk.rows() - 1} * i / (kChecked - 1));
      float got = 0;
      std::memcpy(&got, heard_.mapped + row, sizeof got);
      const double expected = gpu_row_product(row, chunk.seed, activations_.data());
      if (!(std::abs(got - expected) < 1e-2 + 1e-3 * std::abs(expected))) return wrong("product");
    }
    return {};
  }

  Result<Variant> best_variant(GpuShader shader, Work work, const std::vector<Variant>& candidates) {
    Variant best;
    double best_rate = 0;
    GpuProgram program;
    std::uint32_t compiled = 0;
    for (Variant candidate : candidates) {
      if (candidate.group > session_->device().workgroup_size_most) continue;
      if (candidate.group != compiled) {
        const Result<GpuProgram> made = session_->program(shader, candidate.group);
        if (!made) return fail(made.error());
        program = *made;
        compiled = candidate.group;
      }
      candidate.program = program;
      const Result<Pass> tried = pass(candidate, work, 1, 0);
      if (!tried) return fail(tried.error());
      const double rate = tried->bytes / tried->seconds;
      if (rate <= best_rate) continue;
      best = candidate;
      best_rate = rate;
    }
    return best;
  }

  Result<Rates> rates(const Variant& variant, Work work, double share, std::uint32_t& rounds) {
    const int passes = choices_.quick ? 3 : 9;
    constexpr double kMost_s = 2;
    Rates all;
    const double started_s = wall_now_s();
    for (int i = 0; i < passes && (i < 3 || wall_now_s() - started_s < kMost_s); ++i) {
      const Result<Pass> done = pass(variant, work, share, kPassSeconds);
      if (!done) return fail(done.error());
      rounds = done->rounds;
      all.each.push_back(done->bytes / done->seconds / kGb);
    }
    return all;
  }

  Result<void> read() {
    std::vector<Variant> candidates = {{{}, 64, 16}, {{}, 64, 64}, {{}, 256, 16}, {{}, 256, 64}, {{}, 256, 256}};
    if (choices_.quick || result_.is_software) candidates = {{{}, 64, 64}, {{}, 256, 64}};
    const Result<Variant> best = best_variant(read_shader(), Work::read, candidates);
    if (!best) return fail(best.error());
    std::uint32_t rounds = 0;
    const Result<Rates> whole = rates(*best, Work::read, 1, rounds);
    if (!whole) return fail(whole.error());
    if (const Result<void> checked = check_sum(rounds); !checked) return checked;
    result_.read_gbps = whole->best();
    result_.read_usual_gbps = whole->usual();
    const Result<Rates> half = rates(*best, Work::read, 0.5, rounds);
    if (!half) return fail(half.error());
    constexpr double kSame = 1.05;
    result_.is_plateau = half->best() < kSame * whole->best();
    if (!result_.is_plateau) {
      result_.notes.push_back("half of the buffer is read at " + significant(half->best()) +
                              " GB/s: caches still help, and memory alone is slower than what is shown");
    }
    return {};
  }

  Result<void> products() {
    std::vector<Variant> candidates = {{{}, 32, 1}, {{}, 64, 1}, {{}, 128, 1}, {{}, 256, 1}};
    if (result_.is_software) candidates = {{{}, 64, 1}};
    const Result<Variant> best = best_variant(product_shader(), Work::product, candidates);
    if (!best) return fail(best.error());
    std::uint32_t rounds = 0;
    const Result<Rates> all = rates(*best, Work::product, 1, rounds);
    if (!all) return fail(all.error());
    if (const Result<void> checked = check_products(*best); !checked) return checked;
    result_.q4_gbps = all->usual();
    product_ = *best;
    return {};
  }

  Result<void> multiply_adds() {
    Result<double> single = flops(fma32_shader());
    if (!single) return fail(single.error());
    result_.fp32_tflops = *single / 1e12;
    if (!session_->device().has_fp16) return {};
    Result<double> half = flops(fma16_shader());
    if (!half) return fail(half.error());
    result_.fp16_tflops = *half / 1e12;
    return {};
  }

  /// Each invocation makes 1,024 steps in sixteen chains; more and more of them until it lasts long enough.
  Result<double> flops(GpuShader shader) {
    constexpr std::uint32_t kSteps = 1024, kGroupSize = 64, kMostGroups = 65535;
    constexpr double kOperations = 2.0 * 16 * kSteps * kGroupSize;
    const Result<GpuProgram> program = session_->program(shader, 0);
    if (!program) return fail(program.error());
    std::uint32_t groups = 64, times = 1;
    double best = 0;
    for (int tries = 0; tries < 24; ++tries) {
      if (const Result<void> begun = session_->begin(); !begun) return fail(begun.error());
      session_->start_clock();
      for (std::uint32_t i = 0; i < times; ++i)
        session_->dispatch(*program, chunks_.front().bindings, {0, 0, 1, kSteps}, groups);
      session_->barrier();
      session_->stop_clock();
      const Result<double> ran = session_->run("multiplying and adding");
      if (!ran) return fail(ran.error());
      if (*ran > 0) best = std::max(best, kOperations * groups * times / *ran);
      const bool is_long = *ran >= kPassSeconds || (groups == kMostGroups && times >= 64);
      if (is_long && tries >= (choices_.quick ? 6 : 12)) break;
      if (is_long) continue;
      if (groups < kMostGroups) {
        groups = std::min(kMostGroups, groups * 2);
      } else {
        times *= 2;
      }
    }
    if (const Result<void> heard = hear(std::uint64_t{kSums} * 4); !heard) return fail(heard.error());
    for (std::uint32_t i = 0; i < kSums; ++i) {
      float got = 0;
      std::memcpy(&got, heard_.mapped + i, sizeof got);
      // Four vectors that begin at lane mod 16 and 1, 2, 3 above it, each element one more a step.
      const double expected = 16.0 * (i % 16 + kSteps) + 4 * (1 + 2 + 3);
      if (std::abs(got - expected) > 0.5) return wrong("multiply-add");
    }
    return best;
  }

  /// Products on and on, one figure a quarter of a second.
  Result<void> sustain() {
    if (choices_.sustained_s <= 0) return {};
    std::vector<LoadSample> samples;
    const double started_s = wall_now_s();
    while (wall_now_s() - started_s < choices_.sustained_s && !(choices_.is_stopped && choices_.is_stopped())) {
      constexpr double kSample_s = 0.25;
      const Result<Pass> done = pass(product_, Work::product, 1, kSample_s);
      if (!done) return fail(done.error());
      LoadSample sample = sensed();
      sample.at_s = wall_now_s() - started_s;
      sample.rate = done->bytes / done->seconds / kGb;
      tell("load, " + significant(sample.at_s, 2) + " of " + significant(choices_.sustained_s, 2) + " s",
           sample.at_s / choices_.sustained_s);
      samples.push_back(sample);
    }
    result_.sustained = sustained_load(samples);
    return {};
  }

  Result<void> copies() {
    const std::uint64_t bytes = std::min<std::uint64_t>(chunks_.front().buffer.bytes, std::uint64_t{64} << 20U);
    const Result<GpuBuffer> from = session_->buffer(bytes, GpuBufferUse::to_device);
    const Result<GpuBuffer> back = session_->buffer(bytes, GpuBufferUse::from_device);
    if (!from) return fail(from.error());
    if (!back) return fail(back.error());
    const auto words = static_cast<std::uint32_t>(bytes / 4);
    for (std::uint32_t i = 0; i < words; ++i) from->mapped[i] = gpu_word(i, ~kSeed);
    const Result<double> there = copy_rate(*from, chunks_.front().buffer, bytes);
    if (!there) return fail(there.error());
    const Result<double> here = copy_rate(chunks_.front().buffer, *back, bytes);
    if (!here) return fail(here.error());
    if (std::memcmp(from->mapped, back->mapped, bytes) != 0) return wrong("copy");
    result_.to_device_gbps = *there;
    result_.from_device_gbps = *here;
    return {};
  }

  Result<double> copy_rate(const GpuBuffer& from, const GpuBuffer& to, std::uint64_t bytes) {
    Rates all;
    for (int i = 0; i < (choices_.quick ? 3 : 7); ++i) {
      if (const Result<void> begun = session_->begin(); !begun) return fail(begun.error());
      session_->start_clock();
      session_->copy(from, to, bytes);
      session_->barrier();
      session_->stop_clock();
      const Result<double> ran = session_->run("copying");
      if (!ran) return fail(ran.error());
      if (*ran > 0) all.each.push_back(static_cast<double>(bytes) / *ran / kGb);
    }
    return all.usual();
  }

  const GpuMeasureChoices& choices_;
  ProbedGpu& result_;
  std::unique_ptr<GpuSession> session_;
  std::vector<Chunk> chunks_;
  std::vector<float> activations_;
  std::vector<double> powers_;
  GpuBuffer results_, heard_;
  Variant product_;
  double bytes_per_s_ = 1e9;  ///< until something was timed: pieces of 40 MB
};

}  // namespace

ProbedGpu unmeasured_gpu(const VulkanDevice& device, std::size_t index) {
  ProbedGpu gpu;
  gpu.id = device.pci_address.empty() ? "vulkan-" + std::to_string(index) : device.pci_address;
  gpu.name = device.name;
  gpu.driver = device.driver;
  gpu.kind = device.kind;
  gpu.is_software = device.is_software;
  if (const double bytes = own_memory_bytes(device.heaps); bytes > 0) gpu.memory_bytes = bytes;
  gpu.budget_bytes = own_budget_bytes(device.heaps);
  return gpu;
}

ProbedGpu measure_gpu(const VulkanFunctions& functions, const VulkanDevice& device, const GpuMeasureChoices& choices) {
  ProbedGpu gpu = unmeasured_gpu(device, 0);
  const double started_s = wall_now_s();
  const Result<void> measured = GpuMeasure(choices, gpu).all(functions, device);
  if (!measured) gpu.fault = measured.error().message;
  gpu.wall_s = wall_now_s() - started_s;
  return gpu;
}

namespace {

ProbedGpu measure_or_pass_over(const VulkanFunctions& functions, const VulkanDevice& device, std::size_t index,
                               const GpuMeasureChoices& choices) {
  ProbedGpu gpu = unmeasured_gpu(device, index);
  if (device.is_software && !choices.software) {
    gpu.fault = "a software device: the processor in disguise, not measured";
    return gpu;
  }
  const std::string id = gpu.id;
  gpu = measure_gpu(functions, device, choices);
  gpu.id = id;
  return gpu;
}

}  // namespace

std::vector<ProbedGpu> measure_devices(const VulkanFunctions& functions, std::vector<VulkanDevice> devices,
                                       const GpuMeasureChoices& choices) {
  std::vector<GpuIdentity> identities;
  for (VulkanDevice& device : devices) {
    if (device.pci_address.empty() && !device.uuid.empty() && choices.address_of)
      device.pci_address = choices.address_of(device.uuid);
    identities.push_back(device.identity());
  }
  std::vector<ProbedGpu> gpus;
  for (const std::vector<std::size_t>& drivers : same_gpus(identities)) {
    ProbedGpu gpu = measure_or_pass_over(functions, devices[drivers.front()], drivers.front(), choices);
    // A driver that fails leaves the device to the next one that has it.
    for (std::size_t i = 1; i < drivers.size(); ++i) {
      const VulkanDevice& again = devices[drivers[i]];
      const bool is_over = choices.is_stopped && choices.is_stopped();
      if (gpu.fault.empty() || is_over || (again.is_software && !choices.software)) {
        gpu.other_drivers.push_back(again.driver);
        continue;
      }
      ProbedGpu other = measure_or_pass_over(functions, again, drivers[i], choices);
      other.notes.push_back("measured through " + again.driver + ", since " + gpu.driver + " failed: " + gpu.fault);
      other.other_drivers = gpu.other_drivers;
      other.other_drivers.push_back(gpu.driver);
      if (other.fault.empty() || !gpu.read_gbps) gpu = std::move(other);
    }
    gpus.push_back(std::move(gpu));
  }
  return gpus;
}

Result<std::vector<ProbedGpu>> measure_gpus(const GpuMeasureChoices& choices, const std::string& library) {
  const Result<std::unique_ptr<VulkanInstance>> vulkan = VulkanInstance::open(library);
  if (!vulkan) return fail(vulkan.error());
  const VulkanFunctions& functions = (*vulkan)->functions();
  Result<std::vector<VulkanDevice>> devices = vulkan_devices(functions, (*vulkan)->handle());
  if (!devices) return fail(devices.error());
  return measure_devices(functions, std::move(*devices), choices);
}

}  // namespace rigwise
