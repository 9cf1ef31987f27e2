import { expect, it } from "vitest";
// @ts-expect-error: a tool of the build, plain JavaScript
import { fold } from "../../tools/fold.mjs";
import { unfold } from "./fold";

const table = (name: string, text: string) => `T ${name} ${new TextEncoder().encode(text).length}\n${text}`;

it("gives back what was folded", () => {
  const bundle = `head 1\nR devices/a.toml 9\nid\tsa\nT not,a table\n${table("m/a.csv", 'id,note\n1,"a, ragged ""row"""\n2,café µ\n\n3\n')}${table("m/empty.csv", "")}${table("dossiers/a.md", "1,2\n3,4\n")}${table("m/b.csv", "x,y\nT m/c.csv 3\n1,2")}`;
  const folded = fold(bundle) as string;
  expect(folded).not.toBe(bundle);
  expect(unfold(folded)).toBe(bundle);
});
it("refuses what it could not give back", () => {
  expect(() => fold("a\x02b")).toThrow(/mark its columns/);
});
