#pragma once
#include <string>
#include <utility>
#include <vector>

/// Entries in the order they were pushed; the first `done_` of them are in effect, the rest can be redone.
class History {
 public:
  History() = default;
  History(const History&) = delete;
  History& operator=(const History&) = delete;
  History(History&& other) noexcept { swap(other); }
  History& operator=(History&& other) noexcept {
    if (this != &other) {
      clear();
      swap(other);
    }
    return *this;
  }

  void push(const std::string& text) {
    std::string kept = text;
    entries_.resize(done_);
    entries_.push_back(std::move(kept));
    ++done_;
  }
  void undo() {
    if (done_ > 0) --done_;
  }
  void redo() {
    if (done_ < entries_.size()) ++done_;
  }
  void clear() {
    entries_.clear();
    done_ = 0;
  }
  const std::string* current() const { return done_ > 0 ? &entries_[done_ - 1] : nullptr; }
  int size() const { return static_cast<int>(entries_.size()); }

 private:
  void swap(History& other) noexcept {
    entries_.swap(other.entries_);
    std::swap(done_, other.done_);
  }

  std::vector<std::string> entries_;
  std::size_t done_ = 0;
};
