function dedupe(records) {
  const byId = {};
  for (const r of records) {
    if (!byId[r.id] || r.updatedAt >= byId[r.id].updatedAt) byId[r.id] = r;
  }
  return Object.values(byId);
}
module.exports = { dedupe };
