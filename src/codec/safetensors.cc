#include "codec/safetensors.h"

#include <algorithm>
#include <array>
#include <cstring>
#include <nlohmann/json.hpp>
#include <optional>
#include <set>

namespace rigwise {
namespace {

constexpr std::uint64_t kMaxFile = 1ull << 50;
constexpr std::uint64_t kMaxTensors = 500000;
constexpr std::size_t kMaxRank = 8;
constexpr std::size_t kLengthBytes = 8;

struct Dtype {
  std::string_view name;
  int bits;
};
constexpr std::array<Dtype, 21> kDtypes{
    {{"BOOL", 8}, {"U8", 8},   {"I8", 8},    {"F8_E4M3", 8}, {"F8_E5M2", 8}, {"F8_E8M0", 8}, {"I16", 16},
     {"U16", 16}, {"F16", 16}, {"BF16", 16}, {"I32", 32},    {"U32", 32},    {"F32", 32},    {"I64", 64},
     {"U64", 64}, {"F64", 64}, {"F4", 4},    {"F6_E2M3", 6}, {"F6_E3M2", 6}, {"C64", 64},    {"F8_E4M3FNUZ", 8}}};

const Dtype* dtype_of(std::string_view name) {
  const auto found = std::find_if(kDtypes.begin(), kDtypes.end(), [name](const Dtype& d) { return d.name == name; });
  return found == kDtypes.end() ? nullptr : &*found;
}

Unexpected corrupt(std::string what, std::string where, std::string expected) {
  return fail(
      {ErrorCode::corrupt_data, "this safetensors file " + std::move(what), std::move(where), std::move(expected), {}});
}

/// Reads {"name": {"dtype": "BF16", "shape": [2, 3], "data_offsets": [0, 12]}, "__metadata__": {"k": "v"}} event by
/// event: nothing is built for text that is not of this form, and nesting is bounded by the form itself.
class HeaderSax {
 public:
  explicit HeaderSax(SafetensorsHeader& header) : header_(header) {}

  bool null() { return unexpected("null"); }
  bool boolean(bool) { return unexpected("a boolean"); }
  bool number_integer(std::int64_t value) {
    return value < 0 ? unexpected("a negative number") : number_unsigned(static_cast<std::uint64_t>(value));
  }
  bool number_unsigned(std::uint64_t value) {
    if (state_ != State::numbers) return unexpected("a number");
    if (value > kMaxFile) return unexpected("a number above 2^50");
    std::vector<std::uint64_t>& into = field_ == "shape" ? tensor_.shape : offsets_;
    if (into.size() >= kMaxRank) return unexpected("more than 8 numbers");
    into.push_back(value);
    return true;
  }
  bool number_float(double, const std::string&) { return unexpected("a fraction"); }
  bool string(std::string& value) {
    if (state_ == State::metadata) {
      header_.metadata[field_] = value.size() <= 4096 ? value : std::string();
      return true;
    }
    if (state_ != State::tensor || field_ != "dtype") return unexpected("a text");
    tensor_.type = value;
    return true;
  }
  template <class Binary>
  bool binary(Binary&) {
    return unexpected("binary");
  }
  bool start_object(std::size_t) {
    if (state_ == State::start) {
      state_ = State::top;
    } else if (state_ == State::top) {
      state_ = field_ == "__metadata__" ? State::metadata : State::tensor;
      tensor_ = HeaderTensor{};
      tensor_.name = field_;
      offsets_.clear();
    } else {
      return unexpected("an object");
    }
    return true;
  }
  bool key(std::string& name) {
    field_ = name;
    if (state_ == State::tensor && field_ != "dtype" && field_ != "shape" && field_ != "data_offsets") {
      return unexpected("the key \"" + field_.substr(0, 100) + "\"");
    }
    return true;
  }
  bool end_object() {
    if (state_ == State::tensor) return end_tensor();
    state_ = state_ == State::metadata ? State::top : State::done;
    return true;
  }
  bool start_array(std::size_t) {
    if (state_ != State::tensor || field_ == "dtype") return unexpected("an array");
    state_ = State::numbers;
    return true;
  }
  bool end_array() {
    state_ = State::tensor;
    return true;
  }
  template <class Exception>
  bool parse_error(std::size_t position, const std::string&, const Exception&) {
    error_ = corrupt("has a header that is no JSON", "byte " + std::to_string(kLengthBytes + position),
                     "a JSON object of tensors")
                 .value();
    return false;
  }

