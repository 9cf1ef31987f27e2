#include "codec/gguf.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstring>
#include <set>

#include "codec/gguf_types.h"

namespace rigwise {
namespace {

constexpr std::uint64_t kMaxKeys = 65536;
constexpr std::uint64_t kMaxTensors = 65536;
constexpr std::uint64_t kMaxKeptText = 4096;
constexpr std::uint64_t kMaxKeptNumbers = 1024;
constexpr std::uint64_t kMaxName = 4096;
constexpr std::uint64_t kMaxAlignment = 1u << 20;
// No file is larger: keeps sums of sizes and offsets far from overflow.
constexpr std::uint64_t kMaxFile = 1ull << 50;

enum ValueType : std::uint32_t {
  kU8,
  kI8,
  kU16,
  kI16,
  kU32,
  kI32,
  kF32,
  kBool,
  kString,
  kArray,
  kU64,
  kI64,
  kF64,
  kValueTypes
};
constexpr std::uint64_t kValueBytes[] = {1, 1, 2, 2, 4, 4, 4, 1, 0, 0, 8, 8, 8};

/// A cursor over the front of the file. Running past its end is not a fault but a wish for more bytes: every read then
/// gives zero and the caller looks at short_by() before believing anything.
class Cursor {
 public:
  explicit Cursor(std::string_view bytes) : bytes_(bytes) {}

  template <class T>
  T read() {
    T value{};
    if (!has(sizeof(T))) return value;
    std::memcpy(&value, bytes_.data() + at_, sizeof(T));  // little endian, like every machine we build for
    at_ += sizeof(T);
    return value;
  }

  std::string_view view(std::uint64_t n) {
    if (!has(n)) return {};
    const std::string_view piece = bytes_.substr(static_cast<std::size_t>(at_), static_cast<std::size_t>(n));
    at_ += n;
    return piece;
  }

  void skip(std::uint64_t n) {
    if (has(n)) at_ += n;
  }

  bool short_of_bytes() const { return wanted_ > 0; }
  std::uint64_t wanted() const { return wanted_; }
  std::uint64_t at() const { return at_; }

 private:
  bool has(std::uint64_t n) {
    if (wanted_ == 0 && n <= bytes_.size() - at_) return true;
    if (wanted_ == 0) wanted_ = n > kMaxFile ? kMaxFile : at_ + n;
    return false;
  }

