#pragma once

#include <string>
#include <vector>

#include "core/perf/bands.h"
#include "core/perf/device_terms.h"
#include "core/perf/fit.h"
#include "core/perf/refused_run.h"

namespace rigwise {

/// Below this distance (a factor of 1.65) a run of one workload says nearly all about the other. Among published runs
/// of one set-up by one source, decode speeds that near agree within 5 % four times of five, farther ones within 30 %.
inline constexpr double kNearRun = 0.5;

/// No answer names more of the runs it stands on: nobody reads a list of thousands.
inline constexpr std::size_t kMostRunsNamed = 16;

struct Learned {
  Calibration calibration;
  int rows = 0;  ///< given
  std::vector<RefusedRun> refused;
};

/// The shipped calibration with what the user's own runs say of the machine they were made on.
///
///     r_g = median of ln(measured / published prediction) over the runs of set-up g
///     v_d = sum_g r_g / (n + 1);    v_dm = sum_{g of m} (r_g - v_d) / (n_m + 1)
///
/// Takes  rows as an importer or a person wrote them; `shipped` without runs of its own (they are replaced).
/// Gives  the runs by set-up, for T0, and the terms v for other models and formats on the same device (T2, T1) and, cut
///        to what one group may say of a chip, for machines with the same chip that nobody measured.
/// Holds  rows that cannot be resolved, break the hard ceiling, speculate, or lie below 1 % of the roofline and a tenth
///        of the prediction, are refused.
///        One run on a device moves its relatives half of the way; published runs move them a third (device_terms.h),
///        because this machine's power limit, driver and cooling are its own.
/// From   the catalog: from one run of a source on a device, its other models are predicted best with
///        0.5 to 0.8 of that residual, the same model in another format with 0.7 to 0.8.
Learned learn_from(const Catalog& catalog, const Calibration& shipped, const std::vector<Measurement>& own);

/// The calibration without the user's runs: what published measurements alone say.
Calibration published_only(Calibration calibration);

/// `published` moved by the user's runs. At a set-up that was measured, the factor is what the curve through its runs
/// says of the workload (own_curve.h), so that a measured workload gets its measurement.
DeviceEvidence with_own_runs(const Calibration& calibration, const DeviceContext& context, DeviceEvidence published);

/// Ids of the runs behind a T0 or an answer about the same set-up, nearest workload first, kMostRunsNamed at most.
std::vector<std::string> own_runs_of(const Calibration& calibration, const DeviceContext& context);

/// Residuals of predictions from one run of the same source on the same device, for the bands of learned predictions:
/// another run of the same set-up, another format of its model, another model.
///
/// Takes  residuals of the rows with nothing left out, and with the row's device left out of the fit; `published` with
///        its bands.
/// Holds  relatives twice: as if nobody had published the device, and, where another source did, beyond what that
///        source's groups say of it.
std::vector<OwnResidual> own_residuals(const FitRows& rows, const std::vector<double>& residuals,
                                       const std::vector<double>& left_out, const Calibration& published);

/// A published run as one other run of the same source on the same device would have predicted it.
struct LearnTrial {
  OwnResidual residual;
  LogBand before, after;  ///< 80 % bands without and with that run
};

/// Every such pair, each judged by bands that no pair of its device had a part in: whether own runs keep what their
/// bands promise. Rows count as in fit_calibration().
std::vector<LearnTrial> learn_trials(const Catalog& catalog, const std::vector<Measurement>& rows);

}  // namespace rigwise
