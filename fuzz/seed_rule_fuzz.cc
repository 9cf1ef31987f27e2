#include <string>

#include "codec/csv.h"
#include "fuzz/fuzz.h"

using namespace rigwise;

/// A printed cell and its rule, a line each: value, class, formula, inputs, speed. Whatever they say, the verb answers
/// with the cell: its class, or a fault in words.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
  std::string_view rest = fuzzed_text(bytes, size);
  std::string cells[5];
  for (std::string& cell : cells) {
    const std::size_t end = rest.find('\n');
    cell = csv_cell(rest.substr(0, end));
    rest = end == std::string_view::npos ? std::string_view() : rest.substr(end + 1);
  }
  House house = small_house();
  const std::string head = "section,subject,quantity,";
  const std::vector<CatalogFile> files = {
      {"seeds/sections.csv", "section,title,document,lines,arithmetic\nT-1,a title,a document,1,*/b\n"},
      {"seeds/figures-t.csv", head + "value,unit,locator\nT-1,a,b," + cells[0] + ",,line 1\nT-1,a,c,12 GB,,line 2\n"},
      {"seeds/names-t.csv", "section,printed,name,value\nT-1,a,device,nvidia-geforce-rtx-4090\n"},
      {"seeds/rules-t.csv", head + "class,formula,inputs,speed,reason\nT-1,a,b," + cells[1] + "," + cells[2] + "," +
                                cells[3] + "," + cells[4] + ",a reason\nT-1,a,c,judged\n"}};
  for (const Diagnostic& fault : overlay_catalog(house.catalog, files)) RW_CHECK(!fault.message.empty());
  const Result<Json> answer = run_verb(house, "seeds", {{"section", "T-1"}});
  RW_CHECK(answer);
  const Json& section = (*answer)["sections"][0];
  for (const Json& fault : section["faults"]) RW_CHECK(!fault["message"].get<std::string>().empty());
  for (const Json& cell : section["cells"])
    RW_CHECK(cell["class"].is_string() || cell["fault"].is_object() || cell["expected_class"].is_null());
  RW_CHECK(!answer->dump(-1, ' ', false, Json::error_handler_t::replace).empty());
  return 0;
}
