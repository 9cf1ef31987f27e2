#include "host/process/interrupt_watch.h"

#include <array>
#include <csignal>
#include <cstddef>

namespace rigwise {
namespace {

volatile std::sig_atomic_t g_interrupted = 0;

constexpr std::array<int, 3> kSignals{SIGINT, SIGTERM, SIGXFSZ};
std::array<struct sigaction, kSignals.size()> g_before{};

void remember(int) { g_interrupted = 1; }

}  // namespace

InterruptWatch::InterruptWatch() {
  g_interrupted = 0;
  for (std::size_t i = 0; i < kSignals.size(); ++i) {
    struct sigaction action{};
    action.sa_handler = kSignals[i] == SIGXFSZ ? SIG_IGN : remember;
    ::sigaction(kSignals[i], &action, &g_before[i]);
  }
}

InterruptWatch::~InterruptWatch() {
  for (std::size_t i = 0; i < kSignals.size(); ++i) ::sigaction(kSignals[i], &g_before[i], nullptr);
}

bool InterruptWatch::is_interrupted() const { return g_interrupted != 0; }

}  // namespace rigwise
