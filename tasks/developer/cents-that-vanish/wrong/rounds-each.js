function split(total, weights) {
  const sum = weights.reduce((a, b) => a + b, 0);
  return weights.map((w) => (Math.round((Number(total) * 100 * w) / sum) / 100).toFixed(2));
}
module.exports = { split };
