const records = JSON.parse(require('fs').readFileSync(0, 'utf8'));
const before = JSON.stringify(records);
const write = process.stdout.write.bind(process.stdout);
process.stdout.write = process.stderr.write.bind(process.stderr);
const { dedupe } = require('./dedupe.js');
const out = dedupe(records);
write(JSON.stringify({ out, untouched: JSON.stringify(records) === before && out !== records }) + '\n');
