#include "core/machine/gpu_identity.h"

#include <algorithm>

namespace rigwise {
namespace {

constexpr double kSplitShare = 0.5;

double largest_own(const std::vector<GpuHeap>& heaps) {
  double largest = 0;
  for (const GpuHeap& heap : heaps) {
    if (heap.is_device_local) largest = std::max(largest, heap.bytes);
  }
  return largest;
}

bool is_own(const GpuHeap& heap, double largest) {
  return heap.is_device_local && heap.bytes > 0 && heap.bytes >= kSplitShare * largest;
}

}  // namespace

bool is_same_gpu(const GpuIdentity& one, const GpuIdentity& other) {
  if (!one.pci_address.empty() && !other.pci_address.empty()) return one.pci_address == other.pci_address;
  return !one.uuid.empty() && one.uuid == other.uuid;
}

std::vector<std::vector<std::size_t>> same_gpus(const std::vector<GpuIdentity>& gpus) {
  std::vector<std::vector<std::size_t>> groups;
  for (std::size_t i = 0; i < gpus.size(); ++i) {
    const auto known = std::find_if(groups.begin(), groups.end(), [&](const std::vector<std::size_t>& group) {
      return std::any_of(group.begin(), group.end(), [&](std::size_t k) { return is_same_gpu(gpus[k], gpus[i]); });
    });
    if (known == groups.end()) {
      groups.push_back({i});
    } else {
      known->push_back(i);
    }
  }
  return groups;
}

std::string uuid_text(const unsigned char* bytes) {
  constexpr std::size_t kBytes = 16;
  if (std::all_of(bytes, bytes + kBytes, [](unsigned char byte) { return byte == 0; })) return {};
  std::string text;
  for (std::size_t i = 0; i < kBytes; ++i) {
    if (i == 4 || i == 6 || i == 8 || i == 10) text += '-';
    text += "0123456789abcdef"[bytes[i] >> 4U];
    text += "0123456789abcdef"[bytes[i] & 15U];
  }
  return text;
}

double own_memory_bytes(const std::vector<GpuHeap>& heaps) {
  const double largest = largest_own(heaps);
  double sum = 0;
  for (const GpuHeap& heap : heaps) sum += is_own(heap, largest) ? heap.bytes : 0;
  return sum;
}

std::optional<double> own_budget_bytes(const std::vector<GpuHeap>& heaps) {
  const double largest = largest_own(heaps);
  std::optional<double> sum;
  for (const GpuHeap& heap : heaps) {
    if (is_own(heap, largest) && heap.budget_bytes) sum = sum.value_or(0) + std::min(heap.bytes, *heap.budget_bytes);
  }
  return sum;
}

}  // namespace rigwise
