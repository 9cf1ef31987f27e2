#include "host/cli/data_rows.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <sstream>

#include "codec/csv.h"
#include "core/base/text.h"
#include "host/cli/app.h"

namespace rigwise {
namespace {

using testing::Contains;
using testing::IsEmpty;

struct Said {
  int status = 0;
  std::string out, err;
};

Said run(std::vector<std::string> arguments) {
  std::ostringstream out, err;
  Console console;
  console.out = &out;
  console.err = &err;
  arguments.insert(arguments.begin(), {"--base-catalog", std::string(RIGWISE_SOURCE_DIR) + "/tests/catalog"});
  const int status = run_app(arguments, console, "");
  return {status, out.str(), err.str()};
}

const std::string kOverlay = std::string(RIGWISE_SOURCE_DIR) + "/tests/seeds/overlay";

const std::vector<std::vector<std::string>> kCommands = {
    {"predict", "--model", "llama-3.1-8b", "--setup", "rtx 4090"},
    {"predict", "--model", "llama-3.1-70b", "--quant", "q8_0", "--setup", "rtx 4090"},
    {"fit", "--model", "llama-3.1-8b", "--setup", "rtx 4090"},
    {"compare", "--model", "llama-3.1-8b", "--setup", "rtx 4090", "--setup", "2x rtx 3090"},
    {"check", "7B Q4 at 90 tok/s on Strix Halo"},
    {"explain", "prefill", "--model", "llama-3.1-8b", "--setup", "rtx 4090"},
    {"catalog"},
    {"catalog", "devices"},
    {"catalog", "links"},
    {"validate"},
    {"seeds", "--catalog", kOverlay},
    {"seeds", "T-1", "--diff", "--catalog", kOverlay},
};

TEST(DataRows, CsvIsOneHeaderAndRowsOfTheSameWidth) {
  for (std::vector<std::string> command : kCommands) {
    command.insert(command.end(), {"--format", "csv"});
    const Said said = run(command);
    EXPECT_THAT(said.err, IsEmpty()) << command[0];
    CsvReader reader(said.out);
    std::vector<std::string_view> cells;
    ASSERT_TRUE(reader.next(cells)) << command[0];
    const std::size_t width = cells.size();
    std::size_t rows = 0;
    while (reader.next(cells)) {
      EXPECT_EQ(cells.size(), width) << command[0] << " line " << reader.line();
      ++rows;
    }
    EXPECT_TRUE(reader.fault().empty()) << command[0] << ": " << reader.fault();
    EXPECT_GT(rows, 0u) << command[0];
    EXPECT_EQ(said.out.find("\n\n"), std::string::npos) << command[0] << " has a blank line";
  }
}

TEST(DataRows, CsvNumbersOfAPredictionReadBack) {
  const Said csv = run({"predict", "--model", "llama-3.1-8b", "--setup", "rtx 4090", "--format", "csv"});
  const Said json = run({"predict", "--model", "llama-3.1-8b", "--setup", "rtx 4090", "--json"});
  const Json answer = Json::parse(json.out, nullptr, false);
  CsvReader reader(csv.out);
  std::vector<std::string_view> cells;
  ASSERT_TRUE(reader.next(cells));
  ASSERT_EQ(std::vector<std::string>(cells.begin(), cells.end()), DataRows::quantity_columns());
  std::vector<std::string> seen;
  while (reader.next(cells)) {
    seen.emplace_back(cells[0]);
    const Result<double> value = parse_number(cells[1]);
    ASSERT_TRUE(value) << cells[0] << " " << cells[1];
    if (cells[0] != "decode") continue;
    EXPECT_EQ(*value, answer["decode"]["value"].get<double>());
    EXPECT_EQ(*parse_number(cells[2]), answer["decode"]["low"].get<double>());
    EXPECT_EQ(*parse_number(cells[3]), answer["decode"]["high"].get<double>());
    EXPECT_EQ(cells[4], "tokens/s");
  }
  for (const char* name : {"decode", "prefill", "ttft_s", "memory.total_bytes", "runs"}) {
    EXPECT_THAT(seen, Contains(name));
  }
}

TEST(DataRows, ErrorsStayOffTheRows) {
  const Said said = run({"predict", "--model", "llama-3.1-8b", "--setup", "rtx 409", "--format", "csv"});
  EXPECT_EQ(said.status, 2);
  EXPECT_THAT(said.out, IsEmpty());
  EXPECT_NE(said.err.find("rtx 409"), std::string::npos);
}

TEST(DataRows, UnknownQuantitiesHaveNoRow) {
  DataRows data;
  data.columns = DataRows::quantity_columns({"setup"});
  data.add_quantity({"a, b"}, "load_s", nullptr, "s");
  data.add_quantity({"a, b"}, "decode", 1234567.25, "tokens/s");
  EXPECT_EQ(data.as_csv(), "setup,quantity,value,low,high,unit\n\"a, b\",decode,1234567.25,,,tokens/s\n");
}

TEST(Help, HasNoLineWiderThanATerminal) {
  std::vector<std::vector<std::string>> commands = {{}, {"--help"}};
  for (const char* name :
       {"advise", "predict", "fit", "compare", "check", "explain", "catalog", "validate", "calibrate", "seeds"})
    commands.push_back({name, "--help"});
  commands.push_back({"catalog", "check", "--help"});
  for (const std::vector<std::string>& command : commands) {
    const Said said = run(command);
    ASSERT_FALSE(said.out.empty());
    for (const std::string_view line : split(said.out, '\n')) EXPECT_LE(line.size(), 80u) << line;
  }
}

TEST(Explain, HasNoLineWiderThanATerminal) {
  for (const char* key : {"decode", "prefill", "energy_j_per_token", "memory.max_context_tokens"}) {
    const Said said = run({"explain", key, "--model", "llama-3.1-8b", "--setup", "2x rtx 3090"});
    ASSERT_EQ(said.status, 0) << said.err;
    for (const std::string_view line : split(said.out, '\n')) EXPECT_LE(display_width(std::string(line)), 80) << line;
  }
}

}  // namespace
}  // namespace rigwise
