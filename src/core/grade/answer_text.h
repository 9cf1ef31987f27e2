#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace rigwise {

/// What checks see of an answer. The rules are part of the protocol version: a changed rule is a new version.

/// The answer without the model's thinking (a leading <think> block), with LF line ends.
std::string visible_answer(std::string_view raw);

/// Plainer spelling of the same text, lines kept: compatibility forms (NFKC) of Latin, Greek and Cyrillic, of
/// ligatures, full-width forms, super- and subscripts and spaces; letters composed with their marks; typographic quotes
/// and dashes as ' " -; no *, `, soft hyphens or zero-width characters. Bytes that are no UTF-8 become U+FFFD.
std::string folded(std::string_view text);

/// folded(), case-folded, white space runs as one space, trimmed. What terms are looked up in.
std::string normalised(std::string_view text);

/// Whether a term stands in a normalised text as whole words. A trailing * matches the start of a word: "encrypt*".
bool has_term(std::string_view haystack, std::string_view term);

/// Whether a letter, digit or '_' begins (ends) at a place; beyond ASCII whatever is no space, punctuation or symbol.
bool word_starts_at(std::string_view text, std::size_t at);
bool word_ends_at(std::string_view text, std::size_t at);

/// A number as it stands in a text: 1.234 may mean 1.234 or 1234, and both are kept.
struct WrittenNumber {
  std::vector<double> values;
  std::size_t begin = 0, end = 0;  ///< bytes of the folded text, sign and currency included
};

/// Every number of a folded text. Groups of three may be parted by space, ', . or ,; a minus or an opening bracket that
/// closes after the number makes it negative; a currency sign may stand before it. What hangs on a letter ("v2") is
/// none.
std::vector<WrittenNumber> written_numbers(std::string_view folded_text);

/// What follows the last line that begins with `label` (after #, >, - and spaces); nothing without one.
std::optional<std::string> after_label(std::string_view answer, std::string_view label);

/// The answer without lines that merely repeat the prompt: a keyword quoted from the question is no answer. Only lines
/// of at least `least` normalised bytes are taken for quotes, since short ones repeat by chance.
std::string without_echo(std::string_view answer, std::string_view prompt, std::size_t least = 24);

}  // namespace rigwise
