#include "codec/bundle.h"

#include "codec/calibration_csv.h"
#include "codec/catalog_builder.h"
#include "codec/catalog_text.h"
#include "core/base/text.h"

namespace rigwise {
namespace {

constexpr std::string_view kMagic = "rigwise-bundle 1";

/// Walks over a bundle; every step says whether the text still is what write_bundle() makes.
class BundleReader {
 public:
  explicit BundleReader(std::string_view text) : rest_(text) {}

  bool line(std::string_view& out) {
    const std::size_t end = rest_.find('\n');
    if (end == std::string_view::npos) return false;
    out = rest_.substr(0, end);
    rest_.remove_prefix(end + 1);
    return true;
  }

  /// `KEY VALUE`
  bool value_of(std::string_view key, std::string& out) {
    std::string_view text;
    if (!line(text) || !text.starts_with(key) || text.size() <= key.size() || text[key.size()] != ' ') return false;
    out = std::string(text.substr(key.size() + 1));
    return true;
  }

  struct Entry {
    char kind = 0;  ///< 'R', 'T', or 'e' at the end
    std::string_view path, text;
  };

  bool entry(Entry& out) {
    std::string_view head;
    if (!line(head)) return false;
    if (head == "end") {
      out.kind = 'e';
      return rest_.empty();
    }
    const std::size_t space = head.rfind(' ');
    if (head.size() < 5 || (head[0] != 'R' && head[0] != 'T') || head[1] != ' ' || space < 3) return false;
    std::size_t size = 0;
    for (const char c : head.substr(space + 1)) {
      if (c < '0' || c > '9' || size > rest_.size()) return false;
      size = 10 * size + static_cast<std::size_t>(c - '0');
    }
    if (size > rest_.size()) return false;
    out = {head[0], head.substr(2, space - 2), rest_.substr(0, size)};
    rest_.remove_prefix(size);
    return true;
  }

 private:
  std::string_view rest_;
};

Unexpected corrupt(std::string message) {
  return fail(
      {ErrorCode::corrupt_data, std::move(message), "catalog bundle", "build it again with rigwise_bundler", {}});
}

}  // namespace

BundleWriter::BundleWriter(const BundleHeader& header) {
  out_.append(kMagic).append("\nschema ").append(header.schema);
  out_.append("\nas_of ").append(header.as_of.empty() ? "-" : header.as_of);
  out_.append("\nhash ").append(header.content_hash).append("\n");
}

void BundleWriter::add(char kind, std::string_view path, std::string_view text) {
  out_ += kind;
  out_.append(" ").append(path).append(" ").append(std::to_string(text.size())).append("\n").append(text);
}

std::string BundleWriter::take() {
  out_ += "end\n";
  return std::move(out_);
}

Result<LoadedCatalog> read_bundle(std::string_view bundle) {
  BundleReader in(bundle);
  std::string_view magic;
  if (!in.line(magic) || magic != kMagic) return corrupt("this is not a rigwise catalog bundle");
  LoadedCatalog loaded;
  Catalog& catalog = loaded.catalog;
  if (!in.value_of("schema", catalog.version) || !in.value_of("as_of", catalog.as_of) ||
      !in.value_of("hash", catalog.content_hash))
    return corrupt("the catalog bundle's header is damaged");
  if (catalog.version != kCatalogSchema)
    return corrupt("the catalog bundle has schema \"" + catalog.version + "\", this program reads schema " +
                   std::string(kCatalogSchema));
  if (catalog.as_of == "-") catalog.as_of.clear();

  CatalogBuilder builder(catalog, loaded.diagnostics);
  std::vector<CatalogFile> calibration;
  Record record;
  for (;;) {
    BundleReader::Entry entry;
    if (!in.entry(entry)) return corrupt("the catalog bundle is cut short or damaged");
    if (entry.kind == 'e') break;
    if (entry.kind == 'R') {
      record.file = entry.path;
      if (!read_flat(entry.text, nullptr, record))
        return corrupt("a record of the catalog bundle is damaged: " + std::string(entry.path));
      builder.add_record(record);
    } else if (entry.path.starts_with("calibration/")) {
      calibration.push_back({std::string(entry.path), std::string(entry.text)});
    } else {
      builder.add_table(entry.path, entry.text);
    }
  }
  builder.finish();
  Result<Calibration> constants = decode_calibration(calibration);
  if (!constants) return fail(constants.error());
  loaded.calibration = std::move(*constants);
  return loaded;
}

}  // namespace rigwise
