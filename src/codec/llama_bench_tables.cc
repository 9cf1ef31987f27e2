// llama-bench's forms for people and databases, each brought into the record that its JSON would be.
#include <algorithm>

#include "codec/csv.h"
#include "codec/llama_bench.h"
#include "codec/text_lines.h"
#include "core/base/text.h"

namespace rigwise {
namespace {

constexpr std::string_view kProgram = "llama-bench";

/// Adds a record whose keys and cells came apart.
void add_row(const std::vector<std::string>& keys, const std::vector<std::string>& cells, int line, ForeignRuns& file) {
  if (keys.size() != cells.size()) {
    file.skip(line, "the row has " + std::to_string(cells.size()) + " cells, the header " +
                        std::to_string(keys.size()) + ": it is cut off");
    return;
  }
  Json record = Json::object();
  for (std::size_t i = 0; i < keys.size(); ++i) record[keys[i]] = cells[i];
  if (std::optional<std::string> fault = add_llama_bench_record(record, line, file)) file.skip(line, std::move(*fault));
}

/// One list of SQL values or names from an opening parenthesis on, quotes undone ('' is one); empty when it never ends.
struct SqlList {
  std::vector<std::string> values;
  std::size_t end = 0;  ///< behind the closing parenthesis; 0: there is none
};

SqlList sql_list(std::string_view text, std::size_t open) {
  SqlList list;
  std::string value;
  bool quoted = false;
  for (std::size_t i = open + 1; i < text.size(); ++i) {
    const char c = text[i];
    if (quoted && c == '\'' && i + 1 < text.size() && text[i + 1] == '\'') {
      value += text[++i];
    } else if (c == '\'') {
      quoted = !quoted;
    } else if (!quoted && (c == ',' || c == ')')) {
      list.values.emplace_back(trim(value));
      value.clear();
      if (c == ')') {
        list.end = i + 1;
        return list;
      }
    } else {
      value += c;
    }
  }
  return {};
}

/// Column heads of the table for people, where they are not the key itself.
struct ColumnHead {
  std::string_view head, key;
};
constexpr ColumnHead kHeads[] = {{"model", "model_type"},
                                 {"backend", "backends"},
                                 {"ngl", "n_gpu_layers"},
                                 {"threads", "n_threads"},
                                 {"sm", "split_mode"},
                                 {"nkvo", "no_kv_offload"},
                                 {"fa", "flash_attn"},
                                 {"mmap", "use_mmap"},
                                 {"embd", "embeddings"},
                                 {"nopo", "no_op_offload"},
                                 {"ot", "tensor_buft_overrides"},
                                 {"ts", "tensor_split"},
                                 {"dev", "devices"},
                                 {"mg", "main_gpu"},
                                 {"ncmoe", "n_cpu_moe"},
                                 {"fitt", "fit_target"}};

std::string key_of_head(std::string_view head) {
  for (const ColumnHead& known : kHeads) {
    if (known.head == head) return std::string(known.key);
  }
  return std::string(head);
}

/// "4.36 GiB", "7.62 B", "751.63 M" -> a plain number; nothing when it is none.
std::optional<double> scaled(std::string_view cell) {
  constexpr double kKi = 1024, kMega = 1e6, kGiga = 1e9;
  const std::size_t space = cell.find(' ');
  if (space == std::string_view::npos) return std::nullopt;
  const Result<double> number = parse_number(cell.substr(0, space));
  const std::string_view unit = trim(cell.substr(space));
  if (!number) return std::nullopt;
  if (unit == "GiB") return *number * kKi * kKi * kKi;
  if (unit == "MiB") return *number * kKi * kKi;
  if (unit == "B") return *number * kGiga;
  if (unit == "M") return *number * kMega;
  return std::nullopt;
}

/// Digits that follow `word` at the beginning of `text` ("pp 512", "pp512"); both are taken off `text`.
std::optional<std::string> count_after(std::string_view& text, std::string_view word) {
  if (!text.starts_with(word)) return std::nullopt;
  std::string_view rest = trim(text.substr(word.size()));
  std::size_t digits = 0;
  while (digits < rest.size() && rest[digits] >= '0' && rest[digits] <= '9') ++digits;
  if (digits == 0) return std::nullopt;
  std::string count(rest.substr(0, digits));
  text = trim(rest.substr(digits));
  return count;
}

/// "pp512", "tg 128", "pp512+tg128 @ d4096" into the three counts; false when it is no test.
bool read_test_name(std::string_view test, Json& record) {
  const std::optional<std::string> prompt = count_after(test, "pp");
  if (test.starts_with('+')) test.remove_prefix(1);
  const std::optional<std::string> generated = count_after(test, "tg");
  std::optional<std::string> depth;
  if (test.starts_with('@')) {
    test = trim(test.substr(1));
    depth = count_after(test, "d");
  }
  record["n_prompt"] = prompt.value_or("0");
  record["n_gen"] = generated.value_or("0");
  record["n_depth"] = depth.value_or("0");
  return (prompt || generated) && test.empty();
}

/// "119.92 ± 0.43" into mean and deviation; false when it is no speed.
bool read_speed(std::string_view cell, Json& record) {
  const std::size_t space = cell.find(' ');
  if (!parse_number(cell.substr(0, space))) return false;
  record["avg_ts"] = std::string(cell.substr(0, space));
  if (space != std::string_view::npos) record["stddev_ts"] = std::string(cell.substr(cell.rfind(' ') + 1));
  return true;
}

/// What "auto", "on" and "off" are in records.
std::string as_record_value(const std::string& key, std::string_view cell) {
  if (key == "flash_attn") {
    if (cell == "on") return "1";
    if (cell == "off") return "0";
    if (cell == "auto") return "-1";
  }
  return std::string(cell);
}

/// "build: 8cf427ff (5163)", printed behind the tables.
struct BuildLine {
  std::string commit, number;
};

BuildLine build_in(std::string_view text) {
  const std::size_t at = text.rfind("\nbuild: ");
  if (at == std::string_view::npos) return {};
  std::string_view line = text.substr(at + 8);
  line = trim(line.substr(0, line.find('\n')));
  const std::size_t open = line.find(" ("), close = line.find(')');
  if (open == std::string_view::npos || close == std::string_view::npos || close < open) return {std::string(line), ""};
  return {std::string(line.substr(0, open)), std::string(line.substr(open + 2, close - open - 2))};
}

/// What stands around the tables and holds for all their rows.
struct TableSurroundings {
  std::string gpus;
  BuildLine build;
};

/// A row of the table as the record that it shortens; nothing when it is no test.
std::optional<Json> record_of_row(const std::vector<std::string>& heads, const std::vector<std::string_view>& cells,
                                  const TableSurroundings& around) {
  Json record = Json::object();
  bool has_test = false, has_speed = false;
  for (std::size_t i = 0; i < heads.size(); ++i) {
    const std::string& head = heads[i];
    if (head == "test") {
      has_test = read_test_name(cells[i], record);
    } else if (head == "t/s") {
      has_speed = read_speed(cells[i], record);
    } else if (head == "size" || head == "params") {
      if (const std::optional<double> value = scaled(cells[i]))
        record[head == "size" ? "model_size" : "model_n_params"] = *value;
    } else {
      const std::string key = key_of_head(head);
      record[key] = as_record_value(key, cells[i]);
    }
  }
  if (!has_test || !has_speed) return std::nullopt;
  if (!around.gpus.empty()) record["gpu_info"] = around.gpus;
  if (!around.build.commit.empty()) record["build_commit"] = around.build.commit;
  if (!around.build.number.empty()) record["build_number"] = around.build.number;
  return record;
}

}  // namespace

ForeignRuns read_llama_bench_csv(std::string_view text) {
  ForeignRuns file;
  file.program = kProgram;
  // What llama.cpp prints before stands before the header.
  int lines_before = 0;
  const std::vector<TextLine> lines = lines_of(text);
  const auto header = std::find_if(lines.begin(), lines.end(), [](const TextLine& line) {
    return line.text.find("n_prompt") != std::string_view::npos && line.text.find("avg_ts") != std::string_view::npos;
  });
  if (header == lines.end()) return file;
  lines_before = header->number - 1;
  CsvReader reader(text.substr(header->begin));
  std::vector<std::string_view> cells;
  std::vector<std::string> keys;
  while (reader.next(cells)) {
    std::vector<std::string> row;
    row.reserve(cells.size());
    for (const std::string_view cell : cells) row.emplace_back(trim(cell));
    if (keys.empty()) {
      keys = std::move(row);
    } else {
      add_row(keys, row, lines_before + reader.line(), file);
    }
  }
  if (!reader.fault().empty()) file.skip(lines_before + reader.line(), reader.fault());
  return file;
}

ForeignRuns read_llama_bench_sql(std::string_view text) {
  ForeignRuns file;
  file.program = kProgram;
  int line = 1;
  std::size_t counted = 0;
  for (std::size_t at = text.find("INSERT INTO "); at != std::string_view::npos;
       at = text.find("INSERT INTO ", at + 1)) {
    line += static_cast<int>(std::count(text.begin() + static_cast<std::ptrdiff_t>(counted),
                                        text.begin() + static_cast<std::ptrdiff_t>(at), '\n'));
    counted = at;
    const std::size_t open = text.find('(', at);
    const SqlList keys = open == std::string_view::npos ? SqlList{} : sql_list(text, open);
    const std::size_t values_at = keys.end == 0 ? std::string_view::npos : text.find("VALUES", keys.end);
    const std::size_t values_open = values_at == std::string_view::npos ? values_at : text.find('(', values_at);
    const SqlList values = values_open == std::string_view::npos ? SqlList{} : sql_list(text, values_open);
    if (values.end == 0) {
      file.skip(line, "the statement is cut off");
      continue;
    }
    add_row(keys.values, values.values, line, file);
  }
  return file;
}

ForeignRuns read_llama_bench_markdown(std::string_view text) {
  ForeignRuns file;
  file.program = kProgram;
  TableSurroundings around;
  around.gpus = join(gpus_in_log(text), ", ");
  around.build = build_in(text);
  std::vector<std::string> heads;
  for (const TextLine& line : lines_of(text)) {
    const std::vector<std::string_view> cells = table_cells(line.text);
    if (cells.empty()) {
      if (!heads.empty() && is_cut_off_row(line.text)) file.skip(line.number, "the row is cut off");
      heads.clear();
      continue;
    }
    if (is_table_rule(cells)) continue;
    const bool is_head = std::find(cells.begin(), cells.end(), "t/s") != cells.end();
    if (is_head) {
      heads.assign(cells.begin(), cells.end());
      continue;
    }
    if (heads.empty()) continue;
    const std::optional<Json> record =
        cells.size() == heads.size() ? record_of_row(heads, cells, around) : std::optional<Json>();
    std::optional<std::string> fault =
        record ? add_llama_bench_record(*record, line.number, file) : "the row holds no test and its speed";
    if (fault) file.skip(line.number, std::move(*fault));
  }
  return file;
}

std::vector<std::string> gpus_in_log(std::string_view text) {
  std::vector<std::string> gpus;
  for (const TextLine& line : lines_of(text)) {
    const std::string_view words = trim(line.text);
    // CUDA and ROCm: "  Device 0: NVIDIA GeForce RTX 4080, compute capability 8.9, VMM: yes".
    if (words.starts_with("Device ")) {
      const std::size_t colon = words.find(": "), comma = words.find(", ");
      if (colon == std::string_view::npos || comma == std::string_view::npos || comma < colon) continue;
      gpus.emplace_back(words.substr(colon + 2, comma - colon - 2));
    }
    // Vulkan: "ggml_vulkan: 0 = AMD Radeon RX 7900 XTX (RADV NAVI31) (radv) | uma: 0 | ...".
    if (words.starts_with("ggml_vulkan: ")) {
      const std::size_t equals = words.find(" = "), bar = words.find(" | ");
      if (equals == std::string_view::npos || bar == std::string_view::npos || bar < equals) continue;
      std::string_view name = words.substr(equals + 3, bar - equals - 3);
      if (name.ends_with(')')) name = name.substr(0, name.rfind(" ("));
      gpus.emplace_back(name);
    }
    // Metal: "ggml_metal_init: picking default device: Apple M2 Ultra".
    constexpr std::string_view kMetal = "picking default device: ";
    if (const std::size_t at = words.find(kMetal); at != std::string_view::npos)
      gpus.emplace_back(words.substr(at + kMetal.size()));
  }
  return gpus;
}

}  // namespace rigwise
