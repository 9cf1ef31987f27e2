#include "pi.h"

#include <iostream>

int main() {
  double kp, ki, low, high;
  std::cin >> kp >> ki >> low >> high;
  Pi pi(kp, ki, low, high);
  for (double set_point, measured, dt; std::cin >> set_point >> measured >> dt;) {
    std::cout << pi.update(set_point, measured, dt) << '\n';
  }
}
