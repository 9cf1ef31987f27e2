#include "core/base/units.h"

using namespace rigwise;

#ifdef WRONG
bool longer = Seconds{1} < Tokens{2};
#else
bool longer = Seconds{1} < Tokens{2} / TokensPerSecond{1};
#endif
