#pragma once

#include <optional>
#include <string>
#include <vector>

#include "core/base/provenance.h"
#include "core/perf/calibration.h"

namespace rigwise {

/// One group's residual for the bands: ln(measured / predicted) of a prediction that had not seen the group.
struct BandResidual {
  std::string error_class, backend, engine, device;
  Tier tier = Tier::t3_same_backend;
  double log_ratio = 0;
};

/// Split-conformal 80 % bands, finest first: class/tier/backend/engine, class/tier/backend, class/tier. A record
/// needs 20 groups, and 8 devices where it has a parent; each device weighs as much as any other.
/// From  predicting.md 4.10.
std::vector<BandRecord> fit_bands(const std::vector<BandResidual>& residuals);

/// A residual of a prediction that knew one run of the same machine: ln(measured / predicted).
struct OwnResidual {
  std::string error_class, backend, engine, device;
  OwnReach reach = OwnReach::here;
  int group = 0;  ///< of the run that was predicted: each group of a device weighs the same
  double log_ratio = 0;
  double distance = 0;                           ///< as of OwnNearness
  bool known = false;                            ///< whether others had published the device
  double published_low = 0, published_high = 0;  ///< the band that published measurements alone gave
};

/// Bands for predictions that know runs of the user's machine.
///
/// Of the same set-up: keys class/t0 and class/own-far with backend and engine as above. A record needs 20 groups from
/// 5 devices. What differs between machines cancels in T0, so that groups are what is exchangeable there; elsewhere
/// devices are, and a record needs 10.
///
/// Of relatives: class/share-format and class/share-model, with "-known" where others had published the device. Their
/// log_low and log_high are what is left of the published band, -k_low and k_high of own_band(): one less the share of
/// the residual that runs of one machine have in common. 20 groups from 10 devices; never above 1.
std::vector<BandRecord> fit_own_bands(const std::vector<OwnResidual>& residuals);

/// Band of a prediction on the natural-log scale at a level: the finest record that exists, stretched when
/// the level is not 0.8.
struct LogBand {
  double low = 0, high = 0;
};
LogBand band_for(const Calibration& calibration, const std::string& error_class, Tier tier, const std::string& backend,
                 const std::string& engine, double level);

/// `published` as the user's own runs narrow it: smoothly, with how far the nearest of them is.
///
///     same set-up         b(d) = b_t0 + (b_far - b_t0) * min(1, d / 2),  d = run_distance()
///     relatives, a side   b(d) = published * (k + (1 - k) * min(1, d / D)),  d = |ln(bytes of a token / of the run's)|
///     D = 1.4 (another format of the model: a factor of 4) or 3 (another model: a factor of 20)
///
/// Takes  b_t0, b_far, k from the records of fit_own_bands(), b_far the narrower of its record and `published`;
/// `known`:
///        whether others published this device.
/// Gives  a band no wider than `published`, unless the runs themselves lie further apart: four of five of them are
///        inside.
/// Holds  without a record nothing is narrowed: k = 1.
/// From   pairs of published runs of one source on one device (learn.h): what one leaves open of the other grows with
///        the distance about so; share-* by sides, so that 80 % of devices left out stay inside.
LogBand own_band(const Calibration& calibration, const std::string& error_class, const OwnNearness& nearness,
                 bool known, const LogBand& published, const std::string& backend, const std::string& engine,
                 double level);

/// How much wider, on the logarithm, a band becomes where nobody measured: beyond so many cached tokens, streams or
/// devices.
///     w = product over the three of 1 + log2(asked / most measured) / 4, where more is asked than was measured
/// Holds  as a judgement: within the data coverage does not fall with depth (85 % at 64K tokens, devices left out), and
///        predicting.md 4.10 widens by 1.3 to 2 for what a model knows less of.
/// From   the published rows: more than two devices up to 65,536 tokens, 32 streams on one device, 8 devices.
double widening_outside(double tokens, double streams, double devices);

}  // namespace rigwise
