#include "core/cost/deliverable.h"

namespace rigwise {

double busy_hours(const TokenVolume& volume, double prefill_tokens_per_s, double decode_tokens_per_s) {
  const double reading = prefill_tokens_per_s > 0 ? volume.input / prefill_tokens_per_s : 0;
  const double writing = decode_tokens_per_s > 0 ? volume.output / decode_tokens_per_s : 0;
  return (reading + writing) / 3600;
}

double busy_hours(const TokenVolume& volume, const ServingSpeed& speed) {
  return busy_hours(volume, speed.prefill.value, speed.decode_total.value);
}

const char* delivery_name(Delivery d) {
  switch (d) {
    case Delivery::yes: return "yes";
    case Delivery::likely: return "likely";
    case Delivery::no: return "no";
    case Delivery::not_judged: return "not judged";
  }
  return "";
}

Deliverability judge_delivery(const TokenVolume& volume, const std::optional<ServingSpeed>& speed,
                              double hours_in_use) {
  Deliverability d;
  d.needed_output_tokens_per_s = volume.output / (hours_in_use * 3600);
  if (!speed) return d;
  const auto largest = [&](double prefill, double decode) {
    const double hours = busy_hours(volume, prefill, decode);
    return hours > 0 ? volume.total() * hours_in_use / hours : 0;
  };
  d.utilisation = busy_hours(volume, *speed) / hours_in_use;
  d.largest_tokens_per_month = {largest(speed->prefill.value, speed->decode_total.value),
                                largest(speed->prefill.low, speed->decode_total.low),
                                largest(speed->prefill.high, speed->decode_total.high)};
  const double asked = volume.total();
  d.verdict = asked <= d.largest_tokens_per_month.low     ? Delivery::yes
              : asked <= d.largest_tokens_per_month.value ? Delivery::likely
                                                          : Delivery::no;
  return d;
}

}  // namespace rigwise
