// implausible_share() was set by the rows that published extracts marked. Does it find what it was not set by?
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <string>
#include <vector>

#include "core/perf/gate.h"
#include "core/perf/learn.h"
#include "core/perf/resolve.h"
#include "host/catalog_io/load.h"
#include "verbs/verbs.h"

namespace rigwise {
namespace {

const House& house() {
  static const House kHouse = [] {
    Result<LoadedCatalog> loaded = load_catalog({});
    EXPECT_TRUE(loaded);
    return loaded ? House{std::move(loaded->catalog), std::move(loaded->calibration)} : House{};
  }();
  return kHouse;
}

/// The rule's second condition on all but LocalScore: share of what is predicted.
constexpr double kLeastOfShipped = 0.4;

/// What the rule looks at, of a published row that decodes on one card.
struct SeenDecode {
  std::string id, source, device;
  double share = 0;         ///< of the roofline; of what the card's own memory allows, where layers lie on the host
  double of_predicted = 0;  ///< by the shipped constants
  bool is_small = false, is_local_score = false, is_offloaded = false;
  bool is_marked = false;  ///< by its source
};

std::vector<SeenDecode> published_decodes() {
  std::vector<SeenDecode> seen;
  const Calibration published = published_only(house().calibration);
  for (const Measurement& row : house().catalog.measurements) {
    if (row.confidence == "retracted") continue;
    const bool is_marked = row.unit_note.find("OUTLIER") != std::string::npos;
    if (is_marked && !row.id.starts_with('m')) continue;  // marks of our own hand say nothing of the rule
    Measurement plain = row;
    if (is_marked) plain.unit_note.resize(plain.unit_note.find("OUTLIER"));
    const ResolvedRow r = resolve_row(house().catalog, plain);
    if (!r.skip_reason.empty() || row.phase != Phase::decode || row.concurrency != 1) continue;
    if (r.setup.device_count() != 1 || row.hardware_count != 1 || r.parts.path == KernelPath::cpu) continue;
    if (gate_of(r) == Gate::above_ceiling || gate_of(r) == Gate::speculative) continue;
    SeenDecode& one = seen.emplace_back();
    one.id = row.id;
    one.source = row.source;
    one.device = r.device().id;
    one.is_offloaded = r.parts.host_share > 0.02;
    one.is_local_score = plain.unit_note.find("LocalScore") != std::string::npos;
    one.is_small = r.model->params_total <= 1.5e9;
    one.is_marked = is_marked;
    one.share = one.is_offloaded && one.is_local_score
                    ? row.tokens_per_s / hard_ceiling(r)
                    : row.tokens_per_s / ceiling_tokens_per_s(r, assemble(r.parts, prior_values()));
    one.of_predicted = row.tokens_per_s / predicted_tokens_per_s(r, assemble(r.parts, published.values));
  }
  return seen;
}

/// The limit below which rows count as marked, that is wrong about the fewest; the middle of the widest such gap.
double fitted_limit(const std::vector<SeenDecode>& rows) {
  std::vector<double> shares = {1e-4};
  for (const SeenDecode& row : rows) shares.push_back(row.share);
  std::sort(shares.begin(), shares.end());
  double best = 0, widest = 0;
  int fewest = static_cast<int>(rows.size()) + 1;
  for (std::size_t i = 0; i + 1 < shares.size(); ++i) {
    const double limit = std::sqrt(shares[i] * shares[i + 1]), gap = shares[i + 1] / shares[i];
    int wrong = 0;
    for (const SeenDecode& row : rows) wrong += (row.share < limit) != row.is_marked ? 1 : 0;
    if (wrong < fewest || (wrong == fewest && gap > widest)) {
      fewest = wrong;
      widest = gap;
      best = limit;
    }
  }
  return best;
}

struct HeldOut {
  int marked = 0, missed = 0, plain = 0, alarms = 0;

  void count(const SeenDecode& row, bool is_alarm) {
    (row.is_marked ? marked : plain) += 1;
    if (row.is_marked && !is_alarm) ++missed;
    if (!row.is_marked && is_alarm) ++alarms;
  }
};

/// Which half a name is in: the same on every machine.
int half_of(const std::string& name) {
  unsigned sum = 0;
  for (const char c : name) sum = sum * 31 + static_cast<unsigned char>(c);
  return static_cast<int>((sum >> 4) & 1);
}

/// LocalScore is one source, so its halves are of devices: a limit fitted on one half, asked of the other.
HeldOut held_out_local_score(const std::vector<SeenDecode>& all) {
  HeldOut result;
  for (const bool is_small : {false, true}) {
    for (const int half : {0, 1}) {
      std::vector<SeenDecode> fit_by;
      for (const SeenDecode& row : all) {
        if (row.is_local_score && row.is_small == is_small && half_of(row.device) == half) fit_by.push_back(row);
      }
      const double limit = fitted_limit(fit_by);
      for (const SeenDecode& row : all) {
        if (!row.is_local_score || row.is_small != is_small || half_of(row.device) == half) continue;
        result.count(row, row.share < limit);
      }
    }
  }
  return result;
}

TEST(OutlierRule, LimitsFittedOnHalfTheDevicesFindTheOtherHalfsOutliers) {
  const HeldOut result = held_out_local_score(published_decodes());
  EXPECT_GE(result.marked, 15);
  EXPECT_LE(result.missed, 2) << "of " << result.marked;
  EXPECT_LE(result.alarms, result.plain / 100) << "of " << result.plain;
}

TEST(OutlierRule, LimitsFittedOnHalfTheSourcesRaiseFewAlarmsInTheOthers) {
  const std::vector<SeenDecode> all = published_decodes();
  const auto is_judged = [](const SeenDecode& row) {
    return !row.is_local_score && !row.is_small && !row.is_offloaded && row.of_predicted < kLeastOfShipped;
  };
  HeldOut result;
  for (const int half : {0, 1}) {
    double limit = 1;  // the largest that raises no alarm in this half; 1: being far below what is predicted is enough
    for (const SeenDecode& row : all) {
      if (is_judged(row) && !row.is_marked && half_of(row.source) == half) limit = std::min(limit, row.share);
    }
    for (const SeenDecode& row : all) {
      const bool is_asked = !row.is_local_score && !row.is_small && !row.is_offloaded && half_of(row.source) != half;
      if (is_asked) result.count(row, is_judged(row) && row.share < limit);
    }
  }
  EXPECT_EQ(result.missed, 0) << "of " << result.marked;
  EXPECT_LE(result.alarms, result.plain / 50) << "of " << result.plain;
}

TEST(OutlierRule, AsShippedItIsWrongAboutFewRows) {
  HeldOut result;
  for (const SeenDecode& row : published_decodes()) {
    const double limit = row.is_local_score ? (row.is_small ? 0.085 : 0.2) : 0.08;
    const bool is_judged =
        row.is_local_score || (!row.is_small && !row.is_offloaded && row.of_predicted < kLeastOfShipped);
    result.count(row, is_judged && row.share < limit);
  }
  EXPECT_EQ(result.missed, 0) << "of " << result.marked;
  EXPECT_LE(result.alarms, 3) << "of " << result.plain;
}

}  // namespace
}  // namespace rigwise
