function dedupe(records) {
  const newest = new Map();
  for (const record of records) {
    const known = newest.get(record.id);
    if (!known || Date.parse(record.updatedAt) >= Date.parse(known.updatedAt)) {
      newest.set(record.id, record); // a Map keeps the place of a key's first insertion
    }
  }
  return [...newest.values()];
}

module.exports = { dedupe };
