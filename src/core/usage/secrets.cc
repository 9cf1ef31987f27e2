#include "core/usage/secrets.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <set>

namespace rigwise {
namespace {

bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_upper(char c) { return c >= 'A' && c <= 'Z'; }
bool is_lower(char c) { return c >= 'a' && c <= 'z'; }
bool is_letter(char c) { return is_upper(c) || is_lower(c); }
bool is_beyond_ascii(char c) { return static_cast<unsigned char>(c) >= 0x80; }
bool is_hex(char c) { return is_digit(c) || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F'); }
bool is_blank(char c) { return c == ' ' || c == '\t' || c == '\n' || c == '\r'; }
bool is_quote(char c) { return c == '"' || c == '\'' || c == '`'; }
/// Characters that keys are made of; '/' and '.' stand in base64 and in web tokens.
bool is_of_key(char c) {
  return is_letter(c) || is_digit(c) || c == '_' || c == '-' || c == '+' || c == '=' || c == '/' || c == '.' ||
         c == '~';
}
char small(char c) { return is_upper(c) ? static_cast<char>(c - 'A' + 'a') : c; }

/// Everything found in one text.
class SecretSearch {
 public:
  explicit SecretSearch(std::string_view text) : text_(text) {}
  std::vector<SecretSpan> found();

 private:
  void find_pem();
  void find_keys();
  void find_named_values();
  void find_url_credentials();
  void find_emails();
  void find_home_folders();
  void find_addresses();
  void find_numbers();

  void add(std::size_t begin, std::size_t end, SecretKind kind) {
    if (end > begin) spans_.push_back({begin, end, kind});
  }
  char at(std::size_t i) const { return i < text_.size() ? text_[i] : '\0'; }
  bool has_at(std::size_t i, std::string_view word) const {
    return text_.substr(std::min(i, text_.size())).starts_with(word);
  }
  bool has_small_at(std::size_t i, std::string_view word) const;
  std::size_t end_of_key(std::size_t i) const;
  std::size_t start_on_next_line(std::size_t end) const;
  void follow_over_lines(std::size_t end);
  std::size_t value_start(std::size_t end_of_name) const;
  std::size_t value_end(std::size_t start) const;

  std::size_t mark_end(std::size_t i) const;

  std::string_view text_;
  std::vector<SecretSpan> spans_;
};

/// The end of a kind in brackets, as without_secrets() writes it; `i` itself when none stands there.
std::size_t SecretSearch::mark_end(std::size_t i) const {
  if (at(i) != '[') return i;
  for (int kind = 0; kind <= static_cast<int>(SecretKind::number); ++kind) {
    const std::string_view name = secret_kind_name(static_cast<SecretKind>(kind));
    if (has_at(i + 1, name) && at(i + 1 + name.size()) == ']') return i + name.size() + 2;
  }
  return i;
}

bool SecretSearch::has_small_at(std::size_t i, std::string_view word) const {
  if (i + word.size() > text_.size()) return false;
  return std::equal(word.begin(), word.end(), text_.begin() + static_cast<std::ptrdiff_t>(i),
                    [](char a, char b) { return a == small(b); });
}

// ---- keys ----

constexpr auto kKeyPrefixes = std::to_array<std::string_view>(
    {"sk-",  "pk-",    "rk-",     "sk_",   "pk_",         "rk_",      "whsec_",    "ghp_",
     "gho_", "ghu_",   "ghs_",    "ghr_",  "github_pat_", "glpat-",   "glptt-",    "AKIA",
     "ASIA", "AIza",   "ya29.",   "xoxb-", "xoxp-",       "xoxa-",    "xoxs-",     "xapp-",
     "hf_",  "npm_",   "pypi-",   "SG.",   "shpat_",      "shpss_",   "dop_v1_",   "doo_v1_",
     "key-", "gsk_",   "xai-",    "r8_",   "tvly-",       "lin_api_", "dckr_pat_", "sbp_",
     "eyJ",  "nvapi-", "sntrys_", "figd_", "ops_",        "hvs.",     "PMAK-",     "AGE-SECRET-KEY-",
     "glsa_"});
/// Bytes of "[private key]".
constexpr std::size_t kLongestMark = 13;
constexpr std::size_t kLeastPrefixedTail = 8, kLeastRandom = 20, kLeastPiece = 8;

struct Makeup {
  int digits = 0, uppers = 0, lowers = 0, turns = 0;  ///< turns: from one class of characters to another
  bool is_hex_only = true;
  double bits = 0;  ///< Shannon's, a character
};

Makeup makeup_of(std::string_view word) {
  Makeup makeup;
  std::array<int, 256> counts{};
  int last = 0, known = 0;
  for (const char c : word) {
    ++counts[static_cast<unsigned char>(c)];
    const int kind = is_digit(c) ? 1 : is_upper(c) ? 2 : is_lower(c) ? 3 : 0;
    if (kind == 1) ++makeup.digits;
    if (kind == 2) ++makeup.uppers;
    if (kind == 3) ++makeup.lowers;
    if (kind == 0) continue;
    makeup.is_hex_only = makeup.is_hex_only && is_hex(c);
    if (last != 0 && kind != last) ++makeup.turns;
    last = kind;
    ++known;
  }
  for (const int count : counts) {
    if (count == 0) continue;
    const double share = static_cast<double>(count) / static_cast<double>(word.size());
    makeup.bits -= share * std::log2(share);
  }
  makeup.is_hex_only = makeup.is_hex_only && known > 0;
  return makeup;
}

/// Whether a word without '/' and '.' looks drawn at random: many changes between letters, capitals and digits, or
/// nothing but hexadecimal digits.
bool looks_random(std::string_view word) {
  if (word.size() < kLeastRandom) return false;
  const Makeup m = makeup_of(word);
  if (m.is_hex_only && m.digits > 0 && m.digits + m.uppers + m.lowers >= static_cast<int>(kLeastRandom)) return true;
  constexpr double kLeastBits = 3.3;
  const int length = static_cast<int>(word.size());
  if (m.bits < kLeastBits || m.digits + m.uppers == 0) return false;
  const bool mixes = m.digits >= 2 && m.uppers + m.lowers >= 2 && m.turns * 5 >= length;
  const bool mixes_cases = m.uppers >= 4 && m.lowers >= 4 && m.digits >= 1 && m.turns * 3 >= length;
  return mixes || mixes_cases;
}

/// Whether any part of a key-like word does, or all of it where base64 has slashes.
bool holds_random(std::string_view word) {
  std::size_t from = 0;
  for (std::size_t i = 0; i <= word.size(); ++i) {
    if (i < word.size() && word[i] != '/' && word[i] != '.') continue;
    if (looks_random(word.substr(from, i - from))) return true;
    from = i + 1;
  }
  constexpr std::size_t kLeastBase64 = 32;
  const Makeup m = makeup_of(word);
  const bool is_base64 = word.find('.') == std::string_view::npos && m.uppers >= 4 && m.lowers >= 4 && m.digits >= 3;
  return word.size() >= kLeastBase64 && is_base64 && m.turns * 3 >= static_cast<int>(word.size());
}

bool has_prefix_of_key(std::string_view word) {
  return std::any_of(kKeyPrefixes.begin(), kKeyPrefixes.end(), [&](std::string_view prefix) {
    if (!word.starts_with(prefix)) return false;
    const std::string_view tail = word.substr(prefix.size());
    // "sk-learn" is no key: one of a provider is long and has digits or both cases.
    const Makeup m = makeup_of(tail);
    return tail.size() >= kLeastPrefixedTail && (m.digits > 0 || (m.uppers > 0 && m.lowers > 0));
  });
}

/// A prefix that ends its line, the rest of the key below it.
bool is_broken_prefix(std::string_view word) {
  return word.size() >= 3 && std::any_of(kKeyPrefixes.begin(), kKeyPrefixes.end(), [&](std::string_view prefix) {
           return word.starts_with(prefix) && word.size() < prefix.size() + kLeastPrefixedTail && prefix.size() >= 3;
         });
}

std::size_t SecretSearch::end_of_key(std::size_t i) const {
  while (i < text_.size() && is_of_key(text_[i])) ++i;
  return i;
}

/// Where the text goes on below, when the line ends at `end` but for signs that break a text; npos: it does not.
std::size_t SecretSearch::start_on_next_line(std::size_t end) const {
  std::size_t i = end;
  const auto is_filler = [](char c) {
    return c == ' ' || c == '\t' || c == '\r' || c == '\\' || c == '+' || is_quote(c);
  };
  while (i < text_.size() && is_filler(text_[i])) ++i;
  if (at(i) != '\n') return std::string_view::npos;
  ++i;
  while (i < text_.size() && (is_filler(text_[i]) || text_[i] == '>' || text_[i] == '|' || text_[i] == '#')) ++i;
  return i;
}

/// Takes the pieces of a key that was broken over lines.
void SecretSearch::follow_over_lines(std::size_t end) {
  for (;;) {
    const std::size_t start = start_on_next_line(end);
    if (start == std::string_view::npos) return;
    end = end_of_key(start);
    const Makeup m = makeup_of(text_.substr(start, end - start));
    if (end - start < kLeastPiece || (m.digits == 0 && (m.uppers < 2 || m.turns < 3))) return;
    add(start, end, SecretKind::key);
  }
}

void SecretSearch::find_keys() {
  for (std::size_t i = 0; i < text_.size();) {
    if (!is_of_key(text_[i])) {
      ++i;
      continue;
    }
    const std::size_t end = end_of_key(i);
    std::size_t start = i;
    i = end;
    // In NAME=KEY and path/KEY the key begins later.
    const std::string_view whole = text_.substr(start, end - start);
    if (const std::size_t sign = whole.find('='); sign != std::string_view::npos && sign + 1 < whole.size() &&
                                                  whole.find_first_not_of('=', sign) != std::string_view::npos) {
      start += whole.find_first_not_of('=', sign);
    }
    const std::string_view word = text_.substr(start, end - start);
    const std::string_view tail = word.substr(word.rfind('/') == std::string_view::npos ? 0 : word.rfind('/') + 1);
    bool is_key = has_prefix_of_key(word) || has_prefix_of_key(tail) || holds_random(word);
    const std::size_t below = start_on_next_line(end);
    if (!is_key && below != std::string_view::npos) {
      const std::string_view next = text_.substr(below, end_of_key(below) - below);
      const bool both = word.size() >= kLeastPiece && next.size() >= kLeastPiece;
      is_key = (is_broken_prefix(word) && next.size() >= kLeastPiece && makeup_of(next).digits > 0) ||
               (both && makeup_of(word).digits > 0 && makeup_of(next).digits > 0 &&
                looks_random(std::string(word).append(next)));
    }
    if (!is_key) continue;
    // In https://host/KEY only the end is one.
    if (has_prefix_of_key(tail)) start = end - tail.size();
    add(start, end, SecretKind::key);
    follow_over_lines(end);
  }
}

void SecretSearch::find_pem() {
  constexpr std::string_view kBegin = "-----BEGIN ", kEnd = "-----END ", kRule = "-----";
  for (std::size_t at = text_.find(kBegin); at != std::string_view::npos; at = text_.find(kBegin, at + 1)) {
    const std::size_t end = text_.find(kEnd, at);
    const std::size_t rule = end == std::string_view::npos ? end : text_.find(kRule, end + kEnd.size());
    add(at, rule == std::string_view::npos ? text_.size() : rule + kRule.size(), SecretKind::private_key);
  }
}

// ---- what has a name ----

constexpr auto kNames = std::to_array<std::string_view>(
    {"password",     "passwd",      "passphrase",    "passwort",         "pwd",     "secret",
     "token",        "api_key",     "api-key",       "apikey",           "api key", "access_key",
     "access-key",   "private_key", "authorization", "credential",       "bearer",  "l\xC3\xB6senord",
     "mot de passe", "pin code",    "pinkod",        "connection string"});

/// Where the value of a name begins: behind : or = (or "is"), quotes and "Bearer"; npos: none is given.
std::size_t SecretSearch::value_start(std::size_t i) const {
  // The rest of the name: DB_PASSWORD_PROD, "token", tokens.
  while (is_letter(at(i)) || is_digit(at(i)) || at(i) == '_' || at(i) == '-') ++i;
  while (is_quote(at(i)) || at(i) == ']' || at(i) == ')') ++i;
  const std::size_t behind = i;
  while (is_blank(at(i))) ++i;
  bool is_given = false;
  if (at(i) == ':' || at(i) == '=') {
    while (at(i) == ':' || at(i) == '=' || at(i) == '>') ++i;
    is_given = true;
  } else {
    for (const std::string_view word : {"is ", "was ", "est ", "\xC3\xA4r "}) {
      if (i > behind && has_small_at(i, word)) {
        i += word.size();
        is_given = true;
        break;
      }
    }
  }
  // "Bearer KEY" and "--password KEY" have no sign between.
  if (!is_given) return i > behind && i < text_.size() ? i : std::string_view::npos;
  while (is_blank(at(i))) ++i;
  for (const std::string_view scheme : {"bearer ", "basic ", "token "}) {
    if (has_small_at(i, scheme)) i += scheme.size();
  }
  return i;
}

std::size_t SecretSearch::value_end(std::size_t start) const {
  if (is_quote(at(start))) {
    const std::size_t close = text_.find(text_[start], start + 1);
    constexpr std::size_t kLongestQuote = 400;
    if (close != std::string_view::npos && close - start < kLongestQuote) return close;
  }
  std::size_t end = is_quote(at(start)) ? start + 1 : start;
  while (end < text_.size() && !is_blank(text_[end]) && !is_quote(text_[end]) &&
         std::string_view(",;)}]&<>").find(text_[end]) == std::string_view::npos) {
    ++end;
  }
  return end;
}

/// A number of tokens is none of the secrets that are called so.
bool is_small_number(std::string_view value) {
  constexpr std::size_t kLongest = 7;
  return value.size() <= kLongest &&
         std::all_of(value.begin(), value.end(), [](char c) { return is_digit(c) || c == '_'; });
}

void SecretSearch::find_named_values() {
  for (std::size_t i = 0; i < text_.size(); ++i) {
    if (const std::size_t end = mark_end(i); end > i) i = end;
    for (const std::string_view name : kNames) {
      if (i >= text_.size()) return;
      if (text_[i] != name[0] && small(text_[i]) != name[0]) continue;
      if (!has_small_at(i, name)) continue;
      const std::size_t after = i + name.size();
      const std::size_t start = value_start(after);
      if (start == std::string_view::npos || start >= text_.size()) continue;
      const std::size_t end = value_end(start);
      const std::size_t inner = is_quote(at(start)) ? start + 1 : start;
      const std::string_view value = text_.substr(inner, end > inner ? end - inner : 0);
      // Without a sign between, only what cannot be a word of a sentence.
      const std::string_view between = text_.substr(after, start - after);
      const bool is_given =
          between.find_first_of(":=") != std::string_view::npos || between.find(" is ") != std::string_view::npos ||
          between.find(" was ") != std::string_view::npos || between.find(" est ") != std::string_view::npos ||
          between.find("\xC3\xA4r ") != std::string_view::npos;
      const Makeup m = makeup_of(value.empty() ? std::string_view(" ") : value);
      if (!is_given && (value.size() < 6 || m.digits == 0 || (m.lowers + m.uppers) == 0)) continue;
      if (value.size() < 3 || (name == "token" && is_small_number(value))) continue;
      add(inner, end, SecretKind::secret);
      follow_over_lines(end);
    }
  }
}

void SecretSearch::find_url_credentials() {
  for (std::size_t at = text_.find("://"); at != std::string_view::npos; at = text_.find("://", at + 3)) {
    const std::size_t start = at + 3;
    const std::size_t stop = text_.find_first_of(" \t\r\n\"'`<>", start);
    const std::string_view address = text_.substr(start, stop == std::string_view::npos ? stop : stop - start);
    // A password may hold '/': the last @ before the end of the address or its query counts.
    const std::size_t sign = address.substr(0, address.find('?')).rfind('@');
    if (sign != std::string_view::npos) add(start, start + sign, SecretKind::secret);
  }
}

// ---- persons ----

void SecretSearch::find_emails() {
  const auto is_local = [](char c) {
    return is_letter(c) || is_digit(c) || is_beyond_ascii(c) ||
           std::string_view("._%+-").find(c) != std::string_view::npos;
  };
  const auto is_domain = [](char c) {
    return is_letter(c) || is_digit(c) || is_beyond_ascii(c) || c == '-' || c == '.';
  };
  for (std::size_t sign = text_.find('@'); sign != std::string_view::npos; sign = text_.find('@', sign + 1)) {
    // What stands before the @ of an address is its credentials, and the host behind it may stay.
    if (std::any_of(spans_.begin(), spans_.end(), [&](const SecretSpan& span) { return span.end == sign; })) continue;
    std::size_t begin = sign, end = sign + 1;
    while (begin > 0 && is_local(text_[begin - 1])) --begin;
    while (end < text_.size() && is_domain(text_[end])) ++end;
    while (end > sign + 1 && (text_[end - 1] == '.' || text_[end - 1] == '-')) --end;
    const std::string_view domain = text_.substr(sign + 1, end - sign - 1);
    if (begin < sign && domain.find('.') != std::string_view::npos) add(begin, end, SecretKind::email);
  }
}

void SecretSearch::find_home_folders() {
  std::set<std::string> users;
  for (const std::string_view folder : {"/home/", "/Users/", "\\Users\\", "\\\\Users\\\\", "/users/", "\\users\\"}) {
    for (std::size_t at = text_.find(folder); at != std::string_view::npos; at = text_.find(folder, at + 1)) {
      const std::size_t begin = at + folder.size();
      const std::size_t line = std::min(text_.find_first_of("\r\n\"'`:;,<>|()", begin), text_.size());
      std::size_t end = std::min(text_.find_first_of("/\\", begin), line);
      // A name with a space ends at the next part of the path; without one the first word is all.
      if (end == line) end = std::min(text_.find_first_of(" \t", begin), line);
      add(begin, end, SecretKind::user);
      if (end - begin >= 3) users.emplace(text_.substr(begin, end - begin));
    }
  }
  const auto is_part = [](char c) { return is_letter(c) || is_digit(c) || is_beyond_ascii(c); };
  for (const std::string& user : users) {
    for (std::size_t at = text_.find(user); at != std::string_view::npos; at = text_.find(user, at + 1)) {
      const std::size_t end = at + user.size();
      const bool is_whole = (at == 0 || !is_part(text_[at - 1])) && (end == text_.size() || !is_part(text_[end]));
      if (is_whole) add(at, end, SecretKind::user);
    }
  }
}

void SecretSearch::find_addresses() {
  for (std::size_t i = 0; i < text_.size();) {
    const auto is_of = [](char c) { return is_hex(c) || c == '.' || c == ':'; };
    if (!is_of(text_[i]) || (i > 0 && (is_letter(text_[i - 1]) || text_[i - 1] == '_'))) {
      ++i;
      continue;
    }
    std::size_t end = i;
    while (end < text_.size() && is_of(text_[end])) ++end;
    std::string_view word = text_.substr(i, end - i);
    const std::size_t start = i;
    i = end;
    while (!word.empty() && (word.back() == '.' || word.back() == ':')) word.remove_suffix(1);
    const auto colons = std::count(word.begin(), word.end(), ':');
    const bool is_v6 = colons >= 3 || (colons == 2 && word.find("::") != std::string_view::npos && word.size() > 3);
    // Of 10.0.0.1:8080 the port may stay.
    const std::string_view host = is_v6 ? word : word.substr(0, word.find(':'));
    const bool is_v4 = std::count(host.begin(), host.end(), '.') == 3 && host.find("..") == std::string_view::npos &&
                       std::all_of(host.begin(), host.end(), [](char c) { return is_digit(c) || c == '.'; });
    if (!is_v4 && !is_v6) continue;
    if (host == "127.0.0.1" || host == "0.0.0.0") continue;
    add(start, start + host.size(), SecretKind::address);
  }
}

/// Luhn's check of the digits of a card.
bool is_card(const std::string& digits) {
  if (digits.size() < 13 || digits.size() > 19) return false;
  int sum = 0;
  for (std::size_t i = 0; i < digits.size(); ++i) {
    int digit = digits[digits.size() - 1 - i] - '0';
    if (i % 2 == 1) digit = digit * 2 > 9 ? digit * 2 - 9 : digit * 2;
    sum += digit;
  }
  return sum % 10 == 0;
}

void SecretSearch::find_numbers() {
  for (std::size_t i = 0; i < text_.size();) {
    const bool starts = is_digit(text_[i]) && (i == 0 || (!is_digit(text_[i - 1]) && !is_lower(text_[i - 1])));
    if (!starts) {
      ++i;
      continue;
    }
    std::string digits;
    std::size_t end = i, run = 0, first_run = 0;
    for (std::size_t k = i; k < text_.size(); ++k) {
      if (is_digit(text_[k])) {
        digits += text_[k];
        ++run;
        end = k + 1;
      } else if ((text_[k] == ' ' || text_[k] == '-') && is_digit(at(k + 1)) && run > 0) {
        if (first_run == 0) first_run = run;
        run = 0;
      } else {
        break;
      }
    }
    const bool is_plain = digits.size() == end - i;
    constexpr std::size_t kLongPlain = 12;
    const bool is_person = !is_plain && (first_run == 6 || first_run == 8) && digits.size() == first_run + 4 &&
                           text_[i + first_run] == '-';
    const bool is_phone = i > 0 && text_[i - 1] == '+' && digits.size() >= 9;
    const bool is_account = i >= 2 && is_upper(text_[i - 1]) && is_upper(text_[i - 2]) && digits.size() >= 14;
    if ((is_plain && digits.size() >= kLongPlain) || is_person || is_phone || is_account || is_card(digits)) {
      add(is_account ? i - 2 : i, end, SecretKind::number);
    }
    i = end;
  }
}

std::vector<SecretSpan> SecretSearch::found() {
  find_pem();
  find_url_credentials();
  find_named_values();
  find_keys();
  find_emails();
  find_home_folders();
  find_addresses();
  find_numbers();
  std::stable_sort(spans_.begin(), spans_.end(),
                   [](const SecretSpan& a, const SecretSpan& b) { return a.begin < b.begin; });
  std::vector<SecretSpan> apart;
  for (const SecretSpan& span : spans_) {
    if (!apart.empty() && span.begin <= apart.back().end) {
      apart.back().end = std::max(apart.back().end, span.end);
    } else {
      apart.push_back(span);
    }
  }
  // What was taken out before stays as it stands.
  std::vector<SecretSpan> fresh;
  for (const SecretSpan& span : apart) {
    std::size_t begin = span.begin;
    for (std::size_t i = span.begin < kLongestMark ? 0 : span.begin - kLongestMark; i < span.end; ++i) {
      const std::size_t end = mark_end(i);
      if (end == i || end <= begin) continue;
      if (i > begin) fresh.push_back({begin, i, span.kind});
      begin = end;
    }
    if (begin < span.end) fresh.push_back({begin, span.end, span.kind});
  }
  return fresh;
}

}  // namespace

const char* secret_kind_name(SecretKind kind) {
  switch (kind) {
    case SecretKind::private_key: return "private key";
    case SecretKind::key: return "key";
    case SecretKind::secret: return "secret";
    case SecretKind::email: return "email";
    case SecretKind::user: return "user";
    case SecretKind::address: return "address";
    case SecretKind::number: return "number";
  }
  return "";
}

std::vector<SecretSpan> secrets_in(std::string_view text) { return SecretSearch(text).found(); }

bool holds_published_secret(std::string_view text) {
  for (const SecretSpan& span : secrets_in(text)) {
    if (span.kind == SecretKind::private_key) return true;
    const std::string_view word = text.substr(span.begin, span.end - span.begin);
    const bool has_prefix = std::any_of(kKeyPrefixes.begin(), kKeyPrefixes.end(),
                                        [&](std::string_view prefix) { return word.starts_with(prefix); });
    if (has_prefix) return true;
    // The span may be the password alone, or all that stands before the '@'.
    const std::size_t scheme = text.substr(0, span.begin).rfind("://");
    const bool ends_before_host = span.end < text.size() && (text[span.end] == '@' || text[span.end - 1] == '@');
    if (ends_before_host && scheme != std::string_view::npos &&
        text.substr(scheme, span.begin - scheme).find_first_of(" /\n", 3) == std::string_view::npos)
      return true;
  }
  return false;
}

std::string without_secrets(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  std::size_t from = 0;
  for (const SecretSpan& span : secrets_in(text)) {
    out.append(text.substr(from, span.begin - from)).append("[").append(secret_kind_name(span.kind)).append("]");
    from = span.end;
  }
  return out.append(text.substr(from));
}

}  // namespace rigwise
