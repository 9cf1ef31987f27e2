#include "host/probe/here_folder.h"

#include <cctype>
#include <cstdlib>
#include <filesystem>

#include "core/machine/here_device.h"
#include "host/files/files.h"
#include "verbs/probe_gpu_json.h"
#include "verbs/probe_response.h"

namespace rigwise {
namespace {

constexpr const char* kSpeedFile = "/probe.json";

std::string variable(const char* name) {
  const char* value = std::getenv(name);
  return value == nullptr ? "" : value;
}

bool is_letter(char c) {
  return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '-' || c == '_' || c == '.' || c == '/';
}

}  // namespace

std::string default_here_folder() {
  std::filesystem::path folder = variable("XDG_DATA_HOME");
  if (folder.empty()) folder = std::filesystem::path(variable("HOME")) / ".local" / "share";
  return (folder / "rigwise" / "here").string();
}

Result<void> save_here(const std::string& folder, const std::string& record_toml, const std::string& speed_json) {
  const std::string devices = folder + "/devices/here";
  if (const Result<void> made = make_folder(devices); !made) return made;
  if (const Result<void> written = write_file_atomically(devices + "/here.toml", record_toml); !written) return written;
  return write_file_atomically(folder + kSpeedFile, speed_json);
}

std::optional<ProbedSpeed> saved_speed(const std::string& folder) {
  const Result<std::string> text = read_file(folder + kSpeedFile);
  if (!text) return std::nullopt;
  const Result<Json> json = parse_json(*text);
  if (!json || !json->is_object() || !json->contains("speed")) return std::nullopt;
  return probed_speed_of((*json)["speed"]);
}

std::vector<ProbedGpu> saved_gpus(const std::string& folder) {
  const Result<std::string> text = read_file(folder + kSpeedFile);
  const Result<Json> json = parse_json(text ? *text : "");
  if (!json || !json->is_object() || !json->contains("gpu_speeds")) return {};
  return probed_gpus_of((*json)["gpu_speeds"]);
}

std::optional<Json> saved_probe(const std::string& folder) {
  const Result<std::string> text = read_file(folder + kSpeedFile);
  if (!text) return std::nullopt;
  const Result<Json> json = parse_json(*text);
  if (!json || !json->is_object() || !json->contains("probe") || !(*json)["probe"].is_object()) return std::nullopt;
  return (*json)["probe"];
}

bool names_here(const std::string& text) {
  const std::string word = kHere;
  for (std::size_t at = text.find(word); at != std::string::npos; at = text.find(word, at + 1)) {
    const std::size_t end = at + word.size();
    if ((at == 0 || !is_letter(text[at - 1])) && (end == text.size() || !is_letter(text[end]))) return true;
  }
  return false;
}

Error with_here_explained(Error error, const Catalog& catalog) {
  const bool is_of_here = error.message.find(std::string("\"") + kHere + "\"") != std::string::npos;
  if (error.code != ErrorCode::not_found || !is_of_here || catalog.device(kHere)) return error;
  error.message = "this machine has not been measured yet: nothing says what \"here\" is";
  error.try_this = "rigwise probe --save, once; from then on --setup here is this machine";
  error.did_you_mean.clear();
  return error;
}

}  // namespace rigwise
