#include "core/base/units.h"

using namespace rigwise;

#ifdef WRONG
auto sum = gb(1) + gbps(1);
#else
auto sum = gb(1) + gib(1);
#endif
