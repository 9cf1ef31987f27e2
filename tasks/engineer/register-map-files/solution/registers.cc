#include "registers.h"

#include <cmath>

namespace registers {
namespace {

struct Register {
  std::string_view name;
  int size;
  double scale;
  bool writable = false;
  double low = 0;
  double high = 0;
};

constexpr int kFirst = 100;
constexpr Register kMap[] = {
    {"flow", 1, 0.01},
    {"total", 2, 1},
    {"alarm", 1, 1},
    {"setpoint", 1, 0.1, true, -20, 80},
};

const Register* find(std::string_view name) {
  for (const Register& r : kMap) {
    if (r.name == name) return &r;
  }
  return nullptr;
}

}  // namespace

int address(std::string_view name) {
  int at = kFirst;
  for (const Register& r : kMap) {
    if (r.name == name) return at;
    at += r.size;
  }
  return -1;
}

double value(std::string_view name, long raw) {
  const Register* r = find(name);
  return r ? static_cast<double>(raw) * r->scale : 0;
}

std::optional<long> raw(std::string_view name, double value) {
  const Register* r = find(name);
  if (!r || !r->writable || value < r->low || value > r->high) return std::nullopt;
  const double steps = value / r->scale;
  return std::lround(steps + (steps < 0 ? -1e-9 : 1e-9));
}

}  // namespace registers
