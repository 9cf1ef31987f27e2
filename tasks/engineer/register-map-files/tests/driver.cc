#include "registers.h"
#include "registers.h"

#include <iostream>
#include <string>

int main() {
  for (std::string what, name; std::cin >> what >> name;) {
    if (what == "addr") {
      std::cout << registers::address(name) << '\n';
    } else if (what == "value") {
      long raw = 0;
      std::cin >> raw;
      std::cout << registers::value(name, raw) << '\n';
    } else {
      double value = 0;
      std::cin >> value;
      const auto raw = registers::raw(name, value);
      if (raw) std::cout << *raw << '\n';
      else std::cout << "refused\n";
    }
  }
}
