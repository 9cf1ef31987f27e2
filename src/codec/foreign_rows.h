#pragma once

#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "codec/foreign_results.h"

namespace rigwise {

/// Pieces that the readers of foreign results share. Their files are not ours: a key that is missing or of another type
/// is simply not known.

std::string text_in(const Json& object, const char* key);
std::optional<double> number_in(const Json& object, const char* key);
/// The object or list under a key; null when there is none.
const Json& part_in(const Json& object, const char* key);

/// A gathering of rows: tasks and models as they are first met, answers counted as samples, duplicates dropped.
class ForeignRows {
 public:
  explicit ForeignRows(std::string program);

  /// The model's id in the set.
  std::string model(const std::string& name);
  /// A task by its content. Gives its id, "program/group/1a2b3c".
  std::string task(const std::string& group, const Json& content, double pass_mark = 1);
  /// `sample` nothing: the next one, unless an answer with the same text is there already.
  void answer(EvaluatedAnswer answer, std::optional<int> sample);

  ForeignResults& results() { return read_; }
  /// All of it, in order.
  ForeignResults done();

 private:
  ForeignResults read_;
  std::set<std::string> known_;                                                    ///< ids of models and tasks
  std::map<std::pair<std::string, std::string>, std::vector<std::size_t>> given_;  ///< answers by task and model
};

/// Whether a file is one of this program's, by its first value; then reads it.
bool is_promptfoo(const Json& first);
Result<void> read_promptfoo(const ForeignFile& file, ForeignRows& rows);
bool is_lm_eval(const Json& first);
Result<void> read_lm_eval(const std::vector<ForeignFile>& files, ForeignRows& rows);
bool is_inspect(const Json& first);
Result<void> read_inspect(const ForeignFile& file, ForeignRows& rows);

/// The values of a file: one JSON value, or one a line. Errors say file and line.
Result<std::vector<Json>> values_in(const ForeignFile& file);

}  // namespace rigwise
