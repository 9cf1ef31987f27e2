#include "ranges.h"

#include <iostream>
#include <string>

int main() {
  Ranges ranges;
  for (std::string command; std::cin >> command;) {
    std::int64_t low = 0, high = 0;
    if (command == "add" || command == "remove") {
      std::cin >> low >> high;
      if (command == "add") ranges.add(low, high);
      else ranges.remove(low, high);
    } else if (command == "has") {
      std::cin >> low;
      std::cout << (ranges.has(low) ? "yes" : "no") << '\n';
    } else if (command == "count") {
      std::cout << ranges.count() << '\n';
    } else if (command == "show") {
      std::string line;
      for (const auto& [first, last] : ranges.all()) {
        line += (line.empty() ? "" : " ") + std::to_string(first) + "-" + std::to_string(last);
      }
      std::cout << (line.empty() ? "(none)" : line) << '\n';
    }
  }
}
