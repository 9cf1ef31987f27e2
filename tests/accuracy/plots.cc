#include "plots.h"

#include <algorithm>
#include <cmath>
#include <map>

#include "svg.h"
#include "words.h"

namespace rigwise {
namespace {

struct Kind {
  const char* backend;
  const char* words;
  const char* colour;
};
/// Colours that people who see red and green alike can tell apart (Okabe and Ito).
constexpr Kind kKinds[] = {{"cuda", "CUDA", "#009e73"},     {"metal", "Metal", "#0072b2"}, {"rocm", "ROCm", "#d55e00"},
                           {"vulkan", "Vulkan", "#cc79a7"}, {"sycl", "SYCL", "#e69f00"},   {"cpu", "CPU", "#56b4e9"},
                           {"", "other", "#666666"}};

const Kind& kind_of(const std::string& backend) {
  for (const Kind& kind : kKinds) {
    if (backend == kind.backend) return kind;
  }
  return kKinds[std::size(kKinds) - 1];
}

/// The next 1, 2 or 5 times a power of ten at or beyond a value; `up` says in which direction.
double round_end(double value, bool up) {
  const double power = std::pow(10.0, std::floor(std::log10(value)));
  double best = up ? 10 * power : power;
  for (const double step : {1.0, 2.0, 5.0}) {
    if (up && step * power >= value) return step * power;
    if (!up && step * power <= value) best = step * power;
  }
  return best;
}

struct Sheet {
  double left = 74, top = 52, size = 480, width = 690, height = 596;
};

/// Grid, axes, the diagonal and the lines of a factor of two.
void draw_frame(Svg& svg, const Sheet& sheet, const LogAxis& x, const LogAxis& y) {
  const double right = sheet.left + sheet.size, bottom = sheet.top + sheet.size;
  for (const double tick : x.ticks()) {
    const std::string words = significant(tick, 2);
    svg.line(x.at(tick), sheet.top, x.at(tick), bottom, "stroke='#e4e4e4'");
    svg.line(sheet.left, y.at(tick), right, y.at(tick), "stroke='#e4e4e4'");
    svg.text(x.at(tick), bottom + 17, words, "middle");
    svg.text(sheet.left - 8, y.at(tick) + 4, words, "end");
  }
  svg.line(x.at(x.low), y.at(y.low), x.at(x.high), y.at(y.high), "stroke='#222'");
  svg.line(x.at(x.low), y.at(2 * y.low), x.at(x.high / 2), y.at(y.high), "stroke='#888' stroke-dasharray='5 4'");
  svg.line(x.at(2 * x.low), y.at(y.low), x.at(x.high), y.at(y.high / 2), "stroke='#888' stroke-dasharray='5 4'");
  svg.rectangle(sheet.left, sheet.top, sheet.size, sheet.size, "fill='none' stroke='#222'");
}

void draw_legend(Svg& svg, const Sheet& sheet,
                 const std::map<const Kind*, std::vector<std::pair<double, double>>>& of) {
  const double x = sheet.left + sheet.size + 18;
  double y = sheet.top + 12;
  svg.text(x, y, "backend, groups", "start", 12, "#555");
  for (const Kind& kind : kKinds) {
    const auto found = of.find(&kind);
    if (found == of.end()) continue;
    y += 20;
    svg.dots({{x + 5, y - 4}}, 4, kind.colour, 1);
    svg.text(x + 16, y, std::string(kind.words) + ", " + counted(static_cast<int>(found->second.size())));
  }
  y += 30;
  svg.line(x, y - 4, x + 20, y - 4, "stroke='#222'");
  svg.text(x + 26, y, "exact");
  y += 20;
  svg.line(x, y - 4, x + 20, y - 4, "stroke='#888' stroke-dasharray='5 4'");
  svg.text(x + 26, y, "a factor of 2");
}

std::string scatter(const Study& study, const std::string& error_class, const std::string& title) {
  std::vector<AccuracyGroup> groups;
  double low = 1e9, high = 1e-9;
  for (const AccuracyGroup& group : accuracy_groups(study.hardware().rows)) {
    if (group.example->error_class != error_class) continue;
    const double predicted = group.measured * std::exp(group.log_ratio);
    low = std::min({low, group.measured, predicted});
    high = std::max({high, group.measured, predicted});
    groups.push_back(group);
  }
  const Sheet sheet;
  low = round_end(low, false);
  high = round_end(high, true);
  const LogAxis x{low, high, sheet.left, sheet.left + sheet.size}, y{low, high, sheet.top + sheet.size, sheet.top};
  Svg svg(sheet.width, sheet.height, title + ": predicted against measured, device left out of the fit");
  svg.text(sheet.left, 24, title, "start", 16);
  const AccuracyLine line = class_line(study.hardware().report.classes, error_class);
  svg.text(sheet.left, 42,
           "device left out of the fit; " + counted(line.groups) + " groups; median error " +
               percent(line.median_error) + ", p90 " + percent(line.p90_error),
           "start", 12, "#555");
  draw_frame(svg, sheet, x, y);
  std::map<const Kind*, std::vector<std::pair<double, double>>> of_kind;
  for (const AccuracyGroup& group : groups) {
    of_kind[&kind_of(group.example->backend)].push_back(
        {x.at(group.measured), y.at(group.measured * std::exp(group.log_ratio))});
  }
  for (const Kind& kind : kKinds) {
    if (of_kind.count(&kind) != 0) svg.dots(of_kind.at(&kind), 3, kind.colour, 0.55);
  }
  draw_legend(svg, sheet, of_kind);
  svg.text(sheet.left + sheet.size / 2, sheet.height - 10, "measured, tokens per second", "middle", 13);
  svg.text(18, sheet.top + sheet.size / 2, "predicted, tokens per second", "middle", 13, "#222", true);
  return svg.finished();
}

constexpr int kLeastGroups = 10;
constexpr double kRow = 19, kLabels = 178, kPanel = 205, kGap = 26, kTop = 104;

/// A line of the plot of groups: one name in up to three classes.
struct NamedErrors {
  std::string by, name;
  std::map<std::string, AccuracyLine> of_class;
};

std::vector<NamedErrors> named_errors(const Study& study) {
  std::vector<NamedErrors> all;
  for (const char* by : {"backend", "vendor", "engine", "model_kind", "format_class"}) {
    std::map<std::string, NamedErrors> of_name;
    for (const AccuracyReport::By& entry : study.hardware().report.by) {
      const bool main_class =
          std::find(std::begin(kMainClasses), std::end(kMainClasses), entry.error_class) != std::end(kMainClasses);
      if (entry.by != by || entry.line.groups < kLeastGroups || !main_class) continue;
      NamedErrors& named = of_name[entry.name];
      named.by = by;
      named.name = entry.name;
      named.of_class[entry.error_class] = entry.line;
    }
    for (auto& [name, named] : of_name) all.push_back(std::move(named));
  }
  return all;
}

struct PanelTarget {
  const char* error_class;
  double median, p90;
};
constexpr PanelTarget kPanelTargets[] = {{"decode", 0.15, 0.6}, {"prefill", 0.3, 1.1}, {"many", 0.35, 1.3}};

void draw_panel(Svg& svg, const PanelTarget& target, double left, const std::vector<NamedErrors>& lines,
                const std::vector<double>& y_of) {
  const LogAxis x{0.03, 5, left, left + kPanel};
  const double bottom = y_of.back() + 12;
  svg.text(left + kPanel / 2, kTop - 24, target.error_class, "middle", 13);
  for (const double tick : {0.03, 0.1, 0.3, 1.0, 3.0}) {
    svg.line(x.at(tick), kTop - 4, x.at(tick), bottom, "stroke='#e4e4e4'");
    svg.text(x.at(tick), kTop - 9, significant(100 * tick, 2) + "%", "middle", 10, "#555");
  }
  svg.line(x.at(target.median), kTop - 4, x.at(target.median), bottom, "stroke='#0072b2' stroke-dasharray='5 4'");
  svg.line(x.at(target.p90), kTop - 4, x.at(target.p90), bottom, "stroke='#d55e00' stroke-dasharray='5 4'");
  std::vector<std::pair<double, double>> medians, p90s;
  const auto clamped = [&](double error) { return x.at(std::clamp(error, x.low, x.high)); };
  for (std::size_t i = 0; i < lines.size(); ++i) {
    const auto found = lines[i].of_class.find(target.error_class);
    if (found == lines[i].of_class.end()) continue;
    const double median = clamped(found->second.median_error), p90 = clamped(found->second.p90_error);
    svg.line(median, y_of[i], p90, y_of[i], "stroke='#bbb' stroke-width='2'");
    medians.push_back({median, y_of[i]});
    p90s.push_back({p90, y_of[i]});
    svg.text(left + kPanel + 3, y_of[i] + 3.5, counted(found->second.groups), "start", 9, "#777");
  }
  svg.dots(p90s, 3.5, "#d55e00", 1);
  svg.dots(medians, 4.5, "#0072b2", 1);
}

std::string errors_by_group(const Study& study) {
  const std::vector<NamedErrors> lines = named_errors(study);
  std::vector<double> y_of;
  double y = kTop + 10;
  for (std::size_t i = 0; i < lines.size(); ++i) {
    if (i > 0) y += lines[i].by == lines[i - 1].by ? kRow : kRow + 16;
    y_of.push_back(y);
  }
  if (y_of.empty()) y_of.push_back(y);
  const double width = kLabels + 3 * (kPanel + kGap) + 6, height = y + 30;
  Svg svg(width, height, "Median and 90th percentile of the error by group, device left out of the fit");
  svg.text(14, 24, "Error by group, device left out of the fit", "start", 16);
  svg.dots({{20, 42}}, 4.5, "#0072b2", 1);
  svg.text(30, 46, "median", "start", 12, "#555");
  svg.dots({{92, 42}}, 3.5, "#d55e00", 1);
  svg.text(102, 46, "p90; dashed: the target of the class; at the right of a line: groups (10 and more are shown)",
           "start", 12, "#555");
  for (std::size_t i = 0; i < lines.size(); ++i) {
    svg.text(kLabels - 12, y_of[i] + 4, lines[i].name, "end");
    if (i == 0 || lines[i].by != lines[i - 1].by) {
      std::string by = lines[i].by;
      std::replace(by.begin(), by.end(), '_', ' ');
      svg.text(14, y_of[i] + 4, by, "start", 12, "#777");
    }
  }
  double left = kLabels;
  for (const PanelTarget& target : kPanelTargets) {
    draw_panel(svg, target, left, lines, y_of);
    left += kPanel + kGap;
  }
  return svg.finished();
}

}  // namespace

std::vector<Plot> plots(const Study& study) {
  return {{"decode.svg", scatter(study, "decode", "Decode, one device, one stream")},
          {"prefill.svg", scatter(study, "prefill", "Prefill, one device, one stream")},
          {"many.svg", scatter(study, "many", "Several devices or streams")},
          {"groups.svg", errors_by_group(study)}};
}

}  // namespace rigwise
