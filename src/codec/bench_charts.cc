#include "codec/bench_charts.h"

#include <algorithm>
#include <array>
#include <cmath>

#include "codec/html_writer.h"
#include "core/base/text.h"

namespace rigwise {
namespace {

constexpr double kWidth = 640, kHeight = 240, kLeft = 56, kRight = 120, kTop = 24, kBottom = 40;
constexpr std::size_t kMostLines = 4, kMostSteps = 200;

/// A round number at or above `value`, for the end of an axis of four steps.
double axis_end(double value) {
  if (value <= 0) return 1;
  const double power = std::pow(10, std::floor(std::log10(value)));
  for (const double step : {1.0, 2.0, 4.0, 6.0, 8.0, 10.0}) {
    if (step * power >= value) return step * power;
  }
  return 10 * power;
}

std::string at(double value) { return fixed(value, 1); }

/// A piece of SVG, put together from texts and numbers.
class SvgText {
 public:
  SvgText& operator<<(std::string_view text) {
    text_ += text;
    return *this;
  }
  SvgText& operator<<(double value) {
    text_ += at(value);
    return *this;
  }
  std::string take() { return std::move(text_); }

 private:
  std::string text_;
};

void begin_svg(SvgText& svg, const std::string& title, const std::string& unit) {
  svg << "<figure><figcaption>" << escape_html(title) << " <small>" << escape_html(unit) << "</small></figcaption>"
      << "<svg role=\"img\" aria-label=\"" << escape_html(title) << "\" viewBox=\"0 0 " << kWidth << " " << kHeight
      << "\">";
}

void draw_axis(SvgText& svg, double end, bool percent) {
  constexpr int kSteps = 4;
  for (int i = 0; i <= kSteps; ++i) {
    const double share = static_cast<double>(i) / kSteps, y = kHeight - kBottom - share * (kHeight - kTop - kBottom);
    svg << "<line class=\"grid\" x1=\"" << kLeft << "\" x2=\"" << kWidth - kRight << "\" y1=\"" << y << "\" y2=\"" << y
        << "\"/><text class=\"tick\" text-anchor=\"end\" x=\"" << kLeft - 6 << "\" y=\"" << y + 4 << "\">"
        << significant(share * end) << (percent ? " %" : "") << "</text>";
  }
}

}  // namespace

std::string say_bench_load(const Json& level) {
  if (level.contains("rate") && level["rate"].is_number()) {
    return significant(level["rate"].get<double>()) + " requests a second";
  }
  const double streams =
      level.contains("concurrency") && level["concurrency"].is_number() ? level["concurrency"].get<double>() : 0;
  return significant(streams, 6) + (streams == 1 ? " stream" : " streams");
}

std::string bench_chart(const std::string& title, const std::string& unit, const std::vector<std::string>& series,
                        const std::vector<BenchChartColumn>& columns) {
  double most = 0;
  for (const BenchChartColumn& column : columns) {
    for (const std::optional<double>& value : column.values) most = std::max(most, value.value_or(0));
    most = std::max(most, column.high.value_or(0));
  }
  const double end = axis_end(most), height = kHeight - kTop - kBottom;
  const auto y_of = [&](double value) { return kHeight - kBottom - std::clamp(value / end, 0.0, 1.0) * height; };
  SvgText svg;
  begin_svg(svg, title, unit);
  draw_axis(svg, end, false);
  const double step = (kWidth - kLeft - kRight) / static_cast<double>(std::max<std::size_t>(1, columns.size()));
  std::array<double, 2> last_y{};
  double last_x = 0;
  for (std::size_t i = 0; i < columns.size(); ++i) {
    const BenchChartColumn& column = columns[i];
    const double x = last_x = kLeft + (static_cast<double>(i) + 0.5) * step;
    svg << "<text class=\"tick\" text-anchor=\"middle\" x=\"" << x << "\" y=\"" << kHeight - kBottom + 18 << "\">"
        << escape_html(column.name) << "</text>";
    if (column.low && column.high) {
      svg << "<line class=\"range\" x1=\"" << x << "\" x2=\"" << x << "\" y1=\"" << y_of(*column.low) << "\" y2=\""
          << y_of(*column.high) << "\"/>";
    }
    for (std::size_t k = 0; k < column.values.size() && k < last_y.size(); ++k) {
      if (!column.values[k]) continue;
      last_y[k] = y_of(*column.values[k]);
      svg << "<circle class=\"" << (k == 0 ? "dot" : "ring") << "\" cx=\"" << x << "\" cy=\"" << last_y[k]
          << "\" r=\"4.5\"><title>" << escape_html(column.name) << ": " << significant(*column.values[k]) << " "
          << escape_html(unit) << "</title></circle>";
    }
  }
  for (std::size_t k = 0; k < series.size() && k < last_y.size() && series.size() > 1; ++k) {
    if (last_y[k] == 0) continue;
    svg << "<text class=\"name\" x=\"" << last_x + 10 << "\" y=\"" << last_y[k] + 4 << "\">" << escape_html(series[k])
        << "</text>";
  }
  svg << "</svg></figure>";
  return svg.take();
}

std::string bench_distribution_chart(const std::string& title, const std::string& unit,
                                     std::vector<BenchDistribution> levels) {
  if (levels.size() > kMostLines) {
    // The ends, and two between them.
    const std::size_t last = levels.size() - 1;
    levels = {levels[0], levels[last / 3], levels[2 * last / 3], levels[last]};
  }
  double most = 0;
  for (BenchDistribution& level : levels) {
    std::sort(level.values.begin(), level.values.end());
    if (!level.values.empty()) most = std::max(most, level.values.back());
  }
  const double end = axis_end(most), width = kWidth - kLeft - kRight, height = kHeight - kTop - kBottom;
  SvgText svg;
  begin_svg(svg, title, unit);
  draw_axis(svg, 100, true);
  for (int i = 0; i <= 4; ++i) {
    svg << "<text class=\"tick\" text-anchor=\"middle\" x=\"" << kLeft + width * i / 4 << "\" y=\""
        << kHeight - kBottom + 18 << "\">" << significant(end * i / 4) << "</text>";
  }
  for (std::size_t k = 0; k < levels.size(); ++k) {
    const std::vector<double>& values = levels[k].values;
    if (values.empty()) continue;
    svg << "<polyline class=\"c" << std::to_string(k + 1) << "\" points=\"";
    const std::size_t steps = std::min(kMostSteps, values.size());
    double x = kLeft;
    for (std::size_t i = 0; i < steps; ++i) {
      const std::size_t rank = steps == 1 ? 0 : i * (values.size() - 1) / (steps - 1);
      const double share = static_cast<double>(rank + 1) / static_cast<double>(values.size());
      x = kLeft + values[rank] / end * width;
      svg << x << "," << kHeight - kBottom - share * height << " ";
    }
    // Names stand below one another, since the lines end at one height.
    svg << "\"/><text class=\"name n" << std::to_string(k + 1) << "\" x=\"" << kWidth - kRight + 8 << "\" y=\""
        << kTop + 12 + 16 * static_cast<double>(k) << "\">" << escape_html(levels[k].name) << "</text>";
  }
  svg << "</svg></figure>";
  return svg.take();
}

}  // namespace rigwise
