#include "history.h"

#include <iostream>
#include <string>
#include <type_traits>
#include <utility>

int main() {
  History history, old;
  for (std::string word; std::cin >> word;) {
    if (word == "push") {
      std::string text;
      std::cin >> text;
      history.push(text);
    } else if (word == "undo") {
      history.undo();
    } else if (word == "redo") {
      history.redo();
    } else if (word == "show") {
      std::cout << (history.current() ? *history.current() : "-") << '\n';
    } else if (word == "size") {
      std::cout << history.size() << '\n';
    } else if (word == "move") {
      old = std::move(history);
      History moved(std::move(old));
      history = std::move(moved);
    } else if (word == "old") {
      std::cout << old.size() + (old.current() ? 1 : 0) << '\n';
    } else if (word == "many") {
      int n = 0;
      std::cin >> n;
      for (int i = 0; i < n; ++i) history.push("x");
    } else if (word == "clear") {
      history.clear();
    } else if (word == "traits") {
      std::cout << "copy " << std::is_copy_constructible_v<History> << " move "
                << (std::is_move_constructible_v<History> && std::is_move_assignable_v<History>) << '\n';
    }
  }
}
