#include "codec/file_header.h"

#include <algorithm>

#include "codec/config_json.h"
#include "codec/gguf_llm.h"

namespace rigwise {
namespace {

constexpr std::size_t kDigits = 5;
constexpr int kMostParts = 2000;

bool all_digits(std::string_view text) {
  return !text.empty() && std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; });
}

std::string five_digits(int n) {
  const std::string digits = std::to_string(n);
  return std::string(kDigits - std::min(kDigits, digits.size()), '0') + digits;
}

Result<void> same_container(const std::vector<FileHeader>& files) {
  for (const FileHeader& file : files) {
    if (file.container != files.front().container) {
      return invalid("GGUF and safetensors files were given together", "file_header", "the files of one model");
    }
    if (file.more_bytes_needed) {
      return invalid("a file's header was not read to its end", "file_header",
                     "at least its first " + std::to_string(file.next_bytes) + " bytes");
    }
  }
  return {};
}

bool is_projector(const FileHeader& file) { return file.gguf.architecture() == "clip"; }

/// Vision and audio encoders come as a file of their own beside a GGUF model.
void add_projectors(ModelFile& model, const std::vector<FileHeader>& projectors) {
  double bytes = 0, params = 0;
  for (const FileHeader& file : projectors) {
    for (const HeaderTensor& tensor : file.gguf.tensors) {
      bytes += static_cast<double>(tensor.bytes);
      params += static_cast<double>(tensor.elements);
      model.tensors.push_back(tensor);
    }
  }
  if (bytes <= 0 || params <= 0) return;
  model.shape.modality.push_back("image");
  model.shape.params_extra += params;
  model.shape.params_total += params;
  model.weights.params_total += params;
  model.weights.total.value += bytes;
  model.weights.not_in_layers.value += bytes;
  model.weights.classes.push_back({"extra", params, 8 * bytes / params, {bytes}});
}

void note_unused_layers(ModelFile& model) {
  const auto extra = std::find_if(model.weights.classes.begin(), model.weights.classes.end(),
                                  [](const TensorClassSize& c) { return c.name == "extra"; });
  if (extra == model.weights.classes.end() || model.shape.sees_images()) return;
  model.notes.push_back("next-token (MTP) layers are in the file but are not loaded unless asked for");
}

Result<ModelFile> from_gguf(std::vector<FileHeader> files) {
  std::vector<FileHeader> projectors;
  std::vector<GgufHeader> parts;
  for (FileHeader& file : files) {
    if (is_projector(file)) {
      projectors.push_back(std::move(file));
    } else {
      parts.push_back(std::move(file.gguf));
    }
  }
  if (parts.empty()) return fail(gguf_llm(projectors.front().gguf).error());
  Result<GgufHeader> whole = join_gguf_splits(std::move(parts));
  if (!whole) return fail(whole.error());
  Result<Llm> shape = gguf_llm(*whole);
  if (!shape) return fail(shape.error());
  ModelFile model;
  model.shape = std::move(*shape);
  model.weights = gguf_weight_plan(*whole, model.shape);
  model.format_name = gguf_format_name(*whole);
  model.container = "gguf";
  model.tensors = std::move(whole->tensors);
  note_unused_layers(model);
  add_projectors(model, projectors);
  return model;
}

Result<ModelFile> from_safetensors(std::vector<FileHeader> files, std::string_view config_json) {
  std::vector<SafetensorsHeader> shards;
  for (FileHeader& file : files) shards.push_back(std::move(file.safetensors));
  Result<SafetensorsHeader> whole = join_safetensors(std::move(shards));
  if (!whole) return fail(whole.error());
  if (config_json.empty()) {
    return invalid("safetensors files do not say what their model is", "config_json",
                   "the model's config.json, which lies beside them");
  }
  Result<ModelConfig> config = read_config_json(config_json);
  if (!config) return fail(config.error());
  ModelFile model;
  model.shape = std::move(config->shape);
  model.weights = safetensors_weight_plan(*whole, model.shape);
  model.format_name = config_format_name(*config);
  if (model.format_name.empty()) model.format_name = safetensors_dtype_name(*whole);
  model.container = config->quant_method == "mlx" ? "mlx" : "safetensors";
  model.tensors = std::move(whole->tensors);
  note_unused_layers(model);
  return model;
}

}  // namespace

Result<FileHeader> read_file_header(std::string_view first_bytes, std::uint64_t file_size) {
  FileHeader file;
  const bool gguf = first_bytes.starts_with("GGUF");
  const bool undecided = first_bytes.size() < 9;
  if (undecided && file_size > 0 && file_size <= first_bytes.size()) {
    return fail({ErrorCode::corrupt_data,
                 "the file is too short to be a model",
                 "byte " + std::to_string(file_size),
                 "a GGUF or safetensors file",
                 {}});
  }
  if (undecided) {
    file.more_bytes_needed = true;
    file.next_bytes = 65536;
    return file;
  }
  // A safetensors file starts with the length of a JSON object.
  if (!gguf && first_bytes[8] != '{') {
    return fail({ErrorCode::corrupt_data,
                 "the file is neither GGUF nor safetensors",
                 "byte 0",
                 "a .gguf or .safetensors file",
                 {}});
  }
  if (gguf) {
    file.container = "gguf";
    Result<HeaderRead<GgufHeader>> read = read_gguf(first_bytes, file_size);
    if (!read) return fail(read.error());
    file.more_bytes_needed = read->more_bytes_needed;
    file.next_bytes = read->next_bytes;
    file.gguf = std::move(read->header);
  } else {
    file.container = "safetensors";
    Result<HeaderRead<SafetensorsHeader>> read = read_safetensors(first_bytes, file_size);
    if (!read) return fail(read.error());
    file.more_bytes_needed = read->more_bytes_needed;
    file.next_bytes = read->next_bytes;
    file.safetensors = std::move(read->header);
  }
  return file;
}

std::vector<std::string> part_names(std::string_view file_name) {
  // NAME-00002-of-00005.EXT
  const std::size_t dot = file_name.rfind('.');
  constexpr std::size_t kTail = 2 * kDigits + 5;  // "-00002-of-00005"
  if (dot == file_name.npos || dot < kTail) return {std::string(file_name)};
  const std::string_view tail = file_name.substr(dot - kTail, kTail);
  const std::string_view number = tail.substr(1, kDigits), count = tail.substr(kTail - kDigits);
  if (tail[0] != '-' || tail.substr(1 + kDigits, 4) != "-of-" || !all_digits(number) || !all_digits(count)) {
    return {std::string(file_name)};
  }
  int parts = 0;
  for (const char c : count) parts = 10 * parts + (c - '0');
  if (parts < 1 || parts > kMostParts) return {std::string(file_name)};
  std::vector<std::string> names;
  for (int i = 1; i <= parts; ++i) {
    names.push_back(std::string(file_name.substr(0, dot - kTail)) + "-" + five_digits(i) + "-of-" + std::string(count) +
                    std::string(file_name.substr(dot)));
  }
  return names;
}

Result<ModelFile> model_from_headers(std::vector<FileHeader> files, std::string_view config_json) {
  if (files.empty()) return invalid("no model file was given", "file_header", "a GGUF or safetensors file");
  if (const Result<void> same = same_container(files); !same) return fail(same.error());
  return files.front().container == "gguf" ? from_gguf(std::move(files))
                                           : from_safetensors(std::move(files), config_json);
}

}  // namespace rigwise
