import { expect, it } from "vitest";
import { parseCsv } from "./csv";
import { csv, markdown } from "./table";

const columns = [
  { name: "Machine", value: (row: { name: string; speed: number | null }) => row.name },
  { name: "Speed", unit: "tok/s", value: (row: { name: string; speed: number | null }) => row.speed },
];
const rows = [{ name: 'A "big", one', speed: 61 }, { name: "B | C", speed: null }];

it("quotes what CSV needs quoted", () => expect(csv(columns, rows)).toBe('Machine,Speed (tok/s)\n"A ""big"", one",61\nB | C,\n'));
it("aligns numbers and escapes bars in Markdown", () => expect(markdown(columns, rows)).toBe('| Machine | Speed (tok/s) |\n| --- | ---: |\n| A "big", one | 61 |\n| B \\| C |  |\n'));
it("reads back what it wrote", () => expect(parseCsv(csv(columns, rows))).toEqual([{ Machine: 'A "big", one', "Speed (tok/s)": "61" }, { Machine: "B | C", "Speed (tok/s)": "" }]));
