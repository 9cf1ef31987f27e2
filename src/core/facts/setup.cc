#include "core/facts/setup.h"

#include <algorithm>
#include <optional>

#include "core/base/text.h"
#include "core/facts/setup_link.h"

namespace rigwise {
namespace {

constexpr int kMostDevices = 72;  // the largest machine sold as one, a GB200 NVL72
constexpr int kDeepestBuild = 4;  // builds of builds; deeper is a loop in the records
constexpr std::string_view kTimesSign = "\xc3\x97";
constexpr std::string_view kGrammar =
    "[COUNTx]DEVICE[@LINK] [+ ...], such as \"2x rtx-5090\" or \"4x framework-desktop-128gb@25gbe\"";

bool is_digit(char c) { return c >= '0' && c <= '9'; }

std::string quoted(std::string_view text) { return "\"" + std::string(text) + "\""; }

/// `COUNTxDEVICE@LINK` cut into words, nothing looked up yet.
struct PartText {
  std::string_view count;  ///< digits, empty when none
  std::string_view name;   ///< without the count
  std::string_view full;   ///< with it: a device may itself be called "2x something"
  std::optional<std::string_view> link;
};

PartText cut_part(std::string_view text) {
  PartText part;
  text = trim(text);
  const std::size_t at = text.rfind('@');
  if (at != std::string_view::npos) {
    part.link = trim(text.substr(at + 1));
    text = trim(text.substr(0, at));
  }
  part.full = part.name = text;
  std::size_t digits = 0;
  while (digits < text.size() && is_digit(text[digits])) ++digits;
  std::string_view rest = trim(text.substr(digits));
  if (rest.starts_with('x') || rest.starts_with('X')) {
    rest.remove_prefix(1);
  } else if (rest.starts_with(kTimesSign)) {
    rest.remove_prefix(kTimesSign.size());
  } else {
    return part;
  }
  if (digits == 0) return part;
  part.count = text.substr(0, digits);
  part.name = trim(rest);
  return part;
}

bool is_readable(const Catalog& catalog, std::string_view text) {
  const PartText part = cut_part(text);
  if (part.link && !catalog.link_names.find_quietly(*part.link)) return false;
  return catalog.device_names.find_quietly(part.full) || catalog.device_names.find_quietly(part.name);
}

Result<int> read_count(std::string_view digits, std::string_view part) {
  if (digits.empty()) return 1;
  int count = 0;
  for (std::size_t i = 0; i < digits.size() && count <= kMostDevices; ++i) count = 10 * count + (digits[i] - '0');
  if (count >= 1 && count <= kMostDevices) return count;
  return invalid("the count in " + quoted(part) + " is " + std::string(digits), "setup",
                 "a count from 1 to " + std::to_string(kMostDevices) + ": no larger machine or cluster is predicted");
}

/// Adds a device, or, for a whole build, the devices it is made of.
std::optional<Error> add_device(const Catalog& catalog, const SetupPart& part, int depth, Setup& setup) {
  if (part.device->parts.empty()) {
    setup.parts.push_back(part);
    return std::nullopt;
  }
  if (depth == kDeepestBuild)
    return Error{ErrorCode::corrupt_data, "the build " + quoted(part.device->id) + " contains itself", "setup", {}, {}};
  for (const BuildPart& piece : part.device->parts) {
    const Result<const Device*> device = catalog.device(piece.device);
    if (!device) {
      Error error = device.error();
      error.message = "the build " + quoted(part.device->id) + ": " + error.message;
      return error;
    }
    SetupPart inner = part;
    inner.device = *device;
    inner.count = part.count * piece.count;
    if (inner.count > kMostDevices)
      return Error{ErrorCode::invalid_input,
                   "too many devices in " + quoted(part.device->id),
                   "setup",
                   "at most " + std::to_string(kMostDevices),
                   {}};
    inner.build = depth == 0 ? part.device : part.build;
    if (inner.link == nullptr && !part.device->interconnect.empty()) {
      const Result<const Link*> link = catalog.link(part.device->interconnect);
      if (link) inner.link = *link;
    }
    if (const auto error = add_device(catalog, inner, depth + 1, setup)) return error;
  }
  return std::nullopt;
}

/// Adds a device with a link that the user named; every device in it must be able to have that link.
std::optional<Error> add_linked(const Catalog& catalog, SetupPart part, std::string_view word, Setup& setup) {
  const Device& named = *part.device;
  const std::vector<BuildPart>& pieces = named.parts;
  const auto piece = pieces.empty() ? std::nullopt : catalog.device_names.find_quietly(pieces.front().device);
  const Result<const Link*> link = link_of_part(catalog, piece ? catalog.devices[*piece] : named, word);
  if (!link) return link.error();
  part.link = *link;
  const std::size_t before = setup.parts.size();
  if (const auto error = add_device(catalog, part, 0, setup)) return error;
  for (std::size_t i = before; i < setup.parts.size(); ++i) {
    if (const auto error = link_fault(catalog, setup.parts[i])) return error;
  }
  return std::nullopt;
}

/// One `[COUNTx]DEVICE[@LINK]`.
std::optional<Error> add_part(const Catalog& catalog, std::string_view text, Setup& setup) {
  const PartText cut = cut_part(text);
  if (trim(text).empty())
    return Error{ErrorCode::invalid_input, "a part of the set-up is empty", "setup", std::string(kGrammar), {}};
  SetupPart part;
  if (const auto index = catalog.device_names.find_quietly(cut.full)) {
    part.device = &catalog.devices[*index];
  } else {
    const Result<int> count = read_count(cut.count, trim(text));
    if (!count) return count.error();
    const Result<const Device*> device = catalog.device(cut.name);
    if (!device) return device.error();
    part.device = *device;
    part.count = *count;
  }
  return cut.link ? add_linked(catalog, part, *cut.link, setup) : add_device(catalog, part, 0, setup);
}

/// A '+' may also belong to a name ("Ryzen AI Max+ 395"): of the stretches that start here and end at a '+' or at the
/// end of the text, the longest that can be read is the part. If none does, the part ends at the next " + ".
std::size_t end_of_part(const Catalog& catalog, std::string_view text) {
  constexpr int kMostPlusesInName = 4;
  std::size_t best = std::string_view::npos;
  std::size_t end = 0;
  for (int i = 0; i <= kMostPlusesInName && end < text.size(); ++i) {
    end = std::min(text.find('+', end == 0 ? 0 : end + 1), text.size());
    if (is_readable(catalog, text.substr(0, end))) best = end;
  }
  if (best != std::string_view::npos) return best;
  const std::size_t spaced = text.find(" + ");
  if (spaced != std::string_view::npos) return spaced + 1;
  return std::min(text.find('+'), text.size());
}

}  // namespace

int Setup::device_count() const {
  int count = 0;
  for (const SetupPart& part : parts) count += part.count;
  return count;
}

Result<Setup> parse_setup(const Catalog& catalog, std::string_view text) {
  constexpr std::size_t kLongest = 2000;
  if (text.size() > kLongest)
    return invalid("the set-up is longer than 2000 characters", "setup", std::string(kGrammar));
  Setup setup;
  setup.text = std::string(trim(text));
  if (setup.text.empty()) return invalid("the set-up is empty", "setup", std::string(kGrammar));
  std::string_view rest = setup.text;
  for (;;) {
    const std::size_t end = end_of_part(catalog, rest);
    if (auto error = add_part(catalog, rest.substr(0, end), setup)) {
      if (error->where.empty()) error->where = "setup";
      return fail(std::move(*error));
    }
    if (end >= rest.size()) break;
    rest.remove_prefix(end + 1);
  }
  if (setup.device_count() > kMostDevices)
    return invalid("the set-up " + quoted(setup.text) + " has " + std::to_string(setup.device_count()) + " devices",
                   "setup", "at most " + std::to_string(kMostDevices) + " devices");
  return setup;
}

}  // namespace rigwise
