import { expect, it } from "vitest";
import { prose } from "./prose";

it("writes headings, lists, emphasis and links", () => {
  expect(prose("# Questions\n\n- *one*\n- [two](https://example.org/a?b=1&c=2)")).toBe(
    '<h1>Questions</h1>\n<ul>\n<li><em>one</em></li>\n<li><a rel="noopener noreferrer" href="https://example.org/a?b=1&amp;c=2">two</a></li>\n</ul>',
  );
  expect(prose("<me@example.org>")).toContain("mailto:me@example.org");
});
it("shows HTML as the text it is", () => {
  for (const nasty of ["<script>alert(1)</script>", "<img src=x onerror=alert(1)>", "a <b onclick='x'>b</b>", "<!-- c --><svg/onload=alert(1)>"])
    expect(prose(nasty)).not.toMatch(/<(script|img|b|svg|!--)/);
});
it("follows no link that runs something", () => {
  for (const nasty of ["[a](javascript:alert(1))", "[a](JaVaScRiPt:alert(1))", "[a](data:text/html,x)", "[a](vbscript:x)", "<javascript:alert(1)>", "[a](java&#115;cript:x)"])
    expect(prose(nasty)).not.toMatch(/href="(?!")[^"]*(script|data):/i);
});
it("cannot leave the attribute it stands in", () => {
  expect(prose('[a](https://x/"onmouseover="alert(1))')).not.toMatch(/"\s*onmouseover/);
  expect(prose('[a](https://x "t\\" onclick=\\"b")')).not.toMatch(/" onclick/);
});
it("fetches no picture", () => {
  expect(prose("![a](https://example.org/a.png)")).not.toContain("<img");
  expect(prose("![a][1]\n\n[1]: https://example.org/a.png")).not.toContain("<img");
});
