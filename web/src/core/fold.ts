// The catalog's tables come column by column (tools/fold.mjs); the core wants them row by row.

function rows(table: string): string {
  const columns = table.split("\x01").map((column) => column.split("\n"));
  return columns[0]!.map((_, row) => columns.map((column) => column[row]!).filter((cell) => cell !== "\x02").join(",")).join("\n");
}

export const unfold = (folded: string): string => folded.split("\x03").map((part, i) => (i % 2 ? rows(part) : part)).join("");
