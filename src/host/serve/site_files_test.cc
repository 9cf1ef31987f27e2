#include "host/serve/site_files.h"

#include <gtest/gtest.h>

namespace rigwise {
namespace {

constexpr std::string_view kPage =
    "<html><script>let a=1</script><script type=\"module\" src=\"./a.js\"></script></html>";

const EmbeddedFile kFiles[] = {
    {"index.html", kPage, "packed page", "aaaa0000"},
    {"assets/a-1234.js", "let b=2", {}, "bbbb0000"},
    {"rigwise.wasm.gz", "\x1f\x8b", {}, "cccc0000"},
};

HttpAnswer get(const std::string& path, std::vector<HttpField> fields = {}) {
  return SiteFiles(kFiles).answer({"GET", path, std::move(fields), {}}, path);
}

TEST(SiteFiles, AreLookedUpAndNothingElseIs) {
  EXPECT_EQ(get("/").body(), kPage);
  EXPECT_EQ(get("/index.html").body(), kPage);
  EXPECT_EQ(get("/assets/a-1234.js").body(), "let b=2");
  for (const char* path : {"/assets", "/assets/", "/../index.html", "/assets/../index.html", "//index.html",
                           "/etc/passwd", "/assets/a-1234.js/", "/INDEX.HTML"}) {
    EXPECT_EQ(get(path).status, 404) << path;
  }
}

TEST(SiteFiles, SayWhatTheyAre) {
  EXPECT_EQ(get("/").field("Content-Type"), "text/html; charset=utf-8");
  EXPECT_EQ(get("/assets/a-1234.js").field("Content-Type"), "text/javascript; charset=utf-8");
  EXPECT_EQ(get("/rigwise.wasm.gz").field("Content-Type"), "application/gzip");
  EXPECT_EQ(get("/rigwise.wasm.gz").field("Content-Encoding"), std::nullopt) << "the page unpacks it itself";
}

TEST(SiteFiles, ArePackedForThoseWhoTakeIt) {
  const HttpAnswer packed = get("/", {{"Accept-Encoding", "br, gzip"}});
  EXPECT_EQ(packed.body(), "packed page");
  EXPECT_EQ(packed.field("Content-Encoding"), "gzip");
  EXPECT_NE(packed.field("ETag"), get("/").field("ETag"));
  EXPECT_EQ(packed.field("Vary"), "Accept-Encoding");
  EXPECT_TRUE(takes_gzip("*"));
  EXPECT_TRUE(takes_gzip("GZIP;q=0.5"));
  for (const char* accept : {"", "br", "gzip;q=0", "gzip; q=0.000", "xgzip"})
    EXPECT_FALSE(takes_gzip(accept)) << accept;
}

TEST(SiteFiles, AreNotSentAgainToThoseWhoHaveThem) {
  const std::string tag(*get("/").field("ETag"));
  EXPECT_EQ(tag, "\"aaaa0000\"");
  for (const std::string& field : {tag, "W/" + tag, "\"x\", " + tag, std::string("*")}) {
    const HttpAnswer answer = get("/", {{"If-None-Match", field}});
    EXPECT_EQ(answer.status, 304) << field;
    EXPECT_EQ(answer.body(), "");
    EXPECT_EQ(answer.field("ETag"), tag);
  }
  EXPECT_EQ(get("/", {{"If-None-Match", "\"aaaa\""}}).status, 200);
  EXPECT_EQ(get("/", {{"If-None-Match", tag}, {"Accept-Encoding", "gzip"}}).status, 200) << "that is the other form";
}

TEST(SiteFiles, LastForeverOnlyWhereTheirNameSaysWhatIsInThem) {
  EXPECT_EQ(get("/assets/a-1234.js").field("Cache-Control"), "max-age=31536000, immutable");
  EXPECT_EQ(get("/").field("Cache-Control"), "no-cache");
  EXPECT_EQ(get("/rigwise.wasm.gz").field("Cache-Control"), "no-cache");
}

TEST(PagePolicy, NamesEachInlineScriptByItsHash) {
  const std::string policy = page_policy(kPage);
  // printf 'let a=1' | openssl dgst -sha256 -binary | base64
  EXPECT_NE(policy.find("script-src 'self' 'wasm-unsafe-eval' 'sha256-+Q3dsIT3kYyYXlBldxY4Baal1kEoF6cDrlPvZn4iLYs=';"),
            std::string::npos)
      << policy;
  EXPECT_EQ(policy.find("script-src 'self' 'unsafe"), std::string::npos);
  EXPECT_EQ(policy.find("'unsafe-eval'"), std::string::npos);
  EXPECT_NE(policy.find("frame-ancestors 'none'"), std::string::npos);
}

TEST(SiteFiles, WithoutAPageSayHowToBuildIt) {
  const HttpAnswer answer = SiteFiles({}).answer({"GET", "/", {}, {}}, "/");
  EXPECT_EQ(answer.status, 200);
  EXPECT_NE(answer.body().find("script/web build"), std::string::npos);
  EXPECT_EQ(SiteFiles({}).answer({"GET", "/x", {}, {}}, "/x").status, 404);
}

}  // namespace
}  // namespace rigwise
