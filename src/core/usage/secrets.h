#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace rigwise {

/// What was taken out of a text.
enum class SecretKind { private_key, key, secret, email, user, address, number };
/// The word that stands in its place, in brackets: "[key]".
const char* secret_kind_name(SecretKind kind);

struct SecretSpan {
  std::size_t begin = 0, end = 0;  ///< bytes of the text
  SecretKind kind = SecretKind::key;
};

/// Where a text holds what should not leave the machine: PEM blocks; keys with the prefixes that providers give them,
/// and JSON web tokens; what stands after password, token, secret, ... and = or :; credentials in addresses; e-mail;
/// names of home folders, wherever else they stand; IP and MAC addresses; numbers of cards, accounts and persons; words
/// that look drawn at random, one of them broken over two lines too.
///
/// Rather too much than too little: a hash of a commit goes as well. What nobody can tell from its form, such as a
/// customer's name, stays: a person reads before sharing.
/// Gives  spans in order that do not touch each other.
std::vector<SecretSpan> secrets_in(std::string_view text);

/// Whether a text holds a key by the prefix that its provider gives it, a private key, or a password in an address:
/// what must not be published by accident. Unlike secrets_in() it passes over hashes and whatever merely looks random.
bool holds_published_secret(std::string_view text);

/// The text with each secret replaced by its kind in brackets.
std::string without_secrets(std::string_view text);

}  // namespace rigwise
