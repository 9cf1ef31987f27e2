const TITLES = new Set(['Dr.', 'Prof.', 'Ing.']);
const PARTICLES = new Set(['von', 'van', 'der', 'den', 'de', 'la', 'du']);

function words(text) {
  return text.trim().split(/\s+/).filter((word) => word !== '');
}

function split(text) {
  const all = words(text);
  while (all.length > 0 && TITLES.has(all[0])) all.shift();
  const clean = all.join(' ');
  const comma = clean.indexOf(',');
  if (comma >= 0) {
    return [clean.slice(comma + 1).trim(), clean.slice(0, comma).trim()];
  }
  let start = all.length - 1;
  while (start > 0 && PARTICLES.has(all[start - 1].toLowerCase())) start--;
  return [all.slice(0, Math.max(0, start)).join(' '), all.slice(Math.max(0, start)).join(' ')];
}

module.exports = { split };
