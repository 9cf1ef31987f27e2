function fieldsOf(line) {
  const fields = [];
  let at = 0;
  while (at <= line.length) {
    let field = '';
    if (line[at] === '"') {
      at++;
      while (at < line.length && !(line[at] === '"' && line[at + 1] !== '"')) {
        if (line[at] === '"') at++;
        field += line[at++];
      }
      at++;
    } else {
      while (at < line.length && line[at] !== ',') field += line[at++];
    }
    fields.push(field);
    at++;
  }
  return fields;
}

function parse(text) {
  const lines = text.split(/\r?\n/).filter((line) => line !== '');
  if (lines.length === 0) return [];
  const names = fieldsOf(lines[0]);
  return lines.slice(1).map((line) => {
    const fields = fieldsOf(line);
    return Object.fromEntries(names.map((name, i) => [name, fields[i] ?? '']));
  });
}

module.exports = { parse };
