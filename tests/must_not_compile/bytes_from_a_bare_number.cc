#include "core/base/units.h"

using namespace rigwise;

#ifdef WRONG
Bytes capacity = 24.0;
#else
Bytes capacity = gib(24.0);
#endif
