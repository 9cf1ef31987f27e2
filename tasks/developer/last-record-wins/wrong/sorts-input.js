function dedupe(records) {
  records.sort((a, b) => new Date(b.updatedAt) - new Date(a.updatedAt));
  const seen = new Set();
  return records.filter((r) => !seen.has(r.id) && seen.add(r.id));
}
module.exports = { dedupe };