  const std::optional<Error>& error() const { return error_; }

 private:
  enum class State { start, top, tensor, numbers, metadata, done };

  bool unexpected(const std::string& what) {
    const std::string where = tensor_.name.empty() ? "header" : "tensor \"" + tensor_.name.substr(0, 200) + "\"";
    error_ = corrupt("has " + what + " where it may not be", where,
                     "dtype, shape and data_offsets of each tensor; texts in __metadata__")
                 .value();
    return false;
  }

  bool end_tensor() {
    state_ = State::top;
    const Dtype* dtype = dtype_of(tensor_.type);
    if (dtype == nullptr) return unexpected("the dtype \"" + tensor_.type.substr(0, 50) + "\"");
    if (offsets_.size() != 2 || offsets_[1] < offsets_[0]) return unexpected("data_offsets that are not [begin, end]");
    tensor_.elements = 1;
    for (const std::uint64_t size : tensor_.shape) {
      if (size > 0 && tensor_.elements > kMaxFile / size) return unexpected("a shape above 2^50 elements");
      tensor_.elements *= size;
    }
    tensor_.offset = offsets_[0];
    tensor_.bytes = offsets_[1] - offsets_[0];
    if (tensor_.elements * static_cast<std::uint64_t>(dtype->bits) != tensor_.bytes * 8) {
      return unexpected("a shape that does not take the bytes between its data_offsets");
    }
    if (header_.tensors.size() >= kMaxTensors) return unexpected("more than 500,000 tensors");
    header_.tensors.push_back(std::move(tensor_));
    tensor_ = HeaderTensor{};
    return true;
  }

  SafetensorsHeader& header_;
  State state_ = State::start;
  std::string field_;
  HeaderTensor tensor_;
  std::vector<std::uint64_t> offsets_;
  std::optional<Error> error_;
};

/// Collects the files of an index event by event. Only weight_map's texts and total_size matter.
class IndexSax {
 public:
  bool null() { return true; }
  bool boolean(bool) { return true; }
  bool number_integer(std::int64_t value) { return number(static_cast<double>(value)); }
  bool number_unsigned(std::uint64_t value) { return number(static_cast<double>(value)); }
  bool number_float(double value, const std::string&) { return number(value); }
  bool string(std::string& value) {
    if (depth_ == 2 && in_map_) files_.insert(value);
    return true;
  }
  template <class Binary>
  bool binary(Binary&) {
    return false;
  }
  bool start_object(std::size_t) {
    ++depth_;
    if (depth_ == 2 && in_map_) has_map_ = true;
    return depth_ <= 8;
  }
  bool key(std::string& name) {
    if (depth_ == 1) in_map_ = name == "weight_map";
    if (depth_ == 2) is_total_ = name == "total_size";
    return true;
  }
  bool end_object() {
    --depth_;
    return true;
  }
  bool start_array(std::size_t n) { return start_object(n); }
  bool end_array() { return end_object(); }
  template <class Exception>
  bool parse_error(std::size_t, const std::string&, const Exception&) {
    return false;
  }

  bool has_map() const { return has_map_; }
  SafetensorsIndex take() && {
    result_.files.assign(files_.begin(), files_.end());
    return std::move(result_);
  }

 private:
  bool number(double value) {
    if (depth_ == 2 && !in_map_ && is_total_) result_.total_bytes = value;
    return true;
  }

