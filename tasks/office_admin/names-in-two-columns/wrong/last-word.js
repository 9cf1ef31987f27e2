function split(text) {
  if (text.includes(',')) {
    const [last, first] = text.split(', ');
    return [first, last];
  }
  const parts = text.trim().split(' ');
  return [parts.slice(0, -1).join(' '), parts[parts.length - 1]];
}
module.exports = { split };
