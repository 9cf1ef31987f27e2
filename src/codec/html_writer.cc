#include "codec/html_writer.h"

namespace rigwise {

std::string escape_html(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  for (const char c : text) {
    switch (c) {
      case '&': out += "&amp;"; break;
      case '<': out += "&lt;"; break;
      case '>': out += "&gt;"; break;
      case '"': out += "&quot;"; break;
      case '\'': out += "&#39;"; break;
      case '\n':
      case '\t': out += c; break;
      default:
        if (static_cast<unsigned char>(c) < 0x20 || c == 0x7f) {
          out += "\xEF\xBF\xBD";
        } else {
          out += c;
        }
    }
  }
  return out;
}

void HtmlWriter::begin(std::string_view name, const HtmlAttributes& attributes) {
  html_.append("<").append(name);
  for (const HtmlAttribute& attribute : attributes) {
    html_.append(" ").append(attribute.name).append("=\"").append(escape_html(attribute.value)).append("\"");
  }
}

HtmlWriter& HtmlWriter::open(std::string_view name, const HtmlAttributes& attributes) {
  begin(name, attributes);
  html_ += '>';
  open_.emplace_back(name);
  return *this;
}

HtmlWriter& HtmlWriter::close() {
  html_.append("</").append(open_.back()).append(">");
  open_.pop_back();
  return *this;
}

HtmlWriter& HtmlWriter::empty(std::string_view name, const HtmlAttributes& attributes) {
  begin(name, attributes);
  html_ += '>';
  return *this;
}

HtmlWriter& HtmlWriter::shape(std::string_view name, const HtmlAttributes& attributes) {
  begin(name, attributes);
  html_ += "/>";
  return *this;
}

HtmlWriter& HtmlWriter::text(std::string_view text) {
  html_ += escape_html(text);
  return *this;
}

HtmlWriter& HtmlWriter::element(std::string_view name, std::string_view content, const HtmlAttributes& attributes) {
  return open(name, attributes).text(content).close();
}

HtmlWriter& HtmlWriter::raw(std::string_view html) {
  html_ += html;
  return *this;
}

std::string HtmlWriter::take() {
  while (!open_.empty()) close();
  return std::exchange(html_, {});
}

}  // namespace rigwise
