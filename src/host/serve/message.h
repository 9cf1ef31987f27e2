#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace rigwise {

/// One line of a message's head.
struct HttpField {
  std::string name;
  std::string value;
};

/// A request as it came over the wire, without anything of the connection.
struct HttpRequest {
  std::string method;  ///< as sent: "GET"
  std::string target;  ///< "/path?query", undecoded
  std::vector<HttpField> fields;
  std::string body;

  /// The value of a field, its name in any case; of several the first.
  std::optional<std::string_view> field(std::string_view name) const;
  int count(std::string_view name) const;
};

/// What is sent back. The body is text made for this request or bytes that live as long as the program.
struct HttpAnswer {
  int status = 200;
  std::vector<HttpField> fields;
  std::string text;
  std::string_view embedded;

  std::string_view body() const { return embedded.empty() ? std::string_view(text) : embedded; }
  std::optional<std::string_view> field(std::string_view name) const;
};

/// Names of fields, methods and hosts compare so.
bool same_ignoring_case(std::string_view a, std::string_view b);

/// "Not Found"; "Error" for a status nobody here sends.
std::string_view reason_of(int status);

}  // namespace rigwise
