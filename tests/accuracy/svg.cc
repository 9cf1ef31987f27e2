#include "svg.h"

#include <cmath>

#include "core/base/text.h"

namespace rigwise {
namespace {

/// A tenth of a pixel is finer than anybody sees.
std::string px(double value) {
  std::string text = fixed(value, 1);
  if (text.ends_with(".0")) text.resize(text.size() - 2);
  return text;
}

std::string escaped(const std::string& words) {
  std::string out;
  for (const char c : words) {
    if (c == '&') {
      out += "&amp;";
    } else if (c == '<') {
      out += "&lt;";
    } else {
      out += c;
    }
  }
  return out;
}

}  // namespace

Svg::Svg(double width, double height, const std::string& title) {
  body_ = "<svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 " + px(width) + " " + px(height) + "' width='" +
          px(width) + "' height='" + px(height) + "' role='img' font-family='Helvetica, Arial, sans-serif'>\n<title>" +
          escaped(title) + "</title>\n";
  rectangle(0, 0, width, height, "fill='#fff'");
}

void Svg::line(double x1, double y1, double x2, double y2, const std::string& style) {
  body_ += "<path d='M" + px(x1) + " " + px(y1) + "L" + px(x2) + " " + px(y2) + "' " + style + "/>\n";
}

void Svg::rectangle(double x, double y, double width, double height, const std::string& style) {
  body_ += "<rect x='" + px(x) + "' y='" + px(y) + "' width='" + px(width) + "' height='" + px(height) + "' " + style +
           "/>\n";
}

void Svg::text(double x, double y, const std::string& words, const std::string& anchor, int size,
               const std::string& colour, bool turned) {
  body_ += "<text x='" + px(x) + "' y='" + px(y) + "' font-size='" + std::to_string(size) + "' fill='" + colour + "'";
  if (anchor != "start") body_ += " text-anchor='" + anchor + "'";
  if (turned) body_ += " transform='rotate(-90 " + px(x) + " " + px(y) + ")'";
  body_ += ">" + escaped(words) + "</text>\n";
}

void Svg::dots(const std::vector<std::pair<double, double>>& centres, double radius, const std::string& colour,
               double opacity) {
  // A stroke of no length with round ends is a disc: one element each keeps overlapping dots see-through.
  body_ += "<g stroke='" + colour + "' stroke-width='" + px(2 * radius) + "' stroke-linecap='round' stroke-opacity='" +
           shortest(opacity) + "'>\n";
  for (const auto& [x, y] : centres) body_ += "<path d='M" + px(x) + " " + px(y) + "h0'/>\n";
  body_ += "</g>\n";
}

double LogAxis::at(double value) const { return from + (to - from) * std::log(value / low) / std::log(high / low); }

std::vector<double> LogAxis::ticks() const {
  const bool only_powers = high / low > 1001;
  std::vector<double> values;
  for (int power = -6; power <= 9; ++power) {
    for (const double step : {1.0, 2.0, 5.0}) {
      const double value = step * std::pow(10.0, power);
      if (value < low * 0.9999 || value > high * 1.0001 || (only_powers && step > 1)) continue;
      values.push_back(value);
    }
  }
  return values;
}

}  // namespace rigwise