  std::string_view bytes_;
  std::uint64_t at_ = 0;
  std::uint64_t wanted_ = 0;
};

Unexpected corrupt(std::uint64_t offset, std::string what, std::string expected) {
  return fail({ErrorCode::corrupt_data,
               "this GGUF file " + std::move(what),
               "byte " + std::to_string(offset),
               std::move(expected),
               {}});
}

double read_number(Cursor& in, std::uint32_t type) {
  switch (type) {
    case kU8: return in.read<std::uint8_t>();
    case kI8: return in.read<std::int8_t>();
    case kU16: return in.read<std::uint16_t>();
    case kI16: return in.read<std::int16_t>();
    case kU32: return in.read<std::uint32_t>();
    case kI32: return in.read<std::int32_t>();
    case kF32: return in.read<float>();
    case kBool: return in.read<std::uint8_t>() != 0 ? 1 : 0;
    case kU64: return static_cast<double>(in.read<std::uint64_t>());
    case kI64: return static_cast<double>(in.read<std::int64_t>());
    case kF64: return in.read<double>();
    default: return 0;
  }
}

void read_text(Cursor& in, GgufValue& value) {
  value.kind = GgufValue::Kind::text;
  value.length = in.read<std::uint64_t>();
  const std::string_view text = in.view(value.length);
  if (text.size() <= kMaxKeptText) value.text = text;
}

Result<void> read_array(Cursor& in, GgufValue& value) {
  const std::uint64_t start = in.at();
  const std::uint32_t type = in.read<std::uint32_t>();
  value.length = in.read<std::uint64_t>();
  if (in.short_of_bytes()) return {};
  if (type == kArray) return corrupt(start, "has an array of arrays", "an array of numbers, booleans or texts");
  if (type >= kValueTypes) {
    return corrupt(start, "has an array of elements of type " + std::to_string(type), "types 0 to 12");
  }
  if (type == kString) {
    value.kind = GgufValue::Kind::texts;
    for (std::uint64_t i = 0; i < value.length && !in.short_of_bytes(); ++i) in.skip(in.read<std::uint64_t>());
    return {};
  }
  value.kind = GgufValue::Kind::numbers;
  if (value.length > kMaxKeptNumbers) {
    // Beyond any real file; the product below must not wrap around.
    if (value.length > kMaxFile / 8) return corrupt(start, "has an array longer than the file", "a real length");
    in.skip(value.length * kValueBytes[type]);
    return {};
  }
  value.numbers.reserve(static_cast<std::size_t>(value.length));
  for (std::uint64_t i = 0; i < value.length && !in.short_of_bytes(); ++i) {
    value.numbers.push_back(read_number(in, type));
  }
  return {};
}

Result<void> read_pair(Cursor& in, GgufHeader& header) {
  const std::uint64_t start = in.at();
  const std::uint64_t key_length = in.read<std::uint64_t>();
  if (in.short_of_bytes()) return {};
  if (key_length == 0 || key_length > kMaxName) {
    return corrupt(start, "has a metadata key of " + std::to_string(key_length) + " bytes", "1 to 4096 bytes");
  }
  const std::string key(in.view(key_length));
  const std::uint64_t type_at = in.at();
  const std::uint32_t type = in.read<std::uint32_t>();
  if (in.short_of_bytes()) return {};
  GgufValue value;
  if (type == kString) {
    read_text(in, value);
  } else if (type == kArray) {
    if (const Result<void> array = read_array(in, value); !array) return array;
  } else if (type < kValueTypes) {
    value.kind = type == kBool ? GgufValue::Kind::boolean : GgufValue::Kind::number;
    value.number = read_number(in, type);
  } else {
    return corrupt(type_at, "gives \"" + key + "\" a value of type " + std::to_string(type), "types 0 to 12");
  }
  if (in.short_of_bytes()) return {};
  if (!header.metadata.emplace(key, std::move(value)).second) {
    return corrupt(start, "has the key \"" + key + "\" twice", "each key once");
  }
  return {};
}

/// Elements and bytes of a tensor, or why its shape cannot be.
Result<void> measure(HeaderTensor& tensor, const GgmlType& type, std::uint64_t at) {
  tensor.elements = 1;
  for (const std::uint64_t size : tensor.shape) {
    if (size == 0 || size > kMaxFile / tensor.elements) {
      return corrupt(at, "gives tensor \"" + tensor.name + "\" an impossible shape", "sizes from 1 up, within 2^50");
    }
    tensor.elements *= size;
  }
  const std::uint64_t row = tensor.shape.empty() ? 1 : tensor.shape.front();
  if (row % type.block_values != 0) {
    return corrupt(at,
                   "stores tensor \"" + tensor.name + "\" with rows of " + std::to_string(row) + " values as " +
                       std::string(type.name),
                   "rows of a multiple of " + std::to_string(type.block_values) + " values");
  }
  const std::uint64_t blocks = tensor.elements / type.block_values;
  if (blocks > kMaxFile / type.block_bytes) {
    return corrupt(at, "makes tensor \"" + tensor.name + "\" larger than any disk", "at most 2^50 bytes");
  }
  tensor.bytes = blocks * type.block_bytes;
  return {};
}

Result<void> read_tensor(Cursor& in, GgufHeader& header) {
  const std::uint64_t start = in.at();
  const std::uint64_t name_length = in.read<std::uint64_t>();
  if (in.short_of_bytes()) return {};
  if (name_length == 0 || name_length > kMaxName) {
    return corrupt(start, "has a tensor name of " + std::to_string(name_length) + " bytes", "1 to 4096 bytes");
  }
  HeaderTensor tensor;
  tensor.name = in.view(name_length);
  const std::uint32_t rank = in.read<std::uint32_t>();
  if (in.short_of_bytes()) return {};
  if (rank > 4) {
    return corrupt(start, "gives tensor \"" + tensor.name + "\" " + std::to_string(rank) + " dimensions", "0 to 4");
  }
  for (std::uint32_t i = 0; i < rank; ++i) tensor.shape.push_back(in.read<std::uint64_t>());
  const std::uint32_t id = in.read<std::uint32_t>();
  tensor.offset = in.read<std::uint64_t>();
  if (in.short_of_bytes()) return {};
  const GgmlType* type = ggml_type(id);
  if (type == nullptr) {
    return corrupt(start, "stores tensor \"" + tensor.name + "\" in type " + std::to_string(id),
                   "a ggml type up to 42 that is still in use");
  }
  tensor.type = type->name;
  if (const Result<void> measured = measure(tensor, *type, start); !measured) return measured;
  header.tensors.push_back(std::move(tensor));
  return {};
}

Result<void> read_alignment(GgufHeader& header) {
  const std::optional<double> alignment = header.number("general.alignment");
  if (!alignment) return {};
  const auto value =
      *alignment >= 1 && *alignment <= double(kMaxAlignment) ? static_cast<std::uint64_t>(*alignment) : 0;
  if (!std::has_single_bit(value) || double(value) != *alignment) {
    return corrupt(0, "sets general.alignment to something else than a power of two", "8, 16, 32 ... 2^20");
  }
  header.alignment = value;
  return {};
}

/// Tensors must follow each other in the data section, each padded to the alignment, without gaps or overlap.
Result<void> check_layout(GgufHeader& header, std::uint64_t file_size) {
  std::set<std::string_view> names;
  for (const HeaderTensor& tensor : header.tensors) {
    if (!names.insert(tensor.name).second) {
      return corrupt(header.data_offset, "lists tensor \"" + tensor.name + "\" twice", "each tensor once");
    }
    if (tensor.offset != header.data_bytes) {
      return corrupt(header.data_offset,
                     "puts tensor \"" + tensor.name + "\" at offset " + std::to_string(tensor.offset),
                     "offset " + std::to_string(header.data_bytes) + ", right behind the tensor before it");
    }
    header.data_bytes += (tensor.bytes + header.alignment - 1) / header.alignment * header.alignment;
    if (header.data_bytes > kMaxFile) {
      return corrupt(header.data_offset, "lists more than 2^50 bytes of tensors", "at most 2^50 bytes");
    }
    // The last tensor's padding may be missing at the end of the file.
    const std::uint64_t end = header.data_offset + tensor.offset + tensor.bytes;
    if (file_size > 0 && end > file_size) {
      return corrupt(file_size, "ends inside tensor \"" + tensor.name + "\"",
                     "at least " + std::to_string(end) + " bytes; the download may be incomplete");
    }
  }
  return {};
}

/// A count from metadata that may hold anything, nan included.
int small_count(std::optional<double> value, int otherwise) {
  return value && *value >= 0 && *value <= 1e6 ? static_cast<int>(*value) : otherwise;
}

Result<void> check_magic(std::string_view bytes) {
  if (bytes.size() >= 4 && bytes.substr(0, 4) != "GGUF") {
    return corrupt(0, "does not start with \"GGUF\"", "a GGUF file of version 2 or 3");
  }
  return {};
}

Result<void> check_version(std::uint32_t version) {
  if (version == 2 || version == 3) return {};
  if (version == 0x02000000 || version == 0x03000000) {
    return corrupt(4, "is big endian", "a little-endian file; convert it with gguf_convert_endian.py");
  }
  return corrupt(4, "has version " + std::to_string(version), "version 2 or 3; re-convert the model");
}

Result<HeaderRead<GgufHeader>> ask_for_more(std::uint64_t wanted, std::size_t have, std::uint64_t file_size) {
  if (file_size > 0 && wanted > file_size) {
    return corrupt(file_size, "ends inside its header",
                   "at least " + std::to_string(wanted) + " bytes; the download may be incomplete");
  }
  if (wanted > kMaxHeaderBytes) {
    return corrupt(have, "has a header above 64 MiB", "a header within 64 MiB");
  }
  HeaderRead<GgufHeader> read;
  read.more_bytes_needed = true;
  // Text lists give no total length, so the wish at least doubles what is there.
  read.next_bytes = std::clamp<std::uint64_t>(2 * static_cast<std::uint64_t>(have),
                                              std::max<std::uint64_t>(wanted, 65536), kMaxHeaderBytes);
  if (file_size > 0) read.next_bytes = std::min(read.next_bytes, file_size);
  return read;
}

}  // namespace

std::string GgufHeader::architecture() const { return text("general.architecture").value_or(""); }

const GgufValue* GgufHeader::find(std::string_view key) const {
  const auto found = key.starts_with('.') ? metadata.find(architecture() + std::string(key)) : metadata.find(key);
  return found == metadata.end() ? nullptr : &found->second;
}

std::optional<double> GgufHeader::number(std::string_view key) const {
  const GgufValue* value = find(key);
  if (value == nullptr || (value->kind != GgufValue::Kind::number && value->kind != GgufValue::Kind::boolean)) {
    return std::nullopt;
  }
  return value->number;
}

std::optional<std::string> GgufHeader::text(std::string_view key) const {
  const auto found = metadata.find(key);
  if (found == metadata.end() || found->second.kind != GgufValue::Kind::text) return std::nullopt;
  return found->second.text;
}

std::optional<double> GgufHeader::for_layer(std::string_view key, std::size_t layer) const {
  const GgufValue* value = find(key);
  if (value == nullptr) return std::nullopt;
  if (value->kind != GgufValue::Kind::numbers) return number(key);
  if (layer >= value->numbers.size()) return std::nullopt;
  return value->numbers[layer];
}

int GgufHeader::split_no() const { return small_count(number("split.no"), 0); }
int GgufHeader::split_count() const { return std::max(1, small_count(number("split.count"), 1)); }

Result<HeaderRead<GgufHeader>> read_gguf(std::string_view bytes, std::uint64_t file_size) {
  if (const Result<void> magic = check_magic(bytes); !magic) return fail(magic.error());
  Cursor in(bytes);
  HeaderRead<GgufHeader> read;
  GgufHeader& header = read.header;
  in.skip(4);
  header.version = in.read<std::uint32_t>();
  const std::uint64_t tensors = in.read<std::uint64_t>();
  const std::uint64_t keys = in.read<std::uint64_t>();
  if (in.short_of_bytes()) return ask_for_more(in.wanted(), bytes.size(), file_size);
  if (const Result<void> version = check_version(header.version); !version) return fail(version.error());
  if (tensors > kMaxTensors) return corrupt(8, "lists " + std::to_string(tensors) + " tensors", "at most 65536");
  if (keys > kMaxKeys) return corrupt(16, "lists " + std::to_string(keys) + " metadata keys", "at most 65536");

  for (std::uint64_t i = 0; i < keys && !in.short_of_bytes(); ++i) {
    if (const Result<void> pair = read_pair(in, header); !pair) return fail(pair.error());
  }
  for (std::uint64_t i = 0; i < tensors && !in.short_of_bytes(); ++i) {
    if (const Result<void> tensor = read_tensor(in, header); !tensor) return fail(tensor.error());
  }
  if (in.short_of_bytes()) return ask_for_more(in.wanted(), bytes.size(), file_size);
  if (const Result<void> alignment = read_alignment(header); !alignment) return fail(alignment.error());
  header.data_offset = (in.at() + header.alignment - 1) / header.alignment * header.alignment;
  if (const Result<void> layout = check_layout(header, file_size); !layout) return fail(layout.error());
  return read;
}

Result<GgufHeader> join_gguf_splits(std::vector<GgufHeader> parts) {
  if (parts.empty()) return invalid("no GGUF header was given", "file_header", "all parts of the model");
  const int count = parts.front().split_count();
  std::sort(parts.begin(), parts.end(),
            [](const GgufHeader& a, const GgufHeader& b) { return a.split_no() < b.split_no(); });
  for (std::size_t i = 0; i < parts.size(); ++i) {
    if (parts[i].split_count() != count || parts[i].split_no() != static_cast<int>(i)) {
      return invalid("the GGUF parts given are not the parts 1 to " + std::to_string(count) + " of one model",
                     "file_header", "each of the model's " + std::to_string(count) + " files once");
    }
  }
  if (static_cast<int>(parts.size()) != count) {
    return invalid(std::to_string(parts.size()) + " of " + std::to_string(count) + " parts of the model are given",
                   "file_header", "each of the model's " + std::to_string(count) + " files once");
  }
  GgufHeader whole = std::move(parts.front());
  for (std::size_t i = 1; i < parts.size(); ++i) {
    whole.data_bytes += parts[i].data_bytes;
    std::move(parts[i].tensors.begin(), parts[i].tensors.end(), std::back_inserter(whole.tensors));
  }
  return whole;
}

}  // namespace rigwise
