#pragma once

#include <optional>
#include <vector>

namespace rigwise {

/// Finds the largest load that keeps the objectives, one measured level at a time: doubles until one fails, then
/// halves the gap. Streams are whole numbers; rates stop when the gap is small.
class LoadSearch {
 public:
  struct Limits {
    double start = 1, most = 4096;
    bool whole = true;        ///< streams; false: requests a second
    double precision = 0.05;  ///< of a rate: stop when good and bad are nearer than this share
    int levels = 24;          ///< at most so many
  };
  explicit LoadSearch(Limits limits) : limits_(limits) {}

  /// The load to measure next; nothing when the answer is known.
  std::optional<double> next() const;
  /// What the level showed. `unsteady` counts as not kept: a queue that grows keeps no objective for long.
  void told(double load, bool kept);

  /// The largest load that kept the objectives; nothing when not even the first did.
  std::optional<double> best() const { return good_; }
  /// The smallest that did not; nothing when `most` did.
  std::optional<double> first_failing() const { return bad_; }

 private:
  Limits limits_;
  std::optional<double> good_, bad_;
  int told_ = 0;
};

/// Largest load up to which the speed of one stream stays at least `share` of what a single one has.
struct DegradationPoint {
  double streams = 1;
  double share = 1;  ///< of the speed of one stream alone
};
std::optional<double> degradation_knee(const std::vector<DegradationPoint>& points, double share);

}  // namespace rigwise
