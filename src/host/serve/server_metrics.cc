#include "host/serve/server_metrics.h"

#include <algorithm>

#include "core/base/text.h"

namespace rigwise {
namespace {

void append_metric(std::string& text, std::string_view name, std::string_view kind, std::string_view help) {
  text.append("# HELP ").append(name).append(" ").append(help).append("\n# TYPE ").append(name);
  text.append(" ").append(kind).append("\n");
}

void append_sample(std::string& text, std::string_view name, std::string_view labels, const std::string& value) {
  text.append(name);
  if (!labels.empty()) text.append("{").append(labels).append("}");
  text.append(" ").append(value).append("\n");
}

std::string label(std::string_view name, std::string_view value) {
  return std::string(name) + "=\"" + std::string(value) + "\"";
}

}  // namespace

void ServerMetrics::answered(std::string_view what, int status, double seconds) {
  const std::scoped_lock lock(mutex_);
  ++requests_[{std::string(what), status}];
  Durations& durations = durations_[std::string(what)];
  const auto bound = std::lower_bound(kBounds.begin(), kBounds.end(), seconds);
  ++durations.within[static_cast<std::size_t>(bound - kBounds.begin())];
  durations.seconds += seconds;
}

void ServerMetrics::connection_opened() {
  const std::scoped_lock lock(mutex_);
  ++opened_;
}

void ServerMetrics::connection_closed() {
  const std::scoped_lock lock(mutex_);
  ++closed_;
}

void ServerMetrics::connection_refused() {
  const std::scoped_lock lock(mutex_);
  ++refused_;
}

void ServerMetrics::append_durations(std::string& text) const {
  constexpr std::string_view kName = "rigwise_http_request_duration_seconds";
  append_metric(text, kName, "histogram", "From the head of a request to its answer.");
  for (const auto& [what, durations] : durations_) {
    const std::string verb = label("verb", what);
    std::uint64_t sum = 0;
    for (std::size_t i = 0; i < durations.within.size(); ++i) {
      sum += durations.within[i];
      const std::string bound = i < kBounds.size() ? shortest(kBounds[i]) : "+Inf";
      append_sample(text, std::string(kName) + "_bucket", verb + "," + label("le", bound), std::to_string(sum));
    }
    append_sample(text, std::string(kName) + "_sum", verb, shortest(durations.seconds));
    append_sample(text, std::string(kName) + "_count", verb, std::to_string(sum));
  }
}

std::string ServerMetrics::text(std::string_view version, std::string_view catalog) const {
  const std::scoped_lock lock(mutex_);
  std::string text;
  append_metric(text, "rigwise_build_info", "gauge", "Which rigwise answers, from which catalog.");
  append_sample(text, "rigwise_build_info", label("version", version) + "," + label("catalog", catalog), "1");
  append_metric(text, "rigwise_http_connections", "gauge", "Connections that are open.");
  append_sample(text, "rigwise_http_connections", "", std::to_string(opened_ - closed_));
  append_metric(text, "rigwise_http_connections_total", "counter", "Connections taken.");
  append_sample(text, "rigwise_http_connections_total", "", std::to_string(opened_));
  append_metric(text, "rigwise_http_connections_refused_total", "counter", "Connections beyond the limit.");
  append_sample(text, "rigwise_http_connections_refused_total", "", std::to_string(refused_));
  append_metric(text, "rigwise_http_requests_total", "counter", "Requests answered, by verb and status.");
  for (const auto& [key, count] : requests_) {
    append_sample(text, "rigwise_http_requests_total",
                  label("verb", key.first) + "," + label("status", std::to_string(key.second)), std::to_string(count));
  }
  append_durations(text);
  return text;
}

}  // namespace rigwise
