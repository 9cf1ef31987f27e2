#pragma once
#include <memory>
#include <string>
struct Node {
  std::string text;
  Node* prev = nullptr;
  std::unique_ptr<Node> next;
};
class History {
 public:
  void push(const std::string& text) {
    auto n = std::make_unique<Node>();
    n->text = text;
    n->prev = current_;
    Node* raw = n.get();
    if (current_) current_->next = std::move(n); else first_ = std::move(n);
    current_ = raw;
    ++size_;
  }
  void undo() { if (current_) current_ = current_->prev; }
  void redo() {
    if (!current_) current_ = first_.get();
    else if (current_->next) current_ = current_->next.get();
  }
  void clear() { first_.reset(); current_ = nullptr; size_ = 0; }
  const std::string* current() const { return current_ ? &current_->text : nullptr; }
  int size() const { return size_; }
 private:
  std::unique_ptr<Node> first_;
  Node* current_ = nullptr;
  int size_ = 0;
};
