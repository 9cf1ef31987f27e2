import { expect, it } from "vitest";
import { about, axisMoney, money } from "./money";

it("shows a price as listed and a sum rounded", () => {
  expect(money(2459, "USD")).toBe("$2,459");
  expect(money(2459, "CHF")).toBe("2,459 CHF");
  expect(money(0.95, "USD")).toBe("$0.95");
  expect(about(3142, "USD")).toBe("$3,140");
});
it("puts the sign before the currency", () => expect(about(-215, "USD")).toBe("−$215"));
it("shortens only on axes", () => expect([0, 1000, 2500].map((value) => axisMoney(value, "USD"))).toEqual(["$0", "$1k", "$2.5k"]));
