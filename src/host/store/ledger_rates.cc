// The part of the ledger about how much an endpoint may be asked a minute, by everybody together.
#include "host/store/ledger.h"
#include "host/store/rate_bucket.h"

namespace rigwise {

Result<double> Ledger::take_rates(const std::string& endpoint, const std::vector<RateLimit>& limits) {
  double wait_s = 0;
  const Result<void> done = atomically([&]() -> Result<void> {
    wait_s = 0;
    const auto now = database_->now_ms();
    if (!now) return fail(now.error());
    std::vector<RateBucket> buckets;
    buckets.reserve(limits.size());
    for (const RateLimit& limit : limits) {
      const RateBucket full = RateBucket::full(limit.per_minute, *now);
      Result<void> there = write(
          "INSERT INTO rate (endpoint, kind, per_minute, level, at_ms) VALUES ($1, $2, $3, $4, $5) ON CONFLICT DO "
          "NOTHING",
          {endpoint, limit.kind, limit.per_minute, full.level, *now});
      if (!there) return there;
      // A write before the read: where many write, the row is ours from here to the end of the transaction.
      const auto rows = run("UPDATE rate SET per_minute = $1 WHERE endpoint = $2 AND kind = $3 RETURNING level, at_ms",
                            {limit.per_minute, endpoint, limit.kind});
      if (!rows) return fail(rows.error());
      RateBucket bucket{limit.per_minute, rows->at(0).maybe_real(0).value_or(0), rows->at(0).integer(1)};
      bucket.fill(*now);
      constexpr double kSecond_ms = 1000;
      wait_s = std::max(wait_s, bucket.wait_ms(limit.amount) / kSecond_ms);
      buckets.push_back(bucket);
    }
    for (std::size_t i = 0; i < limits.size() && wait_s == 0; ++i) {
      Result<void> taken = write("UPDATE rate SET level = $1, at_ms = $2 WHERE endpoint = $3 AND kind = $4",
                                 {buckets[i].level - limits[i].amount, buckets[i].at_ms, endpoint, limits[i].kind});
      if (!taken) return taken;
    }
    return {};
  });
  if (!done) return fail(done.error());
  return wait_s;
}

Result<void> Ledger::give_back_rate(const std::string& endpoint, const std::string& kind, double amount) {
  return write("UPDATE rate SET level = level + $1 WHERE endpoint = $2 AND kind = $3", {amount, endpoint, kind});
}

}  // namespace rigwise
