#pragma once

#include <vector>

#include "codec/diagnostic.h"
#include "codec/record.h"
#include "core/facts/catalog.h"

namespace rigwise {

// Flat record -> core struct, one decoder a kind (docs/catalog.md). Every fault goes into `faults`; the struct is
// usable only when no error came with it.
Device decode_device(const Record& record, std::vector<Diagnostic>& faults);
Llm decode_model(const Record& record, std::vector<Diagnostic>& faults);
Format decode_format(const Record& record, std::vector<Diagnostic>& faults);
Engine decode_engine(const Record& record, std::vector<Diagnostic>& faults);
Link decode_link(const Record& record, std::vector<Diagnostic>& faults);
HostTemplate decode_host(const Record& record, std::vector<Diagnostic>& faults);
Accessory decode_accessory(const Record& record, std::vector<Diagnostic>& faults);
ModelClass decode_class(const Record& record, std::vector<Diagnostic>& faults);
Role decode_role(const Record& record, std::vector<Diagnostic>& faults);

}  // namespace rigwise
