#include "core/advise/needs.h"

namespace rigwise {

const char* condition_name(Condition c) {
  switch (c) {
    case Condition::any: return "any";
    case Condition::only_new: return "new";
    case Condition::only_used: return "used";
  }
  return "any";
}

const char* body_shape_name(BodyShape s) {
  switch (s) {
    case BodyShape::laptop: return "laptop";
    case BodyShape::mini: return "mini";
    case BodyShape::desktop: return "desktop";
    case BodyShape::tower: return "tower";
    case BodyShape::rack: return "rack";
    case BodyShape::board: return "board";
  }
  return "tower";
}

}  // namespace rigwise