  SafetensorsIndex result_;
  std::set<std::string> files_;
  int depth_ = 0;
  bool in_map_ = false, is_total_ = false, has_map_ = false;
};

/// Tensors must fill the data section: sorted by offset, each begins where the last one ended.
Result<void> check_layout(SafetensorsHeader& header, std::uint64_t file_size) {
  std::sort(header.tensors.begin(), header.tensors.end(), [](const HeaderTensor& a, const HeaderTensor& b) {
    return a.offset != b.offset ? a.offset < b.offset : a.bytes < b.bytes;
  });
  std::set<std::string_view> names;
  for (const HeaderTensor& tensor : header.tensors) {
    const std::string where = "tensor \"" + tensor.name.substr(0, 200) + "\"";
    if (!names.insert(tensor.name).second) return corrupt("lists a tensor twice", where, "each tensor once");
    if (tensor.offset != header.data_bytes) {
      return corrupt("has a gap or an overlap before a tensor", where,
                     "data_offsets that begin at " + std::to_string(header.data_bytes));
    }
    header.data_bytes += tensor.bytes;
  }
  const std::uint64_t end = header.data_offset + header.data_bytes;
  if (file_size > 0 && end > file_size) {
    return corrupt("ends inside its tensors", "byte " + std::to_string(file_size),
                   std::to_string(end) + " bytes; the download may be incomplete");
  }
  return {};
}

Result<HeaderRead<SafetensorsHeader>> ask_for(std::uint64_t wanted, std::uint64_t file_size) {
  if (file_size > 0 && wanted > file_size) {
    return corrupt("ends inside its header", "byte " + std::to_string(file_size),
                   std::to_string(wanted) + " bytes; the download may be incomplete");
  }
  HeaderRead<SafetensorsHeader> read;
  read.more_bytes_needed = true;
  read.next_bytes = wanted;
  return read;
}

}  // namespace

Result<HeaderRead<SafetensorsHeader>> read_safetensors(std::string_view bytes, std::uint64_t file_size) {
  if (bytes.size() < kLengthBytes) return ask_for(kLengthBytes, file_size);
  std::uint64_t length = 0;
  std::memcpy(&length, bytes.data(), kLengthBytes);  // little endian, like every machine we build for
  if (length < 2 || length > kMaxHeaderBytes - kLengthBytes) {
    return corrupt("gives its header " + std::to_string(length) + " bytes", "byte 0",
                   "2 bytes to 64 MiB; is it a safetensors file?");
  }
  if (bytes.size() >= kLengthBytes + 1 && bytes[kLengthBytes] != '{') {
    return corrupt("has a header that does not start with {", "byte 8", "a JSON object of tensors");
  }
  if (bytes.size() - kLengthBytes < length) return ask_for(kLengthBytes + length, file_size);
  const std::string_view json = bytes.substr(kLengthBytes, static_cast<std::size_t>(length));
  HeaderRead<SafetensorsHeader> read;
  read.header.data_offset = kLengthBytes + length;
  HeaderSax sax(read.header);
  if (!nlohmann::json::sax_parse(json, &sax)) {
    if (sax.error()) return fail(*sax.error());
    return corrupt("has a header that is no JSON", "byte 8", "a JSON object of tensors");
  }
  if (const Result<void> layout = check_layout(read.header, file_size); !layout) return fail(layout.error());
  return read;
}

Result<SafetensorsIndex> read_safetensors_index(std::string_view json) {
  IndexSax sax;
  if (json.size() > kMaxHeaderBytes || !nlohmann::json::sax_parse(json, &sax) || !sax.has_map()) {
    return fail({ErrorCode::corrupt_data,
                 "this safetensors index has no map from tensors to files",
                 "model.safetensors.index.json",
                 "{\"metadata\": {\"total_size\": ...}, \"weight_map\": {\"tensor\": \"file\"}}",
                 {}});
  }
  return std::move(sax).take();
}

Result<SafetensorsHeader> join_safetensors(std::vector<SafetensorsHeader> shards) {
  if (shards.empty()) return invalid("no safetensors header was given", "file_header", "all shards of the model");
  SafetensorsHeader whole = std::move(shards.front());
  for (std::size_t i = 1; i < shards.size(); ++i) {
    whole.data_bytes += shards[i].data_bytes;
    std::move(shards[i].tensors.begin(), shards[i].tensors.end(), std::back_inserter(whole.tensors));
  }
  std::set<std::string_view> names;
  for (const HeaderTensor& tensor : whole.tensors) {
    if (names.insert(tensor.name).second) continue;
    return invalid("the tensor \"" + tensor.name.substr(0, 200) + "\" is in two of the files given", "file_header",
                   "each shard of one model once");
  }
  return whole;
}

}  // namespace rigwise
