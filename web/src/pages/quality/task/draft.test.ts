import { expect, test } from "vitest";
import { emptyDraft, fileOf, idOf, requestOf, slugOf } from "./draft";

const draft = (with_: Partial<ReturnType<typeof emptyDraft>>) => ({ ...emptyDraft(), ...with_ });
const checks = (of: ReturnType<typeof emptyDraft>) => (requestOf(of, "2026-11-22").settings as { check: unknown[] }).check;

test("a title becomes a slug that an id may hold", () => {
  expect(slugOf("Överdue invoices, kurz & bündig!")).toBe("overdue-invoices-kurz-bundig");
  expect(idOf(draft({ title: "Two words" }))).toBe("office_admin/two-words");
  expect(idOf(draft({ title: "Two words", slug: "../../etc" }))).toBe("office_admin/../../etc"); // the core refuses it in words
});

test("words are groups by line, synonyms by bar", () => {
  expect(checks(draft({ words: "net 30 | thirty days\n\n invoice ", not: "guaranteed" }))).toEqual([{ type: "keyword", must: true, groups: [["net 30", "thirty days"], ["invoice"]], not: ["guaranteed"] }]);
});

test("a number is one where it can be read as one", () => {
  expect(checks(draft({ number: "12.5", tolerance: "0.1", must: false }))).toEqual([{ type: "number", label: "Answer", value: 12.5, tolerance: 0.1 }]);
  expect(checks(draft({ number: "twelve" }))).toEqual([{ type: "number", must: true, label: "Answer", value: "twelve" }]);
});

test("code is compiled and run by its cases, where there are any", () => {
  const of = draft({ kind: "code", code: "go", file: fileOf("go"), cases: [{ stdin: "3", stdout: "9" }, { stdin: "", stdout: "" }] });
  expect(requestOf(of, "2026-11-22").settings).toMatchObject({ sandbox: { language: "go", file: "answer.go" } });
  expect(checks(of)).toEqual([{ type: "compile" }, { type: "unit_test", must: true, case: [{ stdin: "3\n", stdout: "9" }] }]);
  expect(checks(draft({ kind: "code", code: "sql" }))).toEqual([]);
});

test("what is empty is left out", () => {
  const request = requestOf(draft({}), "2026-11-22");
  expect(request.wrong).toEqual([]);
  expect(request.settings).not.toHaveProperty("lang");
  expect(request.settings).not.toHaveProperty("sandbox");
});
