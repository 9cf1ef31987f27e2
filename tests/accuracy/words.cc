#include "words.h"

#include <cmath>

namespace rigwise {

std::string counted(int n) {
  std::string digits = std::to_string(n);
  for (int at = static_cast<int>(digits.size()) - 3; at > 0; at -= 3) digits.insert(static_cast<std::size_t>(at), ",");
  return digits;
}

std::string class_words(const std::string& error_class) {
  static const std::map<std::string, std::string> kWords = {
      {"decode", "decode, one device, one stream"}, {"prefill", "prefill, one device, one stream"},
      {"many", "several devices or streams"},       {"decode_cpu", "decode on a CPU"},
      {"prefill_cpu", "prefill on a CPU"},          {"e2e", "output tokens over wall time, served"}};
  const auto found = kWords.find(error_class);
  return found == kWords.end() ? error_class : found->second;
}

AccuracyLine class_line(const std::map<std::string, AccuracyLine>& lines, const std::string& error_class) {
  const auto found = lines.find(error_class);
  return found == lines.end() ? AccuracyLine{} : found->second;
}

std::string miss_words(double log_ratio) {
  return "x" + significant(std::exp(std::abs(log_ratio)), 2) + (log_ratio > 0 ? " too fast" : " too slow");
}

}  // namespace rigwise
