function add(map, key, cents) {
  map.set(key, (map.get(key) ?? 0) + cents);
}

function bestOf(customers) {
  return [...customers].sort((a, b) => b[1] - a[1] || (a[0] < b[0] ? -1 : 1))[0][0];
}

function byMonth(rows) {
  const months = new Map();
  for (const { date, customer, amount } of rows) {
    const month = date.slice(0, 7);
    if (!months.has(month)) months.set(month, new Map());
    add(months.get(month), customer, Math.round(Number(amount) * 100));
  }
  return [...months]
    .sort((a, b) => (a[0] < b[0] ? -1 : 1))
    .map(([month, customers]) => ({
      month,
      cents: [...customers.values()].reduce((a, b) => a + b, 0),
      best: bestOf(customers),
    }));
}

module.exports = { byMonth };
