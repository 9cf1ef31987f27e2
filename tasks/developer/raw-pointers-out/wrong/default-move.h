#pragma once
#include <string>
#include <vector>
class History {
 public:
  History() = default;
  History(const History&) = delete;
  History& operator=(const History&) = delete;
  History(History&&) = default;
  History& operator=(History&&) = default;
  void push(const std::string& text) { entries_.push_back(text); done_ = entries_.size(); }
  void undo() { if (done_) --done_; }
  void redo() { if (done_ < entries_.size()) ++done_; }
  void clear() { entries_.clear(); done_ = 0; }
  const std::string* current() const { return done_ ? &entries_[done_ - 1] : nullptr; }
  int size() const { return (int)entries_.size(); }
 private:
  std::vector<std::string> entries_;
  std::size_t done_ = 0;
};
