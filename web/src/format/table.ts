// Tables as people paste them.

export interface Column<Row> {
  name: string;
  unit?: string;
  value: (row: Row) => string | number | null | undefined;
}

const heading = <Row>(column: Column<Row>) => (column.unit ? `${column.name} (${column.unit})` : column.name);

function cell(text: string | number | null | undefined): string {
  const plain = text == null ? "" : String(text);
  return /[",\n]/.test(plain) ? `"${plain.replaceAll('"', '""')}"` : plain;
}

export function csv<Row>(columns: Column<Row>[], rows: Row[]): string {
  const lines = [columns.map((column) => cell(heading(column))).join(",")];
  for (const row of rows) lines.push(columns.map((column) => cell(column.value(row))).join(","));
  return `${lines.join("\n")}\n`;
}

export function markdown<Row>(columns: Column<Row>[], rows: Row[]): string {
  const escaped = (text: string | number | null | undefined) => (text == null ? "" : String(text).replaceAll("|", "\\|"));
  const line = (cells: string[]) => `| ${cells.join(" | ")} |`;
  return [
    line(columns.map((column) => escaped(heading(column)))),
    line(columns.map((column) => (rows.length > 0 && typeof column.value(rows[0]!) === "number" ? "---:" : "---"))),
    ...rows.map((row) => line(columns.map((column) => escaped(column.value(row))))),
    "",
  ].join("\n");
}
