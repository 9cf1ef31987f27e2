#include "codec/csv.h"

#include <gtest/gtest.h>

namespace rigwise {
namespace {

using Rows = std::vector<std::vector<std::string>>;

Rows rows_of(std::string_view text, std::string* fault = nullptr) {
  CsvReader reader(text);
  Rows rows;
  for (std::vector<std::string_view> cells; reader.next(cells);) rows.emplace_back(cells.begin(), cells.end());
  if (fault != nullptr) *fault = reader.fault();
  return rows;
}

TEST(Csv, PlainCellsSplitAtCommasAndLines) {
  EXPECT_EQ(rows_of("a,b\n1,\n,2"), (Rows{{"a", "b"}, {"1", ""}, {"", "2"}}));
  EXPECT_EQ(rows_of("a,"), (Rows{{"a", ""}}));
  EXPECT_EQ(rows_of(""), Rows{});
}

TEST(Csv, CarriageReturnsByteOrderMarkAndBlankLinesAreNotData) {
  EXPECT_EQ(rows_of("\xef\xbb\xbf"
                    "a,b\r\n\r\n1,\"2\"\r\n\n"),
            (Rows{{"a", "b"}, {"1", "2"}}));
}

TEST(Csv, QuotedCellsKeepCommasLinesAndQuotes) {
  EXPECT_EQ(rows_of("\"a,b\",\"say \"\"hi\"\" now\",\"two\nlines\"\n\"\",\"\"\"\"\n"),
            (Rows{{"a,b", "say \"hi\" now", "two\nlines"}, {"", "\""}}));
}

TEST(Csv, ARowKnowsTheLineItBeganOn) {
  CsvReader reader("h\n\"two\nlines\"\n\nlast");
  std::vector<std::string_view> cells;
  std::vector<int> lines;
  while (reader.next(cells)) lines.push_back(reader.line());
  EXPECT_EQ(lines, (std::vector<int>{1, 2, 5}));
}

TEST(Csv, BrokenQuotesStopTheReaderAndSayWhy) {
  std::string fault;
  EXPECT_EQ(rows_of("a\n\"b", &fault), (Rows{{"a"}}));
  EXPECT_EQ(fault, "a quote is never closed");
  EXPECT_EQ(rows_of("\"a\"b,c\n", &fault), Rows{});
  EXPECT_EQ(fault, "text follows a closing quote");
}

TEST(Csv, WhatCsvCellWritesIsReadBack) {
  for (const std::string cell : {"plain", "with, comma", "with \"quotes\"", "two\nlines", "", "\r"})
    EXPECT_EQ(rows_of("x," + csv_cell(cell) + ",y\n"), (Rows{{"x", cell, "y"}})) << cell;
}

TEST(Csv, ATableFindsColumnsByNameInAnyOrder) {
  std::vector<Diagnostic> faults;
  CsvTable table("b,a\n2, 1 \n", "t.csv", {"a", "b"}, {}, true, faults);
  ASSERT_TRUE(table.next());
  EXPECT_EQ(table.cell(table.column("a")), "1");
  EXPECT_EQ(table.number(table.column("b"), 0, 9), 2);
  EXPECT_FALSE(table.next());
  EXPECT_TRUE(faults.empty());
}

TEST(Csv, MissingUnknownAndDoubledColumnsAreNamed) {
  std::vector<Diagnostic> faults;
  CsvTable table("pricelow,price_low,price_low\n", "t.csv", {"currency", "price_low"}, {}, true, faults);
  EXPECT_FALSE(table.usable());
  ASSERT_EQ(faults.size(), 3u);
  EXPECT_EQ(faults[0].message, "the column \"currency\" is missing");
  EXPECT_EQ(faults[1].message, "unknown column \"pricelow\"");
  EXPECT_EQ(faults[1].try_this, "did you mean \"price_low\"?");
  EXPECT_EQ(faults[2].message, "the column \"price_low\" is there twice");
}

TEST(Csv, ABadCellIsAFaultWithLineAndColumn) {
  std::vector<Diagnostic> faults;
  CsvTable table("a,b\n1,2\n3,x\n4\n", "t.csv", {"a", "b"}, {}, true, faults);
  ASSERT_TRUE(table.next());
  ASSERT_TRUE(table.next());
  EXPECT_EQ(table.number(1, 0, 10), std::nullopt);
  EXPECT_FALSE(table.next());
  ASSERT_EQ(faults.size(), 2u);
  EXPECT_EQ(faults[0].line, 3);
  EXPECT_EQ(faults[0].key, "b");
  EXPECT_EQ(faults[0].message, "\"x\" is not a number (column 2)");
  EXPECT_EQ(faults[1].message, "the row has 1 cells, the header 2");
}

}  // namespace
}  // namespace rigwise
