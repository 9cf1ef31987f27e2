#pragma once

#include <string>
#include <vector>

#include "core/perf/own_runs.h"
#include "core/perf/speed.h"

namespace rigwise {

/// What the runs of one set-up say of it at every workload.
///
/// Runs of the same prompt length and number of streams make a line over the depth. A line is a curve through
///
///     ln t_measured = ln t_predicted - ln(measured / predicted)
///
/// Takes  the set-up's speed model without any device term; runs of that set-up.
/// Gives  ln of the factor on the predicted speed, and how far the runs lie from the curve.
/// Holds  a measured workload gets its measurement. Several runs of a workload give their median. A deeper cache never
///        makes a step faster: runs that claim so are pooled (isotonic regression), and between two runs the factor
///        goes with ln t_predicted where they are flatter than the model and with ln(depth) where they are steeper, so
///        that the time grows in either case. Beyond the last run the factor stays.
///        Lines are averaged by 1 / distance^2 in prompt length and streams, which no depth enters.
/// From   decode is bytes over bandwidth: a run moves the bandwidth or the share that the cache costs, never the sign.
class OwnCurve {
 public:
  /// `kv_format`: id of the cache's format in the runs. `is_prefill`: the runs are prompts'.
  OwnCurve(const SpeedModel& model, std::string kv_format, bool is_prefill, const std::vector<const OwnRun*>& runs);

  struct Reading {
    double log_ratio = 0, spread = 0;
  };
  Reading at(const RunPoint& point) const;
  /// The one factor that all runs share, for questions whose cache is kept otherwise than theirs.
  const Reading& overall() const { return overall_; }
  /// Whether a question with this cache format ("": the engine's own) is about the same steps.
  bool same_cache(std::string_view kv_format) const { return kv_format.empty() || kv_format == kv_format_; }
  /// The largest spread of one workload's runs.
  double most_spread() const { return most_spread_; }

 private:
  /// Runs of one workload.
  struct Knot {
    double log_depth = 0, log_predicted_s = 0, log_measured_s = 0, spread = 0;
    std::vector<double> each_log_measured_s;
    double log_ratio() const { return log_predicted_s - log_measured_s; }
  };
  struct Line {
    double prompt_tokens = 0, streams = 1;
    std::vector<Knot> knots;  ///< by depth
  };
  double log_predicted_s(const RunPoint& point) const;
  std::vector<Knot> knots_of(std::vector<const OwnRun*> runs) const;
  Reading on(const Line& line, const RunPoint& point) const;

  SpeedModel model_;
  std::string kv_format_;
  bool is_prefill_ = false;
  std::vector<Line> lines_;
  Reading overall_;
  double most_spread_ = 0;
};

/// How far four of five values lie from `centre` at most; with fewer than five values all of them. 0 for a single one.
double spread_around(double centre, const std::vector<double>& values);

}  // namespace rigwise
