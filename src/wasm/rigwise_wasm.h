#pragma once

#include <cstdint>

/// The door to the browser: text and bytes through linear memory, nothing else. Addresses are offsets into it.
/// The caller writes into memory it got from rigwise_alloc() and gives every address it was handed back with
/// rigwise_free(). A response is four bytes of length, little end first, then so many bytes of UTF-8 JSON.
/// One module holds one catalog; give each Web Worker its own instance.
extern "C" {

/// `size` bytes to write into; 0 when there is no more memory.
char* rigwise_alloc(std::uint32_t size);
/// Gives back what rigwise_alloc(), rigwise_load(), rigwise_call() or rigwise_version() returned.
void rigwise_free(char* address);

/// Reads the catalog bundle that the build wrote. {"schema": "rigwise.load/1", "records": {...}} or {"error": {...}}.
/// A second call replaces the first catalog; a refused bundle leaves it as it was. The bytes may be freed afterwards.
char* rigwise_load(const char* bundle, std::uint32_t bundle_size);

/// The same as POST /api/v1/VERB: request JSON in, response JSON out. Errors are {"error": {...}} objects.
char* rigwise_call(const char* verb, std::uint32_t verb_size, const char* request, std::uint32_t request_size);

/// {"version": "0.1.0"}: the page refuses a module that is not its own.
char* rigwise_version();
}
