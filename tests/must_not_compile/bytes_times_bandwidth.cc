#include "core/base/units.h"

using namespace rigwise;

#ifdef WRONG
auto product = gb(1) * gbps(1);
#else
auto quotient = gb(1) / gbps(1);
#endif
