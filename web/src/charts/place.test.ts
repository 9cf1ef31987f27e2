import { expect, it } from "vitest";
import { place } from "./place";

const frame = { left: 0, right: 500, top: 0, bottom: 300 };

it("puts a name beside its mark", () => {
  expect(place([{ x: 100, y: 100, name: "One" }], frame, [])[0]).toMatchObject({ anchor: "start", withSub: false });
});
it("moves a name before it covers another", () => {
  const [first, second] = place([{ x: 100, y: 100, name: "One" }, { x: 102, y: 100, name: "Two" }], frame, []);
  expect(second).not.toBeNull();
  expect([first!.x, first!.y]).not.toEqual([second!.x, second!.y]);
});
it("leaves out what has no room, unless it must be named", () => {
  const full = [{ left: 0, right: 500, top: 0, bottom: 300 }];
  expect(place([{ x: 100, y: 100, name: "One" }], frame, full)[0]).toBeNull();
  expect(place([{ x: 100, y: 100, name: "One", must: true }], frame, full)[0]).not.toBeNull();
});
