function split(text) {
  const clean = text.replace(/(Dr|Prof|Ing)\.\s*/g, '').replace(/\s+/g, ' ').trim();
  const m = clean.match(/^(.*?),\s*(.*)$/);
  if (m) return [m[2], m[1]];
  const i = clean.indexOf(' ');
  return i < 0 ? ['', clean] : [clean.slice(0, i), clean.slice(i + 1)];
}
module.exports = { split };
