import { expect, it } from "vitest";
import { readLink, writeLink } from "./link";

it("reads what it writes", () => {
  const view = { page: "speed" as const, params: { model: "gpt-oss-120b", machine: "2x nvidia-geforce-rtx-3090@pcie-4-x16", claim: "7B at 90 tok/s & more" } };
  expect(readLink(writeLink(view))).toEqual(view);
});
it("orders the settings, so that equal views have equal links", () => {
  expect(writeLink({ page: "fit", params: { b: "2", a: "1" } })).toBe(writeLink({ page: "fit", params: { a: "1", b: "2" } }));
});
it("opens Decide for an address it does not know", () => {
  expect(readLink("#/nowhere").page).toBe("decide");
  expect(readLink("").page).toBe("decide");
});
it("knows the texts of a publisher", () => {
  expect(readLink("#/read?text=faq")).toEqual({ page: "read", params: { text: "faq" } });
});
