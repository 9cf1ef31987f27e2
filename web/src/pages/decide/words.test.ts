import { expect, it } from "vitest";
import type { AdviseResponse } from "../../core/types";
import { headline } from "./words";

/** As much of an answer as a headline reads. */
const answer = (action: AdviseResponse["action"], label = "NVIDIA GeForce RTX 4090"): AdviseResponse =>
  ({ action, currency: "USD", options: action === "nothing" ? [] : [{ label, price: 2500 }] }) as unknown as AdviseResponse;

it("the headline says what to do with the first option", () => {
  expect(headline(answer("buy"))).toMatch(/^Buy an? .*4090 for/);
  expect(headline(answer("wait_for"))).toMatch(/^Wait for an? .*4090 for/);
  expect(headline(answer("keep"))).toMatch(/^Keep your .*4090\.$/);
  expect(headline(answer("nearest"))).toMatch(/^Nothing within these limits .* comes nearest\.$/);
  expect(headline(answer("nothing"))).toMatch(/Buy nothing\.$/);
});
