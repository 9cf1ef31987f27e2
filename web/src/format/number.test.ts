import { describe, expect, it } from "vitest";
import { chance, figure, gigabytes, percent, range, seconds, tick, tokens } from "./number";

describe("figure", () => {
  it("gives two or three significant digits", () => {
    expect([61.34, 1.432, 3142, 0.0351, 131.4, 0].map(figure)).toEqual(["61", "1.4", "3,140", "0.035", "131", "0"]);
  });
  it("writes a true minus, and none before nothing", () => {
    expect(figure(-12)).toBe("−12");
    expect(figure(-0.0000001)).toBe("0.000000");
  });
  it("says what is not a number", () => {
    expect(figure(Number.POSITIVE_INFINITY)).toBe("no end");
    expect(figure(Number.NaN)).toBe("unknown");
  });
});

describe("range", () => {
  it("is never finer than its centre", () => {
    expect(range(49.6, 73.9, 61)).toBe("50 to 74");
    expect(range(1.12, 1.88, 1.4)).toBe("1.1 to 1.9");
  });
});

describe("units", () => {
  it("counts tokens in 1,024s", () => {
    expect([512, 16384, 131072, 1048576].map(tokens)).toEqual(["512", "16k", "128k", "1M"]);
  });
  it("keeps three digits of a memory", () => {
    expect([18.551e9, 1.58e9, 512e9].map(gigabytes)).toEqual(["18.6", "1.58", "512"]);
  });
  it("says times as people do", () => {
    expect([0.213, 2.9, 300, 9000].map(seconds)).toEqual(["213 ms", "2.9 s", "5.0 min", "2.5 h"]);
  });
  it("puts a space before %", () => expect(percent(0.043)).toBe("4.3 %"));
  it("rounds an axis", () => expect([5, 2.5, 100].map(tick)).toEqual(["5", "2.5", "100"]));
});

describe("chance", () => {
  it("is never certain", () => {
    expect([1, 0.999999, 0.284, 0].map(chance)).toEqual(["99 in 100", "99 in 100", "28 in 100", "under 1 in 100"]);
  });
});
