const { readFileSync } = require('fs');
const { parse } = require('./csv.js');
const { byMonth } = require('./totals.js');

for (const { month, cents, best } of byMonth(parse(readFileSync(0, 'utf8')))) {
  console.log(`${month} ${(cents / 100).toFixed(2)} ${best}`);
}
