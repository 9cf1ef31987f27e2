function split(total, weights) {
  const cents = BigInt(total.replace('.', ''));
  const parts = weights.map(BigInt);
  const sum = parts.reduce((a, b) => a + b, 0n);
  const shares = parts.map((w) => (cents * w) / sum);
  let left = cents - shares.reduce((a, b) => a + b, 0n);
  const order = parts
    .map((w, index) => ({ index, rest: (cents * w) % sum }))
    .sort((a, b) => (a.rest === b.rest ? a.index - b.index : a.rest > b.rest ? -1 : 1));
  for (const { index } of order) {
    if (left === 0n) break;
    shares[index] += 1n;
    left -= 1n;
  }
  return shares.map((share) => {
    const text = share.toString().padStart(3, '0');
    return `${text.slice(0, -2)}.${text.slice(-2)}`;
  });
}

module.exports = { split };
