#pragma once

#include <optional>
#include <string>
#include <vector>

#include "core/facts/catalog.h"
#include "core/machine/read_checks.h"
#include "core/measure/energy.h"
#include "core/measure/sustained_load.h"
#include "core/perf/calibration.h"
#include "core/perf/predict.h"

namespace rigwise {

/// One of McCalpin's STREAM kernels, counted as he counts: copy moves two numbers an element, triad three.
struct StreamRate {
  std::string kernel;         ///< "copy" or "triad"
  bool is_streaming = false;  ///< stores go past the caches; else each line that is written is read before
  int threads = 1;
  double best_gbps = 0, usual_gbps = 0;

  /// What the memory moves if every line written is read before (write-allocate): 3/2 of a copy, 4/3 of a triad. Some
  /// processors leave that read out where they see whole lines written, so that this is the most that it was.
  double moved_gbps() const;
};

/// Multiply-adds in registers of one kind of number.
struct ComputePeak {
  std::string what;            ///< "int8", "bf16", "int8 tiles", "bf16 tiles"
  std::string instructions;    ///< "AVX-512 VNNI"; empty: none
  std::optional<double> gops;  ///< 10^9 operations a second, a multiply-add being two
  std::string why_not;         ///< why there is no figure
};

/// What a processor did when it was measured. GB/s are 10^9 bytes of weights or of plain memory read in a second.
struct ProbedSpeed {
  std::vector<ThreadRate> read;               ///< plain reads of memory, by threads
  std::optional<double> read_gbps;            ///< the best of them
  std::optional<double> read_usual_gbps;      ///< median of the passes at the best number of threads
  std::optional<double> read_sustained_gbps;  ///< median of the last third of a long run
  std::optional<double> peak_share;           ///< best read / what the memory's modules allow; above 1: see PeakVerdict
  std::vector<StreamRate> stream;
  double buffer_bytes = 0;
  bool is_plateau = true;  ///< a buffer twice as large is read as fast
  /// Products of a matrix with a vector, from memory in ordinary pages, in blocks like ggml's Q4_0, Q8_0, Q4_K and Q6_K
  /// and in half precision; in the layouts that engines use on such a processor, where we have them.
  std::optional<double> q4_gbps, q8_gbps, q4k_gbps, q6k_gbps, f16_gbps;
  std::optional<double> q4_cached_gbps, q8_cached_gbps;  ///< the same from caches: what unpacking allows
  std::optional<double> q4k_cached_gbps, q6k_cached_gbps;
  std::optional<double> fma_gflops;  ///< single precision
  std::vector<ComputePeak> peaks;    ///< of other numbers
  std::optional<double> disk_read_gbps;
  std::string kernels;  ///< instructions used: "AVX-512 VNNI"
  int threads = 0;      ///< at which the matrix products ran
  /// Of the time of the passes that count, the share in which the threads ran; the rest was other programs'.
  std::optional<double> processor_share;
  std::optional<SustainedLoad> sustained;         ///< what minutes of load did
  std::optional<double> throttle_events;          ///< that the processor counted meanwhile
  double products_from_s = 0, products_to_s = 0;  ///< when the products from memory ran (clock that only goes forward)
  std::optional<WindowEnergy> products_energy;    ///< what they took, where the machine tells
  double spread = 0;                              ///< (best - median) / best of the reads
  double wall_s = 0;
  std::vector<std::string> notes;
};

/// What others did to the measurement, in words ("other programs had the processors for 23 % of the time"): they took
/// more than a tenth of the processors' time, or the passes of the reads differ by more than that. Empty: neither.
std::string disturbance_words(const ProbedSpeed& speed);

/// Rate at which weights of a format are multiplied with a vector, from what was measured of its blocks; empty where
/// nothing is known.
///
///     rate = bits / (sum over blocks of share * bits of block / rate of block)
///
/// Takes  bits of the whole model in that format: mixtures of K blocks lie between Q4_K (4.5 bits) and Q6_K (6.5625),
///        and their bits say how much of each.
/// Holds  for formats of llama.cpp. Below 4.5 bits a weight takes as long as in Q4_K, where unpacking decides; MXFP4
/// and
///        IQ4_NL, whose blocks are looked up in a table like Q4_0's, as long as in Q4_0.
std::optional<double> product_rate_gbps(const ProbedSpeed& speed, const Format& format);

/// Terms that put the predictor's decode on `here` where the measured products put it.
///
///     t' = t - t_weights + bytes / rate;    term = ln(t / t')
///
/// Takes  the record of this machine in `catalog` (a processor), the products' rates.
/// Gives  one term for every engine and format that processors run, for decode and for many streams, and one for
/// formats
///        that nothing is known of (as Q4_K_M, else Q4_0), added to `calibration`.
/// Holds  no faster than the roofline of the measured reads. Prompts are left as published.
/// From   the predictor's own terms for a model of 8 billion weights.
void learn_probed_speed(const Catalog& catalog, const Device& here, const ProbedSpeed& speed, Calibration& calibration);

/// The model that terms are reckoned with: the largest dense one of at most 8.5 billion weights; null in an empty
/// catalog.
const Llm* yardstick_model(const Catalog& catalog);

/// ln(t / t') of decoding, when its weights are read at `bytes_per_s` instead of as predicted; nothing where nothing is
/// predicted.
std::optional<double> weights_term(const Catalog& catalog, const Calibration& calibration, const PredictQuery& query,
                                   double bytes_per_s);

}  // namespace rigwise
