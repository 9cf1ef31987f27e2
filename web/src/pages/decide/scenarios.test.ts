import { expect, it } from "vitest";
import { asJson, asToml, freshName, readNeeds, readScenarios, type Needs, type Scenario, slug } from "./scenarios";

const needs: Needs = {
  budget: { max: 25000, currency: "CAD", horizon_months: 36 }, region: "CA", condition: "any",
  people: [{ role: "admin", count: 10 }, { role: "developer", count: 8 }], constraints: { always_on: true },
};
const scenario: Scenario = { id: "1", name: "A company\nof thirty", kept: "2026-11-22", catalog: "abc", needs, params: { budget: "25000" } };

it("writes needs files that it reads again", () => {
  expect(readNeeds("a.toml", asToml(scenario))).toEqual(needs);
  expect(readNeeds("a.json", asJson(scenario))).toEqual(needs);
  expect(readNeeds("a.json", JSON.stringify(needs))).toEqual(needs);
});
it("names a file in one line, so that a name cannot become a key", () => {
  expect(asToml(scenario).split("\n")[0]).toBe("# A company of thirty");
});
it("reads dates of TOML as text", () => {
  expect(readNeeds("a.toml", 'not_before = 2027-01-31\n[budget]\nmax = 1\ncurrency = "USD"\n')).toEqual({ not_before: "2027-01-31", budget: { max: 1, currency: "USD" } });
});
it("refuses what is no needs file, with its name", () => {
  expect(() => readNeeds("a.toml", "= 1")).toThrow(/^a\.toml cannot be read/);
  expect(() => readNeeds("a.json", "[]")).toThrow(/a\.json says nothing of a budget/);
  expect(() => readNeeds("a.toml", "x = 1\n")).toThrow(/a\.toml says nothing/);
});
it("passes over what is none of its own in the storage", () => {
  expect(readScenarios(JSON.stringify([scenario, { id: 1 }, null, "x"]))).toEqual([scenario]);
  expect(readScenarios("{")).toEqual([]);
  expect(readScenarios("{}")).toEqual([]);
  expect(readScenarios(null)).toEqual([]);
});
it("finds names that are free, and names for files", () => {
  expect(freshName("us", ["us", "us 2"])).toBe("us 3");
  expect([slug("Four neighbours, 2027"), slug("—")]).toEqual(["four-neighbours-2027", "needs"]);
});
