#include <algorithm>

#include "core/advise/candidates.h"
#include "core/base/text.h"

namespace rigwise {
namespace {

bool contains(std::string_view text, std::string_view word) { return text.find(word) != std::string_view::npos; }

bool is_laptop(const Device& device) { return device.kind == DeviceKind::laptop || device.portable; }

BodyShape shape_of(const Device& device) {
  if (is_laptop(device)) return BodyShape::laptop;
  if (device.is_bare() || contains(device.form_factor, "tower")) return BodyShape::tower;
  if (device.kind == DeviceKind::server || contains(device.form_factor, "rack")) return BodyShape::rack;
  if (contains(device.form_factor, "mini")) return BodyShape::mini;
  if (device.kind == DeviceKind::sbc || device.kind == DeviceKind::soc) return BodyShape::board;
  return device.kind == DeviceKind::workstation ? BodyShape::tower : BodyShape::desktop;
}

bool runs_one_of(const Device& device, const std::vector<std::string>& systems) {
  if (systems.empty()) return true;
  std::vector<std::string> own = device.os;
  if (own.empty())
    own = device.vendor == "Apple" ? std::vector<std::string>{"macos"} : std::vector<std::string>{"linux", "windows"};
  return std::any_of(own.begin(), own.end(), [&](const std::string& name) {
    return std::find(systems.begin(), systems.end(), name) != systems.end();
  });
}

}  // namespace

bool is_made_by(const Device& device, std::string_view vendor) {
  const std::string folded = fold_name(vendor);
  return fold_name(device.vendor) == folded || fold_name(device.family).starts_with(folded);
}

BodyShape body_shape(const Candidate& candidate) {
  BodyShape shape = shape_of(candidate.device());
  for (const MachinePart& part : candidate.parts) shape = std::max(shape, shape_of(*part.device));
  return shape;
}

std::vector<std::string> broken_constraints(const Candidate& candidate, const Brief& brief) {
  const Constraints& wanted = brief.needs.constraints;
  std::vector<std::string> broken;
  const auto any = [&](auto holds) {
    return std::any_of(candidate.parts.begin(), candidate.parts.end(),
                       [&](const MachinePart& p) { return holds(*p.device); });
  };
  if (any([&](const Device& d) {
        return std::any_of(wanted.vendors_excluded.begin(), wanted.vendors_excluded.end(),
                           [&](const std::string& vendor) { return is_made_by(d, vendor); });
      })) {
    broken.push_back("of an excluded vendor");
  }
  if (any([&](const Device& d) { return !runs_one_of(d, wanted.os); }))
    broken.push_back("does not run the wanted system");
  if (wanted.portable && !any([](const Device& d) { return is_laptop(d); })) broken.push_back("not portable");
  if (wanted.always_on && any([](const Device& d) { return is_laptop(d); }) && candidate.parts.size() == 1) {
    broken.push_back("a laptop does not stay on all the time");
  }
  const auto& shapes = wanted.form_factors;
  if (!shapes.empty() && std::find(shapes.begin(), shapes.end(), body_shape(candidate)) == shapes.end()) {
    broken.push_back("of another form factor");
  }
  if (wanted.noise && candidate.machine.noise > *wanted.noise) {
    broken.push_back(std::string("louder than ") + noise_class_name(*wanted.noise));
  }
  if (wanted.power_w_max && candidate.machine.load_w > *wanted.power_w_max) broken.push_back("draws too much power");
  if (brief.budget && *brief.budget < candidate.machine.value) broken.push_back("over the budget");
  return broken;
}

}  // namespace rigwise
