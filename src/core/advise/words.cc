#include "core/advise/words.h"

#include <algorithm>
#include <limits>
#include <map>

#include "core/advise/ranking.h"
#include "core/base/text.h"
#include "core/cost/calendar.h"

namespace rigwise {
namespace {

constexpr double kMostWithin = 0.95, kNoSpeed = 1e-9;
constexpr double kVisibleGain = 0.03;  ///< of probability or quality
constexpr double kOldPriceMonths = 6, kCircuitWatts = 1800;

std::string money(const Money& m) { return whole_units(m) + " " + m.currency(); }
std::string gigabytes(double bytes) { return significant(bytes / kGb, 3) + " GB"; }

std::string streams_words(const TargetAnswer& target) {
  return target.streams > 1 ? " in each of " + std::to_string(target.streams) + " streams" : "";
}

/// "busy 62 % of the time at the asked speeds".
std::string duty_words(const Placement& placement) {
  double most = 0;
  for (const Duty& duty : placement.duty) most = std::max(most, duty.value);
  return most <= 1 ? "busy " + percent_words(most) + " of the time when all of it runs at the asked speeds"
                   : "asked for " + significant(most, 2) + " times what it can do when all of it runs at once";
}

std::string memory_words(const Option& option) {
  std::vector<std::string> parts;
  parts.reserve(option.placement.used_bytes.size());
  for (std::size_t p = 0; p < option.placement.used_bytes.size(); ++p) {
    parts.push_back(significant(option.placement.used_bytes[p] / kGb, 3) + " of " +
                    gigabytes(option.placement.available_bytes[p]));
  }
  std::string words = "memory: " + join(parts, " and ") + " used";
  for (const TargetAnswer& target : option.targets) {
    if (target.run->host_bytes <= 0) continue;
    words += ", and " + gigabytes(target.run->host_bytes) + " of experts in the PC's RAM";
    break;
  }
  const Layout& layout = option.layout();
  return layout.words.empty() ? words : words + "; " + layout.words;
}

/// "20,655 CAD to buy + 731 electricity - 6,500 resale (31 % of the price) - 3,941 tax saved (26.5 %) = 10,945 CAD over
/// 36 months, 304 a month": every part of the cost, so that a reader can add it up.
std::string money_words(const Candidate& candidate, const Brief& brief) {
  const Ownership& own = candidate.ownership;
  const std::string over = " over " + std::to_string(brief.months) + " months, " + money(own.monthly) + " a month";
  std::string sum = candidate.is_owned() ? "money: you have it" : "money: " + money(own.purchase) + " to buy";
  sum += " + " + whole_units(own.electricity) + " electricity";
  if (own.resale.nanos() > 0) {
    sum += " - " + whole_units(own.resale) + " resale (" + significant(100 * own.resale_share, 2) + " % of the price)";
  }
  if (own.tax.nanos() != 0) {
    sum += " - " + whole_units(own.tax) + " tax saved (" + significant(100 * brief.terms.tax_rate) + " % of that)";
  }
  sum += " = " + money(own.total) + over;
  return brief.terms.resale ? sum : sum + "; resale not counted";
}

/// What is shaky about the price of one part; empty when nothing is.
std::string price_risk(const MachinePart& part) {
  const PurchasePrice& price = *part.price;
  const std::string range = whole_units(price.low) + " to " + money(price.high);
  const std::string age = significant(price.age_months, 2) + " months old";
  if (price.used) {
    return "second-hand: " + price.words() + "; expect " + range +
           (price.new_price ? "; new " + money(*price.new_price) : "") +
           (price.usual ? "; one bargain's price, such a part usually fetches " + money(*price.usual) : "") +
           "; no warranty to count on";
  }
  if (price.seen.kind == PriceKind::launch) {
    return "price: " + price.words() + ", " + age + ", no shop price is known; expect up to " + money(price.high);
  }
  if (price.seen.kind != PriceKind::estimate && price.age_months <= kOldPriceMonths) return "";
  return "price: " + price.words() + ", " + age + "; expect " + range;
}

void add_price_risks(const Option& option, std::vector<std::string>& risks) {
  for (const MachinePart& part : option.candidate.parts) {
    if (part.price == nullptr || part.owned >= part.count) continue;
    const std::string risk = price_risk(part);
    const bool several = option.candidate.parts.size() > 1;
    if (!risk.empty()) risks.push_back((several ? part.device->name + ", " : "") + risk);
  }
}

void add_memory_risks(const Option& option, std::vector<std::string>& risks) {
  const Placement& placement = option.placement;
  for (std::size_t p = 0; p < placement.used_bytes.size(); ++p) {
    const double left = placement.available_bytes[p] - placement.used_bytes[p];
    const bool elastic = std::any_of(option.targets.begin(), option.targets.end(),
                                     [&](const TargetAnswer& t) { return t.pool == p && t.run->host_bytes > 0; });
    if (elastic || left >= 0.06 * placement.available_bytes[p]) continue;
    risks.push_back("memory is tight: " + gigabytes(std::max(0.0, left)) + " left of " +
                    gigabytes(placement.available_bytes[p]) + "; longer contexts will not fit");
  }
}

void add_speed_risks(const Option& option, std::vector<std::string>& risks) {
  Tier worst = Tier::t0_measured_here;
  for (const TargetAnswer& target : option.targets) worst = std::max(worst, target.run->tier);
  if (worst >= Tier::t4_first_principles) {
    risks.push_back(std::string("speeds are from first principles (tier ") + tier_name(worst) +
                    "): nobody has published a run on a machine like it");
  }
  for (const TargetAnswer& target : option.targets) {
    if (target.run->format->bits.ffn < 4) {
      risks.push_back(run_words(*target.run) + " is below 4 bits: answers suffer");
    }
  }
  for (const TargetAnswer& target : option.targets) {
    if (target.run->host_bytes <= 0) continue;
    risks.push_back("the PC needs " + gigabytes(target.run->host_bytes + 8 * kGib) +
                    " of RAM; the speed is for two channels of DDR5 (80 GB/s), with slower RAM it falls in proportion");
  }
  if (option.placement.probability < 0.5) {
    risks.push_back("meets all speeds at once with a probability of only " +
                    percent_words(option.placement.probability));
  }
}

/// "about 40 s (29-58)" before the first word, where that is longer than asked or usual.
void add_wait_risks(const Option& option, std::vector<std::string>& risks) {
  for (const TargetAnswer& target : option.targets) {
    const Task& task = *target.task;
    if (target.ttft_s.high <= 1.1 * task.ttft_usual_s) continue;
    const bool late = target.ttft_s.value > task.ttft_usual_s;
    risks.push_back(task.name + ": a prompt of " + fixed(task.prompt_tokens, 0) + " tokens " +
                    (late ? "takes " : "may take ") + significant(late ? target.ttft_s.value : target.ttft_s.high, 2) +
                    " s before the first word; " + significant(task.ttft_usual_s) + " s " +
                    (task.ttft_is_assumed ? "are usual" : "asked"));
  }
}

/// A volume that the set-up cannot make is an error of the plan, whatever it would save.
void add_volume_risk(const Option& option, const Brief& brief, std::vector<std::string>& risks) {
  if (!brief.needs.usage.tokens_per_month) return;
  const double room = room_for_growth(option, brief);
  if (room >= 1) return;
  double wanted = 0;
  for (const TargetAnswer& target : option.targets)
    wanted += target.task->input_tokens_per_month + target.task->output_tokens_per_month;
  risks.push_back("the plan asks for " + significant(wanted / 1e6, 2) + " million tokens a month; in " +
                  significant(brief.hours_in_use / kDaysPerMonth, 2) + " h a day it can read and write at most " +
                  significant(wanted * room / 1e6, 2) + " million");
}

void add_body_risks(const Option& option, std::vector<std::string>& risks) {
  const Machine& machine = option.candidate.machine;
  if (machine.noise >= NoiseClass::loud) {
    risks.push_back(std::string(machine.noise == NoiseClass::loud ? "loud" : "very loud") + " under load" +
                    (machine.noise_is_estimated ? " (by its power)" : ""));
  }
  if (machine.load_w > kCircuitWatts) {
    risks.push_back(significant(machine.load_w) +
                    " W under load: more than one household circuit gives in many countries");
  }
  for (const MachinePart& part : option.candidate.parts) {
    const Device& device = *part.device;
    if (!device.throttling.empty()) risks.push_back(device.name + ": " + device.throttling);
    if (device.is_bare() && device.form_factor.find("datacentre") != std::string::npos) {
      risks.push_back(device.name + " has no fan of its own: the case must blow air through it");
    }
    if (device.status == DeviceStatus::expected)
      risks.push_back(device.name + " is announced, not sold; all of it is estimated");
    if (device.is_bare() && part.count > 1 && device.peer_to_peer == false) {
      risks.push_back("the cards cannot talk to each other directly (no peer-to-peer)");
    }
  }
  for (const std::string& note : machine.notes) risks.push_back(note);
}

/// "main agent within 2.9 s at 78 tok/s".
std::string busiest_words(const RehearsedTask& seen) {
  if (seen.overloaded) return seen.task->name + " not at all, for more comes than can be served";
  return seen.task->name + " within " + significant(seen.ttft_p95_s, 2) + " s at " +
         significant(seen.tokens_per_s_p5, 2) + " tok/s";
}

void add_rehearsal_risks(const Option& option, std::vector<std::string>& risks) {
  for (const RehearsedTask& seen : option.rehearsal.tasks) {
    if (!seen.overloaded && seen.within >= kMostWithin) continue;
    const std::string share = seen.overloaded ? "all answers" : percent_words(1 - seen.within) + " of the answers";
    risks.push_back("in the busiest hour " + share + " for " + seen.task->name + " begin later than " +
                    significant(seen.task->ttft_s) + " s or are written slower than " +
                    significant(seen.task->minimum_tokens_per_s) + " tok/s");
  }
}

}  // namespace

double room_for_growth(const Option& option, const Brief& brief) {
  std::map<std::size_t, double> busy_s;  // by pool
  for (const TargetAnswer& target : option.targets) {
    const double replicas = option.layout().replicas;
    const double reading = target.run->prefill.value * replicas;
    const double writing = target.alone.value * target.streams * replicas;
    busy_s[target.pool] += target.task->input_tokens_per_month / std::max(reading, kNoSpeed) +
                           target.task->output_tokens_per_month / std::max(writing, kNoSpeed);
  }
  double busiest_s = 0;
  for (const auto& [pool, seconds] : busy_s) busiest_s = std::max(busiest_s, seconds);
  return busiest_s > 0 ? brief.hours_in_use * 3600 / busiest_s : std::numeric_limits<double>::infinity();
}

std::string percent_words(double share) {
  if (share > 0.994) return "more than 99 %";
  return share < 0.006 ? "less than 1 %" : fixed(100 * share, 0) + " %";
}

std::string speed_words(const Band& band) {
  return significant(band.value) + " tok/s (" + significant(band.low) + "-" + significant(band.high) + ")";
}

std::string run_words(const ModelRun& run) {
  return run.model->id + " " + run.format->name + (run.host_bytes > 0 ? " (experts in RAM)" : "");
}

std::vector<std::string> reasons_for(const Option& option, const Advice& advice) {
  std::vector<std::string> reasons;
  std::vector<std::string> speeds;
  speeds.reserve(option.targets.size());
  for (const TargetAnswer& target : option.targets) {
    speeds.push_back(run_words(*target.run) + " under " + target.run->engine->id + " writes " +
                     speed_words(target.alone) + streams_words(target) + " for " + target.task->name + " (" +
                     significant(target.task->asked_tokens_per_s) + " asked)");
  }
  reasons.push_back("because " + join(speeds, "; "));
  if (option.targets.size() > 1) reasons.push_back(duty_words(option.placement));
  if (!option.rehearsal.tasks.empty()) {
    std::vector<std::string> seen;
    seen.reserve(option.rehearsal.tasks.size());
    for (const RehearsedTask& task : option.rehearsal.tasks) seen.push_back(busiest_words(task));
    reasons.push_back("busiest hour, simulated: 19 of 20 answers begin and are written for " + join(seen, "; "));
  }
  reasons.push_back(memory_words(option));
  reasons.push_back(money_words(option.candidate, advice.brief));
  return reasons;
}

std::vector<std::string> risks_of(const Option& option, const Advice& advice) {
  std::vector<std::string> risks;
  add_price_risks(option, risks);
  if (advice.brief.budget && *advice.brief.budget < option.candidate.machine.high) {
    risks.push_back("at the upper end of its price band it costs " + money(option.candidate.machine.high) +
                    ", more than the budget");
  }
  add_memory_risks(option, risks);
  add_speed_risks(option, risks);
  add_wait_risks(option, risks);
  add_rehearsal_risks(option, risks);
  add_volume_risk(option, advice.brief, risks);
  add_body_risks(option, risks);
  return risks;
}

std::string growth_words(const Option& option, const std::vector<Option>& all) {
  const std::vector<MachinePart>& parts = option.candidate.parts;
  if (parts.size() != 1 || option.candidate.more_ram) return "";
  const auto twice = std::find_if(all.begin(), all.end(), [&](const Option& other) {
    const std::vector<MachinePart>& more = other.candidate.parts;
    return more.size() == 1 && more[0].device == parts[0].device && more[0].count == 2 * parts[0].count &&
           !other.candidate.more_ram;
  });
  if (twice == all.end()) return "";
  const bool likelier = twice->placement.probability > option.placement.probability + kVisibleGain;
  const bool better = twice->placement.quality > option.placement.quality + kVisibleGain;
  if (twice->placement.probability < option.placement.probability - 0.01) return "";
  if (!likelier && !better) return "";
  const std::string count = parts[0].count == 1 ? "a second one" : "twice as many";
  return "can grow: " + count + " for " + money(twice->candidate.machine.value - option.candidate.machine.value) +
         " more would meet all speeds with a probability of " + percent_words(twice->placement.probability) +
         (better ? " and hold models of relative quality " + significant(twice->placement.quality, 2) : "");
}

std::vector<std::string> option_would_change_if(const Option& option, const Option* next, const Advice& advice) {
  std::vector<std::string> changes;
  if (next == nullptr || option.candidate.is_owned()) return changes;
  const RankingScale scale = ranking_scale(advice.brief);
  const Weights& w = scale.weights;
  if (w.cost <= 0) return changes;
  const double fall = (option.score - next->score) * w.sum() / w.cost;
  if (fall <= 0 || fall >= scale.cost_share(option.cost)) return changes;
  const Money rise = scale.cost_after_fall(option.cost, fall) - option.cost;
  changes.push_back("at a price above " + money(option.candidate.machine.value + rise) + ", " + next->candidate.label +
                    " comes before it");
  return changes;
}

}  // namespace rigwise
