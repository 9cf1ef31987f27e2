#include "verbs/report_charts.h"

#include <algorithm>
#include <cmath>
#include <vector>

#include "core/base/text.h"
#include "verbs/report_words.h"

namespace rigwise {
namespace {

constexpr double kWidth = 880, kNameWidth = 330, kRowHeight = 34, kBarHeight = 14, kAxisHeight = 26;

std::string px(double value) { return significant(value, 5); }

double number_or(const Json& object, const char* key, double otherwise) {
  const auto found = object.find(key);
  return found != object.end() && found->is_number() ? found->get<double>() : otherwise;
}

bool is_cloud(const Json& alternative) { return alternative["leaves_the_house"].get<bool>(); }

/// A round step that divides [0, most] into three to six parts.
double round_step(double most) {
  constexpr double kParts = 5;
  const double raw = most / kParts, decade = std::pow(10.0, std::floor(std::log10(raw)));
  for (const double factor : {1.0, 2.0, 5.0}) {
    if (factor * decade >= raw) return factor * decade;
  }
  return 10 * decade;
}

/// A figure that is scrolled where it is wider than the screen, by keyboard too: smaller, nobody could read it.
void open_chart(HtmlWriter& html, const std::string& name) {
  html.open("figure").open("div", {{"class", "chart"}, {"tabindex", "0"}, {"role", "region"}, {"aria-label", name}});
}

/// A drawing with a horizontal axis from 0: names at the left, marks at the right.
class Rows {
 public:
  Rows(HtmlWriter& html, const std::string& sentence, std::size_t rows, double most, const std::string& unit)
      : html_(html), height_(static_cast<double>(rows) * kRowHeight), most_(most > 0 ? most : 1) {
    open_chart(html_, "Chart: " + sentence);
    html_.open("svg", {{"viewBox", "0 0 " + px(kWidth) + " " + px(height_ + kAxisHeight)},
                       {"role", "img"},
                       {"aria-label", sentence}});
    const double step = round_step(most_);
    for (double value = 0; value <= most_ * 1.001; value += step) {
      html_.shape("line", {{"class", value == 0 ? "ax" : "g"},
                           {"x1", px(x(value))},
                           {"x2", px(x(value))},
                           {"y1", "0"},
                           {"y2", px(height_)}});
      const bool last = value + step > most_ * 1.001;
      text(x(value), height_ + 17, "t", amount_words(value) + (last ? " " + unit : ""), "middle");
    }
  }
  double x(double value) const { return kNameWidth + (kWidth - kNameWidth - 60) * value / most_; }
  double y(std::size_t row) const { return (static_cast<double>(row) + 0.5) * kRowHeight; }

  void text(double at_x, double at_y, std::string_view css, const std::string& words, std::string_view anchor) {
    html_.element(
        "text", words,
        {{"class", std::string(css)}, {"x", px(at_x)}, {"y", px(at_y)}, {"text-anchor", std::string(anchor)}});
  }
  void name(std::size_t row, const std::string& words) { text(0, y(row) + 4, "b", cut_to_width(words, 46), "start"); }
  void band(std::size_t row, double low, double high, std::string_view css) {
    html_.shape("rect", {{"class", std::string(css)},
                         {"x", px(x(low))},
                         {"y", px(y(row) - kBarHeight / 2)},
                         {"width", px(std::max(1.0, x(high) - x(low)))},
                         {"height", px(kBarHeight)},
                         {"rx", "2"}});
  }
  void tick(std::size_t row, double value, std::string_view css) {
    html_.shape("line", {{"class", std::string(css)},
                         {"x1", px(x(value))},
                         {"x2", px(x(value))},
                         {"y1", px(y(row) - kBarHeight / 2 - 2)},
                         {"y2", px(y(row) + kBarHeight / 2 + 2)}});
  }
  void finish(const std::string& caption) { html_.close().close().element("figcaption", caption).close(); }

