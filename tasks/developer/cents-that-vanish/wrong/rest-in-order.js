function split(total, weights) {
  const cents = Math.round(Number(total) * 100);
  const sum = weights.reduce((a, b) => a + b, 0);
  const shares = weights.map((w) => Math.floor((cents * w) / sum));
  let left = cents - shares.reduce((a, b) => a + b, 0);
  for (let i = 0; left > 0; i++, left--) shares[i]++;
  return shares.map((c) => (c / 100).toFixed(2));
}
module.exports = { split };
