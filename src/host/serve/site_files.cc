#include "host/serve/site_files.h"

#include <algorithm>

#include "core/base/text.h"
#include "host/serve/problem.h"
#include "host/serve/secret.h"

namespace rigwise {
namespace {

constexpr std::string_view kPageMissing = R"(<!doctype html>
<html lang="en">
<head><meta charset="utf-8"><title>rigwise</title></head>
<body>
<h1>rigwise answers here, but without its page</h1>
<p>This binary was built without the dashboard. To build it, with Node 20.19 or newer:</p>
<pre>script/web build
script/run serve</pre>
<p>The API works: <code>POST /api/v1/predict</code> and every other verb, described at
<a href="/api/v1/openapi.json">/api/v1/openapi.json</a>. So does the terminal: <code>rigwise advise</code>.</p>
</body>
</html>
)";

/// The text between <script> and </script> of scripts that stand in the page.
std::vector<std::string_view> inline_scripts(std::string_view html) {
  std::vector<std::string_view> scripts;
  for (std::size_t at = 0; (at = html.find("<script", at)) != std::string_view::npos;) {
    const std::size_t open = html.find('>', at);
    const std::size_t close = html.find("</script", at);
    if (open == std::string_view::npos || close == std::string_view::npos || close < open) break;
    const std::string_view tag = html.substr(at, open - at);
    if (tag.find(" src=") == std::string_view::npos) scripts.push_back(html.substr(open + 1, close - open - 1));
    at = close;
  }
  return scripts;
}

/// A quality of 0 in "gzip;q=0.0" is a refusal.
bool is_refused(std::string_view parameters) {
  const std::size_t q = parameters.find("q=");
  if (q == std::string_view::npos) return false;
  const Result<double> quality = parse_number(trim(parameters.substr(q + 2)));
  return quality && *quality <= 0;
}

HttpAnswer page_missing() {
  HttpAnswer answer;
  answer.fields = {{"Content-Type", "text/html; charset=utf-8"},
                   {"Cache-Control", "no-store"},
                   {"Content-Security-Policy", std::string(kNothingPolicy)}};
  answer.embedded = kPageMissing;
  return answer;
}

}  // namespace

std::string page_policy(std::string_view html) {
  std::string scripts = "script-src 'self' 'wasm-unsafe-eval'";
  for (const std::string_view script : inline_scripts(html)) {
    scripts.append(" 'sha256-").append(sha256_base64(script)).append("'");
  }
  // The page starts its worker from a script it carries, and places marks by style attributes.
  return "default-src 'none'; " + scripts +
         "; worker-src blob: data:; style-src 'self' 'unsafe-inline'; img-src 'self' data: blob:; font-src 'self'; "
         "connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";
}

std::string_view media_type_of(std::string_view path) {
  struct Ending {
    std::string_view end, type;
  };
  constexpr Ending kEndings[] = {
      {".html", "text/html; charset=utf-8"},
      {".js", "text/javascript; charset=utf-8"},
      {".css", "text/css; charset=utf-8"},
      {".json", "application/json"},
      {".svg", "image/svg+xml"},
      {".png", "image/png"},
      {".ico", "image/x-icon"},
      {".woff2", "font/woff2"},
      {".wasm", "application/wasm"},
      {".gz", "application/gzip"},
      {".txt", "text/plain; charset=utf-8"},
      {".webmanifest", "application/manifest+json"},
      {".md", "text/markdown; charset=utf-8"},
  };
  for (const Ending& ending : kEndings) {
    if (path.ends_with(ending.end)) return ending.type;
  }
  return "application/octet-stream";
}

bool names_tag(std::string_view if_none_match, std::string_view tag) {
  for (const std::string_view each : split(if_none_match, ',')) {
    std::string_view wanted = trim(each);
    if (wanted == "*") return true;
    if (wanted.starts_with("W/")) wanted.remove_prefix(2);
    if (wanted == tag) return true;
  }
  return false;
}

bool takes_gzip(std::string_view accept_encoding) {
  for (const std::string_view each : split(accept_encoding, ',')) {
    const std::size_t semicolon = std::min(each.find(';'), each.size());
    const std::string_view coding = trim(each.substr(0, semicolon));
    if (same_ignoring_case(coding, "gzip") || coding == "*") return !is_refused(each.substr(semicolon));
  }
  return false;
}

SiteFiles::SiteFiles(std::span<const EmbeddedFile> files) {
  for (const EmbeddedFile& file : files) {
    const bool is_page = file.path.ends_with(".html");
    Served served{&file, is_page ? page_policy(file.bytes) : std::string(kNothingPolicy)};
    if (file.path == "index.html") by_path_["/"] = served;
    by_path_["/" + std::string(file.path)] = std::move(served);
  }
}

HttpAnswer SiteFiles::answer(const HttpRequest& request, const std::string& path) const {
  const auto found = by_path_.find(path);
  if (found == by_path_.end()) {
    if (path == "/" && by_path_.empty()) return page_missing();
    return answer_of({404,
                      "not_found",
                      "there is nothing at \"" + path + "\"",
                      "target",
                      "/ is the dashboard, /api/v1/openapi.json describes the API",
                      {}});
  }
  const EmbeddedFile& file = *found->second.file;
  const bool packed = !file.gzip.empty() && takes_gzip(request.field("Accept-Encoding").value_or(""));
  const std::string tag = "\"" + std::string(file.sha256.substr(0, 32)) + (packed ? "-gzip\"" : "\"");
  // Vite puts a hash into the names below assets/: what is there never changes.
  const bool lasting = path.starts_with("/assets/");
  HttpAnswer answer;
  answer.fields = {{"ETag", tag},
                   {"Cache-Control", lasting ? "max-age=31536000, immutable" : "no-cache"},
                   {"Vary", "Accept-Encoding"},
                   {"Content-Security-Policy", found->second.policy}};
  if (names_tag(request.field("If-None-Match").value_or(""), tag)) {
    answer.status = 304;
    return answer;
  }
  answer.fields.push_back({"Content-Type", std::string(media_type_of(file.path))});
  if (packed) answer.fields.push_back({"Content-Encoding", "gzip"});
  answer.embedded = packed ? file.gzip : file.bytes;
  return answer;
}

}  // namespace rigwise
