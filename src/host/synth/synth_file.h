#pragma once

#include <cstdint>
#include <functional>
#include <string>

#include "codec/synth_gguf.h"
#include "core/base/result.h"

namespace rigwise {

/// Bytes of a synthetic file that are done, of all. Holes count as done when they are passed.
struct SynthProgress {
  std::uint64_t done_bytes = 0, all_bytes = 0;
};

/// How a file came out.
enum class SynthEnd { written, interrupted };

/// Writes the planned file at `path`, which must not be there unless `replace`. The bytes go to `path`.part and get
/// their name when all of them are there; whatever ends the writing before, an error or `go_on` saying no, removes
/// them. Memory does not grow with the file. The same plan gives the same bytes. Takes   `go_on`, asked a few times a
/// second of writing. Errors  invalid_input: the file is there; io: too little room, said before a byte is written, or
/// the disk refuses.
Result<SynthEnd> write_synth_file(const SynthGguf& file, const std::string& path, bool replace,
                                  const std::function<bool(const SynthProgress&)>& go_on);

}  // namespace rigwise
