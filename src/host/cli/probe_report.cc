#include "host/cli/probe_report.h"

#include <algorithm>
#include <ostream>

#include "core/base/text.h"
#include "host/cli/say.h"

namespace rigwise {
namespace {

/// Slower than people read: not what one would call running.
constexpr double kReadable = 5;
constexpr std::size_t kMostRows = 14;

std::string joined(const Json& list) {
  std::string text;
  for (const Json& item : list) text += (text.empty() ? "" : ", ") + item.get<std::string>();
  return text;
}

/// ", in the catalog as X", with what could be meant as well, or what is near.
std::string match_words(const Json& match) {
  if (match["id"].is_string()) {
    std::string words = "; in the catalog: " + text_of(match, "id");
    if (!match["alternatives"].empty()) words += " (or " + joined(match["alternatives"]) + ")";
    return words;
  }
  const bool has_near = !match["nearest"].empty();
  return std::string("; not in the catalog") + (has_near ? " (nearest: " + joined(match["nearest"]) + ")" : "");
}

void say_line(const Console& console, const std::string& name, const std::string& text) {
  if (text.empty()) return;
  constexpr std::size_t kWidth = 11;
  *console.out << console.strong(name) << std::string(name.size() < kWidth ? kWidth - name.size() : 1, ' ');
  console.print_wrapped(text, kWidth, kWidth);
}

std::string processor_words(const Json& processor) {
  std::string words = text_of(processor, "name");
  if (words.empty()) words = "unknown processor";
  if (processor["sockets"].is_number() && processor["sockets"] > 1) words = processor["sockets"].dump() + " x " + words;
  if (processor["cores"].is_number()) words += ", " + processor["cores"].dump() + " cores";
  if (processor["threads"].is_number()) words += ", " + processor["threads"].dump() + " threads";
  const Json& caches = processor["last_level_cache_bytes"];
  if (caches.is_number())
    words += ", " + significant(caches.get<double>() / (1024.0 * 1024), 3) + " MiB last-level cache";
  return words + match_words(processor["catalog"]);
}

std::string memory_words(const Json& memory) {
  if (!memory["total_bytes"].is_number()) return "unknown";
  std::string words = say_gb(memory["total_bytes"]);
  if (memory["available_bytes"].is_number()) words += ", " + say_gb(memory["available_bytes"]) + " free now";
  if (memory["kind"].is_string()) words += "; " + text_of(memory, "kind");
  if (memory["peak_gbps"].is_number()) words += ", at most " + say_number(memory["peak_gbps"]) + " GB/s";
  return words;
}

std::string gpu_words(const Json& gpu) {
  std::string words = text_of(gpu, "name");
  if (gpu["memory_bytes"].is_number()) words += ", " + say_gb(gpu["memory_bytes"]);
  if (gpu["unified"].get<bool>()) return words + ", shares the machine's memory";
  if (gpu["power_limit_w"].is_number()) words += ", " + say_number(gpu["power_limit_w"]) + " W";
  return words + match_words(gpu["catalog"]);
}

std::string pool_words(const Json& pool) {
  return text_of(pool, "name") + ": " + say_gb(pool["usable_bytes"]) + " of " + say_gb(pool["total_bytes"]) + " (" +
         text_of(pool, "rule") + ")";
}

/// What is said of each, and of how many the same is said.
std::vector<std::pair<std::string, int>> counted(const Json& list, std::string (*words_of)(const Json&)) {
  std::vector<std::pair<std::string, int>> counts;
  for (const Json& item : list) {
    std::string words = words_of(item);
    const auto known = std::find_if(counts.begin(), counts.end(), [&](const auto& c) { return c.first == words; });
    if (known == counts.end())
      counts.emplace_back(std::move(words), 1);
    else
      ++known->second;
  }
  return counts;
}

void print_machine(const Console& console, const Json& machine) {
  std::string name = text_of(machine, "maker");
  if (machine["product"].is_string()) name += (name.empty() ? "" : " ") + text_of(machine, "product");
  if (!name.empty()) {
    const Json& match = machine["catalog"];
    say_line(console, "machine",
             name + (match["id"].is_string() || !match["nearest"].empty() ? match_words(match) : ""));
  }
  std::string system = text_of(machine, "os");
  if (machine["kernel"].is_string()) system += (system.empty() ? "" : ", ") + text_of(machine, "kernel");
  if (machine["virtualisation"].is_string()) system += ", under " + text_of(machine, "virtualisation");
  if (machine["in_container"].get<bool>()) system += ", in a container";
  say_line(console, "system", system);
  say_line(console, "processor", processor_words(machine["processor"]));
  say_line(console, "memory", memory_words(machine["memory"]));
  if (machine["power"]["words"].is_string()) say_line(console, "power", text_of(machine["power"], "words"));
  for (const auto& [words, count] : counted(machine["gpus"], gpu_words))
    say_line(console, "graphics", (count > 1 ? std::to_string(count) + " x " : "") + words);
}

void print_pools(const Console& console, const Json& pools) {
  if (pools.empty()) return;
  *console.out << "\nmemory that a model may take:\n";
  for (const auto& [words, count] : counted(pools, pool_words)) {
    *console.out << "  ";
    console.print_wrapped((count > 1 ? std::to_string(count) + " x " : "") + words, 4, 2);
  }
}

std::string gbps_cell(const Json& rate) {
  return rate.is_number() ? significant(rate.get<double>(), 3) + " GB/s" : "-";
}

void print_power(const Console& console, const Json& speed) {
  const Json& energy = speed["products_energy"];
  if (!energy.is_object()) return;
  std::string words =
      "power while it multiplied: " + say_number(energy["mean_w"]) + " W of " + text_of(energy, "coverage");
  if (energy["net_joules"].is_number() && energy["window_s"].get<double>() > 0) {
    words += ", " + significant(energy["net_joules"].get<double>() / energy["window_s"].get<double>()) +
             " of it above resting";
  }
  console.print_wrapped(words + "; not what the wall socket gives", 2);
}

/// How many threads are enough, and how reads stand to what the modules allow.
void print_read_words(const Console& console, const Json& speed) {
  std::string words;
  const bool has_steps = speed["read"].size() > 1 && speed["enough_threads"].is_number();
  if (has_steps) {
    const std::string threads = speed["enough_threads"].dump();
    words = threads + (threads == "1" ? " thread reads" : " threads read") +
            " at 95 % of the best or more: engines that wait for memory need no more of them (llama.cpp: -t " +
            threads + ")";
  }
  if (speed["peak_share"].is_number()) {
    words += (words.empty() ? "" : "; ") + std::string("the best is ") +
             significant(100 * speed["peak_share"].get<double>(), 2) + " % of what the memory's modules allow";
  }
  if (!words.empty()) console.print_wrapped(words, 2);
}

void print_computing(const Console& console, const Json& speed) {
  std::string words, missing;
  if (speed["fma_gflops"].is_number()) words = "single precision " + say_number(speed["fma_gflops"]) + " GFLOP/s";
  for (const Json& peak : speed["peaks"]) {
    const std::string what = text_of(peak, "what");
    if (peak["gops"].is_number()) {
      words += (words.empty() ? "" : ", ") + what + " " + say_number(peak["gops"]) + " Gop/s (" +
               text_of(peak, "instructions") + ")";
    } else {
      missing += (missing.empty() ? "" : "; ") + what + ": " + text_of(peak, "why_not");
    }
  }
  if (!words.empty()) console.print_wrapped("multiply-adds in registers: " + words, 2);
  if (!missing.empty()) console.print_wrapped("not measured: " + missing, 2);
}

void print_speed(const Console& console, const Json& speed) {
  *console.out << "\nmeasured in " << say_seconds(speed["wall_s"].get<double>()) << " (" << text_of(speed, "kernels")
               << ", buffer " << say_gb(speed["buffer_bytes"]) << "):\n";
  Table table;
  table.columns = {{"what", false, true}, {"threads", true, false}, {"usual", true, false}, {"best", true, false}};
  for (const Json& read : speed["read"])
    table.rows.push_back(
        {"read memory", read["threads"].dump(), gbps_cell(read["usual_gbps"]), gbps_cell(read["best_gbps"])});
  for (const Json& stream : speed["stream"]) {
    const bool is_streaming = stream["stores"] == "streaming";
    table.rows.push_back({"STREAM " + text_of(stream, "kernel") +
                              (is_streaming ? ", stores past the caches" : ", ordinary stores (lines are read first)"),
                          stream["threads"].dump(), gbps_cell(stream["usual_gbps"]), gbps_cell(stream["best_gbps"])});
  }
  const std::string threads = speed["threads"].dump();
  const auto add = [&](const char* what, const char* usual, const char* best) {
    if (speed[usual].is_number() || speed[best].is_number())
      table.rows.push_back({what, threads, gbps_cell(speed[usual]), gbps_cell(speed[best])});
  };
  add("Q4_0 weights times a vector; best: from caches", "q4_gbps", "q4_cached_gbps");
  add("Q4_K weights", "q4k_gbps", "q4k_cached_gbps");
  add("Q6_K weights", "q6k_gbps", "q6k_cached_gbps");
  add("Q8_0 weights", "q8_gbps", "q8_cached_gbps");
  add("16-bit weights", "f16_gbps", "f16_gbps");
  if (speed["read_sustained_gbps"].is_number())
    table.rows.push_back(
        {"read memory, last third of the long run", threads, gbps_cell(speed["read_sustained_gbps"]), "-"});
  if (speed["disk_read_gbps"].is_number())
    table.rows.push_back({"read the disk", "1", gbps_cell(speed["disk_read_gbps"]), "-"});
  console.print(table);
  print_read_words(console, speed);
  print_computing(console, speed);
  print_power(console, speed);
}

std::string tflops_words(const Json& gpu) {
  std::string words;
  if (gpu["fp32_tflops"].is_number()) words += say_number(gpu["fp32_tflops"]) + " TFLOP/s in single precision";
  if (gpu["fp16_tflops"].is_number())
    words += (words.empty() ? "" : ", ") + say_number(gpu["fp16_tflops"]) + " in half";
  return words.empty() ? words : words + ", without matrix units";
}

/// "9.21 GB/s read (91 % of the catalog's 1,008), ..."
std::string card_speed_words(const Json& gpu) {
  const auto rate = [&](const char* key) { return significant(gpu[key].get<double>(), 3) + " GB/s"; };
  std::string words = "reads its memory at " + rate("read_gbps");
  const Json& record = gpu["catalog"];
  if (record.is_object() && record["read_share"].is_number()) {
    words += ", " + significant(100 * record["read_share"].get<double>(), 2) + " % of the " +
             say_number(record["bandwidth_gbps"]) + " of its record";
  } else if (gpu["memory_peak_gbps"].is_number()) {
    words += " (its clock and width allow " + say_number(gpu["memory_peak_gbps"]) + ")";
  }
  if (gpu["q4_gbps"].is_number()) words += "; 4-bit weights times a vector at " + rate("q4_gbps");
  if (const std::string tflops = tflops_words(gpu); !tflops.empty()) words += "; " + tflops;
  if (gpu["to_device_gbps"].is_number() && gpu["from_device_gbps"].is_number())
    words += "; copies to it at " + rate("to_device_gbps") + ", back at " + rate("from_device_gbps");
  if (gpu["power_w"].is_number()) words += "; " + say_number(gpu["power_w"]) + " W";
  if (gpu["temperature_c"].is_number()) words += ", up to " + say_number(gpu["temperature_c"]) + " C";
  if (gpu["sustained"].is_object()) words += "; " + text_of(gpu["sustained"], "words");
  return words;
}

void print_gpu_speeds(const Console& console, const Json& response) {
  const Json& gpus = response["gpu_speeds"];
  if (!gpus.empty()) *console.out << "\ngraphics processors, by Vulkan:\n";
  for (const Json& gpu : gpus) {
    std::string words = text_of(gpu, "name");
    if (gpu["software"].get<bool>()) words += " (software: the processor in disguise, no card)";
    if (gpu["read_gbps"].is_number()) words += ": " + card_speed_words(gpu);
    if (gpu["fault"].is_string()) words += (gpu["read_gbps"].is_number() ? "; then: " : ": ") + text_of(gpu, "fault");
    if (!gpu["other_drivers"].empty()) words += "; also through " + joined(gpu["other_drivers"]) + ": counted once";
    *console.out << "  ";
    console.print_wrapped(words, 4, 2);
    for (const Json& note : gpu["notes"]) {
      *console.out << "    ";
      console.print_wrapped(note.get<std::string>(), 6, 4);
    }
  }
  if (response["gpu_fault"].is_string() && !response["machine"]["gpus"].empty())
    console.print_wrapped("graphics processors were not measured: " + text_of(response, "gpu_fault"), 2);
}

void print_runs(const Console& console, const Json& runs) {
  Table table;
  table.columns = {{"model", false, true},
                   {"fits", false, false},
                   {"GB", true, false},
                   {"tok/s", true, false},
                   {"max context", true, false}};
  std::size_t slow = 0, more = 0;
  for (const Json& row : runs["rows"]) {
    if (row["decode"]["value"].get<double>() < kReadable) {
      ++slow;
    } else if (table.rows.size() == kMostRows) {
      ++more;
    } else {
      table.rows.push_back({text_of(row, "model"), text_of(row, "fits"), significant(row["total_gb"].get<double>(), 3),
                            say_estimate(row["decode"]), say_count(row["max_context_tokens"].get<double>())});
    }
  }
  if (console.format != OutputFormat::table) return console.print(table);
  *console.out << "\nwhat " << (runs["setup"] == "here" ? "this machine" : text_of(runs, "setup")) << " runs in "
               << text_of(runs, "quant") << ", the largest first (predicted):\n";
  console.print(table);
  std::string rest;
  if (more > 0) rest = std::to_string(more) + " smaller models fit as well";
  if (slow > 0)
    rest += (rest.empty() ? "" : "; ") + std::to_string(slow) + " fit and would be slower than " +
            significant(kReadable) + " tok/s";
  if (!rest.empty()) console.print_wrapped(rest + " (--json has all)", 2);
  console.print_wrapped("tok/s: one stream with " + say_count(runs["context_tokens"].get<double>()) +
                            " tokens in its cache; in brackets where four of five such machines would be",
                        2);
}

}  // namespace

void print_probe(const Console& console, const Json& response) {
  if (console.format != OutputFormat::table) {
    if (response["runs"].is_object()) print_runs(console, response["runs"]);
    return;
  }
  print_machine(console, response["machine"]);
  print_pools(console, response["pools"]);
  if (response["speed"].is_object()) print_speed(console, response["speed"]);
  print_gpu_speeds(console, response);
  if (response["runs"].is_object() && !response["runs"]["rows"].empty()) print_runs(console, response["runs"]);
  if (!response["disagreements"].empty()) *console.out << "\nsources that differ:\n";
  for (const Json& disagreement : response["disagreements"]) {
    std::string said;
    for (const Json& one : disagreement["said"]) {
      const Json& value = one["value"];
      said += (said.empty() ? "" : "; ") + (value.is_string() ? value.get<std::string>() : value.dump()) + " (" +
              text_of(one, "source") + ")";
    }
    *console.out << "  ";
    console.print_wrapped(text_of(disagreement, "key") + ": " + said, 4, 2);
  }
  if (!response["notes"].empty()) *console.out << '\n';
  for (const Json& note : response["notes"]) console.print_wrapped("note: " + note.get<std::string>(), 2);
}

DataRows probe_rows(const Json& response) {
  DataRows data;
  data.columns = {"model",
                  "quant",
                  "setup",
                  "fits",
                  "total_gb",
                  "decode_tokens_per_s",
                  "decode_low_tokens_per_s",
                  "decode_high_tokens_per_s",
                  "max_context_tokens"};
  if (!response["runs"].is_object()) return data;
  const Json& runs = response["runs"];
  for (const Json& row : runs["rows"]) {
    const Json& decode = row["decode"];
    data.rows.push_back({row["model"], runs["quant"], runs["setup"], row["fits"], row["total_gb"], decode["value"],
                         decode["low"], decode["high"], row["max_context_tokens"]});
  }
  return data;
}

}  // namespace rigwise
