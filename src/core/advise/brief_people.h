#pragma once

#include "core/advise/brief.h"

namespace rigwise {

/// The models of a class into the task, without those that are scored below the class's minimum; unknown classes are
/// errors at `where` with the nearest names.
Result<void> class_models(const Catalog& catalog, const std::string& class_id, const std::string& where, Task& task);

/// People -> tasks: everyone whose role asks for the same class shares one task.
Result<void> add_people(const Catalog& catalog, Brief& brief);

}  // namespace rigwise
