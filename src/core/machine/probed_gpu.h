#pragma once

#include <optional>
#include <string>
#include <vector>

#include "core/facts/catalog.h"
#include "core/machine/found_machine.h"
#include "core/measure/sustained_load.h"
#include "core/perf/calibration.h"

namespace rigwise {

/// What a graphics processor did when it was measured. GB/s are 10^9 bytes in a second; TFLOP/s count a multiply-add as
/// two.
struct ProbedGpu {
  std::string id;  ///< PCI address, or "vulkan-0" where the driver does not tell
  std::string name, driver;
  std::vector<std::string> other_drivers;  ///< that have the same device, which was measured once
  std::string kind;                        ///< discrete integrated virtual software other
  bool is_software = false;                ///< the processor in disguise: never taken for a card
  std::optional<double> memory_bytes, budget_bytes;
  double buffer_bytes = 0;
  std::optional<double> read_gbps, read_usual_gbps;  ///< of its memory, by a shader: best and median
  bool is_plateau = true;                            ///< half of the buffer is read no faster
  std::optional<double> q4_gbps;                     ///< 4-bit weights times a vector
  std::optional<double> fp32_tflops, fp16_tflops;    ///< without matrix units
  std::optional<double> to_device_gbps, from_device_gbps;
  std::optional<double> power_w, temperature_c;  ///< mean and highest while it was measured, where its driver tells
  std::optional<double> memory_peak_gbps;        ///< of its memory's clock and width, where its driver tells
  std::optional<SustainedLoad> sustained;
  double wall_s = 0;
  std::string fault;  ///< why figures are missing; empty: none are
  std::vector<std::string> notes;
};

/// What was measured of a card that was found: the same PCI address, or the same name where one of the two has no
/// address. Null: it was not measured, or only a software device was.
const ProbedGpu* measured_card(const FoundGpu& found, const std::vector<ProbedGpu>& gpus);

/// Keeps predictions for the cards of `here` at what reads of their memory reached.
///
///     t' = t - t_weights + bytes / read;    term += ln(t / t'), where bytes / t_weights > read
///
/// Takes  the record of this machine in `catalog`, what was measured of its cards.
/// Gives  terms in `calibration` for every engine and backend that would be faster than the card's memory, for decode
/// and
///        for many streams: a card whose clocks are held down, whose memory errs or that sits in a notebook.
/// Holds  only downwards: a card that reads as its record says is predicted from published runs of its like, which say
///        more of engines than a shader of ours does.
/// From   the predictor's own terms for a model of 8 billion weights in Q4_K_M.
void learn_probed_gpus(const Catalog& catalog, const Device& here, const std::vector<ProbedGpu>& gpus,
                       Calibration& calibration);

}  // namespace rigwise
