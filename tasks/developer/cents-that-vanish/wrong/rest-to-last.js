function split(total, weights) {
  const cents = Math.round(parseFloat(total) * 100);
  const sum = weights.reduce((a, b) => a + b, 0);
  const shares = weights.map((w) => Math.floor((cents * w) / sum));
  shares[shares.length - 1] += cents - shares.reduce((a, b) => a + b, 0);
  return shares.map((c) => (c / 100).toFixed(2));
}
module.exports = { split };
