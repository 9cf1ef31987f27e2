function dedupe(records) {
  return [...new Map(records.map((r) => [r.id, r])).values()];
}
module.exports = { dedupe };
