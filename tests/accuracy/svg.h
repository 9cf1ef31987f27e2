#pragma once

// A picture as text: the few shapes the plots need, the same bytes on every machine.

#include <string>
#include <vector>

namespace rigwise {

class Svg {
 public:
  /// A white sheet with a title that screen readers say.
  Svg(double width, double height, const std::string& title);

  /// `style` is the shape's attributes: "stroke='#888' stroke-dasharray='4 3'".
  void line(double x1, double y1, double x2, double y2, const std::string& style);
  void rectangle(double x, double y, double width, double height, const std::string& style);
  /// `anchor`: start middle end. `turned`: read from below, for a y axis.
  void text(double x, double y, const std::string& words, const std::string& anchor = "start", int size = 12,
            const std::string& colour = "#222", bool turned = false);
  /// Many dots of one kind, in little room: one path of round strokes.
  void dots(const std::vector<std::pair<double, double>>& centres, double radius, const std::string& colour,
            double opacity);

  std::string finished() const { return body_ + "</svg>\n"; }

 private:
  std::string body_;
};

/// A logarithmic axis from `low` to `high` drawn between two positions.
struct LogAxis {
  double low = 1, high = 10;
  double from = 0, to = 100;

  double at(double value) const;
  /// 1, 2 and 5 times the powers of ten inside the range; only the powers when there are more than three decades.
  std::vector<double> ticks() const;
};

}  // namespace rigwise