 private:
  HtmlWriter& html_;
  double height_, most_;
};

/// The scale of a chart of totals: the largest of what people weigh. Rent by the hour can be many times that, and then
/// runs off the scale.
double longest_bar(const Json& alternatives) {
  double most = 0;
  for (const Json& one : alternatives) {
    if (one["kind"] == "rental") continue;
    most = std::max({most, number_or(one, "total", 0), number_or(one, "total_high", 0)});
  }
  return most;
}

/// What has been paid, as a line: at the start, at the end, and after a machine is sold.
struct PaidLine {
  std::string name, css;
  std::vector<std::pair<double, double>> points;  ///< month, paid
};

PaidLine paid_line(const Json& alternative, int months, std::size_t machine) {
  const std::string kind = alternative["kind"].get<std::string>();
  PaidLine line;
  line.name = alternative["name"].get<std::string>();
  line.css = kind == "machine" ? "l" + std::to_string(machine + 1) : (kind == "subscriptions" ? "ls" : "lc");
  line.points = {{0, alternative["paid_at_start"].get<double>()},
                 {months, alternative["paid_before_sale"].get<double>()},
                 {months, alternative["total"].get<double>()}};
  return line;
}

}  // namespace

void draw_totals(HtmlWriter& html, const Json& alternatives, const std::string& currency, int months) {
  const double most = longest_bar(alternatives);
  const std::string sentence = "What each way out costs over " + std::to_string(months) + " months, in " + currency;
  Rows rows(html, sentence, alternatives.size(), most, currency);
  for (std::size_t i = 0; i < alternatives.size(); ++i) {
    const Json& one = alternatives[i];
    const bool cloud = is_cloud(one);
    rows.name(i, short_machine_name(one["name"].get<std::string>()));
    const double total = number_or(one, "total", 0);
    const double low = number_or(one, "total_low", total), high = number_or(one, "total_high", total);
    const auto within = [&](double value) { return std::clamp(value, 0.0, most); };
    rows.band(i, within(low), within(high), cloud ? "cloudband" : "band");
    if (total <= most) rows.tick(i, within(total), cloud ? "cloudmid" : "mid");
    rows.text(rows.x(within(high)) + 6, rows.y(i) + 4, "t", amount_words(one["total"]) + (high > most ? " →" : ""),
              "start");
  }
  rows.finish("Line: what it costs over " + std::to_string(months) +
              " months. Bar: with the low and the high purchase or rental price. Dashed: prompts leave the house. An "
              "arrow: beyond the scale.");
}

void draw_speeds(HtmlWriter& html, const Json& targets) {
  double most = 0;
  for (const Json& target : targets) {
    if (target["together"].is_object()) most = std::max(most, target["together"]["high"].get<double>());
    most = std::max(most, number_or(target, "tokens_per_s", 0));
  }
  Rows rows(html, "How fast each group's answers are written while everything runs", targets.size(), most, "tok/s");
  for (std::size_t i = 0; i < targets.size(); ++i) {
    const Json& target = targets[i];
    rows.name(i, target["name"].get<std::string>());
    if (const Json& together = target["together"]; together.is_object()) {
      rows.band(i, together["low"].get<double>(), together["high"].get<double>(), "band");
      rows.tick(i, together["value"].get<double>(), "mid");
    }
    const double asked = number_or(target, "tokens_per_s", 0);
    if (asked > 0) rows.tick(i, asked, "limit");
  }
  rows.finish("Bar: predicted, " + level_words(targets) +
              " of such machines should lie in it. Line: the middle. Dotted: what was asked.");
}

void draw_payments(HtmlWriter& html, const Json& alternatives, const std::string& currency, int months) {
  constexpr double kHeight = 260, kLeft = 64, kRight = 250, kTop = 8;
  std::vector<PaidLine> lines;
  std::size_t machines = 0;
  double most = 0;
  for (const Json& one : alternatives) {
    const std::string kind = one["kind"].get<std::string>();
    if (one["paid_by_year"].is_null() || kind == "rental") continue;  // many times the rest: it would flatten them
    lines.push_back(paid_line(one, months, machines));
    machines += kind == "machine";
    for (const auto& [month, paid] : lines.back().points) most = std::max(most, paid);
  }
  if (lines.empty() || most <= 0) return;
  const auto x = [&](double month) { return kLeft + (kWidth - kLeft - kRight) * month / months; };
  const auto y = [&](double paid) { return kTop + kHeight * (1 - std::max(0.0, paid) / most); };
  open_chart(html, "The chart of what has been paid");
  html.open("svg", {{"viewBox", "0 0 " + px(kWidth) + " " + px(kHeight + kTop + kAxisHeight)},
                    {"role", "img"},
                    {"aria-label", "What has been paid by each month, in " + currency}});
  for (double value = 0, step = round_step(most); value <= most * 1.001; value += step) {
    html.shape("line", {{"class", value == 0 ? "ax" : "g"},
                        {"x1", px(kLeft)},
                        {"x2", px(x(months))},
                        {"y1", px(y(value))},
                        {"y2", px(y(value))}});
    html.element("text", amount_words(value),
                 {{"class", "t"}, {"x", px(kLeft - 6)}, {"y", px(y(value) + 4)}, {"text-anchor", "end"}});
  }
  for (int month = 0; month <= months; month += 12) {
    html.element("text", month == 0 ? "month 0" : std::to_string(month),
                 {{"class", "t"}, {"x", px(x(month))}, {"y", px(kHeight + kTop + 18)}, {"text-anchor", "middle"}});
  }
  std::sort(lines.begin(), lines.end(),
            [](const PaidLine& a, const PaidLine& b) { return a.points.back().second > b.points.back().second; });
  double free_y = 0;
  for (const PaidLine& line : lines) {
    std::string points;
    for (const auto& [month, paid] : line.points)
      points.append(px(x(month))).append(",").append(px(y(paid))).append(" ");
    html.shape("polyline", {{"class", line.css}, {"points", points}});
    const double label_y = std::max(free_y, y(line.points.back().second) + 4);
    free_y = label_y + 17;
    html.element("text", cut_to_width(short_machine_name(line.name), 34),
                 {{"class", line.css}, {"x", px(x(months) + 8)}, {"y", px(label_y)}});
  }
  html.close().close().element("figcaption",
                               "Paid until each month, in " + currency +
                                   ", after tax where a rate is given. What a machine fetches when it is sold "
                                   "comes back at the end. Dashed: the cloud.");
  html.close();
}

}  // namespace rigwise
