#include "codec/bench_page.h"

#include <gtest/gtest.h>

#include "codec/bench_charts.h"
#include "codec/bench_result.h"

namespace rigwise {
namespace {

Json summary(double value) {
  return {{"samples", 100}, {"mean", value},  {"p50", value}, {"p90", value},
          {"p95", value},   {"p99", nullptr}, {"min", value}, {"max", value}};
}

Json report_of(const std::string& model) {
  BenchLevel level;
  level.streams = 4;
  level.metrics.requests = 100;
  level.metrics.ok = 97;
  level.metrics.faults[RequestFault::reset] = 3;
  level.metrics.output_tokens_per_s = 123.4;
  level.verdict.grade = ClientGrade::c;
  level.verdict.reasons = {"the client stood still 1 time, 500 ms in all"};
  for (std::uint32_t i = 0; i < 97; ++i) {
    RequestSample& sample = level.samples.emplace_back();
    sample.index = i;
    sample.ttft_s = 0.2 + 0.001 * i;
    sample.tpot_s = 0.02;
    sample.e2e_s = 1.0;
    sample.output_tokens = 50;
  }
  Json json = bench_level_json(level);
  json["ttft_s"] = summary(0.25);
  return {{"schema", "rigwise.bench/1"},
          {"measured_at", "2026-11-22T12:00:00Z"},
          {"target", {{"url", "http://127.0.0.1:8080/v1"}, {"model", model}, {"dialect", "chat"}, {"tls", "none"}}},
          {"load", {{"kind", "closed"}, {"prompt_tokens", {128}}, {"output_tokens", 50}, {"run", "r1"}}},
          {"levels", Json::array({json})},
          {"machine", {{"cpu", "a CPU"}, {"cores", 2}}}};
}

TEST(BenchPage, TellsWhatWasAskedWhatCameOfItAndWhetherToBelieveIt) {
  const std::string page = bench_page(report_of("llama-3.1-8b"));
  for (const char* said : {"llama-3.1-8b under load", "Prompts of 128 tokens", "97 of 100", "3 failed: reset",
                           "client: the client stood still", "grade C", "a CPU, 2 cores", "4 streams", "<svg"}) {
    EXPECT_NE(page.find(said), std::string::npos) << said;
  }
}

TEST(BenchPage, LoadsNothingFromAnywhere) {
  const std::string page = bench_page(report_of("m"));
  for (const char* never : {"<script", "<link", "<img", "url(", "@import", "src="}) {
    EXPECT_EQ(page.find(never), std::string::npos) << never;
  }
  EXPECT_NE(page.find("default-src 'none'"), std::string::npos);
}

TEST(BenchPage, WhatAServerCallsItselfIsTextAndNoMarkup) {
  const std::string page = bench_page(report_of("<script>alert(1)</script>\" onload='x"));
  EXPECT_EQ(page.find("<script"), std::string::npos);
  EXPECT_NE(page.find("&lt;script&gt;alert(1)"), std::string::npos);
}

TEST(BenchPage, AnEmptyResultIsAPageToo) {
  EXPECT_NE(bench_page(Json::object()).find("Nothing was measured"), std::string::npos);
  EXPECT_NE(bench_page({{"levels", {{{"concurrency", 1}}}}}).find("1 stream"), std::string::npos);
}

TEST(BenchCharts, TheAxisEndsAtARoundNumberAndPointsLieOnIt) {
  const std::string svg = bench_chart("t", "u", {"all"}, {{"1", {50.0}, 40.0, 60.0}, {"2", {75.0}, {}, {}}});
  EXPECT_NE(svg.find(">80</text>"), std::string::npos);
  EXPECT_NE(svg.find("1: 50 u"), std::string::npos);
}

}  // namespace
}  // namespace rigwise
