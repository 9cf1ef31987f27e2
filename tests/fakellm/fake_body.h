#pragma once

#include <string>
#include <vector>

#include "codec/chat.h"
#include "tests/fakellm/fake_script.h"

namespace rigwise {

/// A question as the server understood it.
struct FakeQuestion {
  ChatDialect dialect = ChatDialect::openai;
  std::string model;
  bool stream = false;
  std::string id;  ///< of the answer: "gen-7"
  int prompt_tokens = 0;
};

/// An answer as bytes. Streams have one piece an event; others have one piece.
struct FakeBody {
  std::string content_type;
  std::vector<std::string> pieces;
  std::size_t first_word = 0;  ///< index of the piece with the first word
  std::size_t words = 0;       ///< pieces that hold a word of the answer or a thought
  int completion_tokens = 0;
  std::int64_t cost_nano = 0;
};

/// What is sent when nothing but the content goes wrong; faults of the connection are the server's.
FakeBody fake_body(const FakeScript& script, const FakeQuestion& question, const FakeReply& reply);

/// The body of an error: JSON as the dialect has it, or a page.
std::string fake_error_body(ChatDialect dialect, int code, bool html);

}  // namespace rigwise
