#include "core/facts/setup_link.h"

#include "core/base/text.h"

namespace rigwise {
namespace {

const Link* link_by_id(const Catalog& catalog, std::string_view id) {
  const auto index = catalog.link_names.find_quietly(id);
  return index ? &catalog.links[*index] : nullptr;
}

/// The slot a card sits in: "4.0x16" is the link pcie-4-x16.
const Link* slot_of(const Catalog& catalog, const Device& device) {
  const std::size_t point = device.pcie.find('.');
  const std::size_t lanes = device.pcie.find('x');
  if (point == std::string::npos || lanes == std::string::npos) return nullptr;
  return link_by_id(catalog, "pcie-" + device.pcie.substr(0, point) + "-" + device.pcie.substr(lanes));
}

const Link* own_link(const Catalog& catalog, const Device& device, std::string_view kind) {
  if (kind == "pcie") return slot_of(catalog, device);
  const Link* link = device.interconnect.empty() ? nullptr : link_by_id(catalog, device.interconnect);
  return link != nullptr && link->kind == kind ? link : nullptr;
}

/// Links that sit on the card or the board: nobody can add them.
bool is_built_in(std::string_view kind) { return kind == "nvlink" || kind == "infinity_fabric"; }

double peak_of(const Link& link) { return (link.peak ? *link.peak : link.bandwidth).value; }

/// What these devices can be joined by, for "try:".
std::string links_it_has(const Catalog& catalog, const Device& device) {
  std::vector<std::string> names;
  const Link* interconnect = device.interconnect.empty() ? nullptr : link_by_id(catalog, device.interconnect);
  if (interconnect != nullptr) names.push_back("@" + interconnect->id);
  const Link* slot = slot_of(catalog, device);
  if (slot != nullptr && slot != interconnect) names.push_back("@" + slot->id);
  const std::string network = "a network between machines, such as @10gbe";
  return names.empty() ? network : join(names, ", ") + " or " + network;
}

/// In words, why the device has no such link; empty when it may have.
std::string why_no_such_link(const Catalog& catalog, const Device& device, const Link& link) {
  const Link* own = own_link(catalog, device, link.kind);
  if (is_built_in(link.kind)) {
    if (own == &link) return {};
    if (own != nullptr) return device.name + " has " + own->name + ", not " + link.name;
    const bool of_vendor = link.kind == "nvlink" ? device.vendor == "NVIDIA" : device.vendor == "AMD";
    const bool silent = device.interconnect.empty() && device.peer_to_peer.value_or(true);
    const std::string kind = link.kind == "nvlink" ? "NVLink" : "Infinity Fabric";
    return of_vendor && device.is_bare() && silent ? std::string() : device.name + " has no " + kind;
  }
  if (link.kind == "pcie") {
    // A whole machine that states its ports but no slot has none to spare.
    const bool sealed = !device.is_bare() && own == nullptr && !device.interconnect.empty();
    if (sealed) return device.name + " has no PCIe slot for a link to another";
  }
  const bool has_top_speed = link.kind == "pcie" || link.kind == "thunderbolt";
  if (has_top_speed && own != nullptr && peak_of(link) > peak_of(*own))
    return device.name + " has " + own->name + ", which is slower than " + link.name;
  return {};
}

}  // namespace

Result<const Link*> link_of_part(const Catalog& catalog, const Device& device, std::string_view word) {
  const std::string folded = fold_name(word);
  for (const std::string_view kind : {"nvlink", "infinity_fabric", "pcie", "thunderbolt", "roce"}) {
    const bool is_kind = folded == fold_name(kind) || (kind == "nvlink" && folded == "nvlinkbridge");
    const Link* own = is_kind ? own_link(catalog, device, kind) : nullptr;
    if (own != nullptr) return own;
  }
  return catalog.link(word);
}

std::optional<Error> link_fault(const Catalog& catalog, const SetupPart& part) {
  if (part.link == nullptr) return std::nullopt;
  const Device& device = *part.device;
  std::string why = why_no_such_link(catalog, device, *part.link);
  const bool too_many = is_built_in(part.link->kind) && device.max_linked && part.count > *device.max_linked;
  if (why.empty() && too_many)
    why = part.link->name + " joins at most " + std::to_string(*device.max_linked) + " x " + device.name + ", not " +
          std::to_string(part.count);
  if (why.empty()) return std::nullopt;
  return Error{ErrorCode::invalid_input, std::move(why), "setup", links_it_has(catalog, device), {}};
}

}  // namespace rigwise
