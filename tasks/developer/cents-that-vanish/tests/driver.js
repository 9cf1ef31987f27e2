const cases = JSON.parse(require('fs').readFileSync(0, 'utf8'));
const write = process.stdout.write.bind(process.stdout);
process.stdout.write = process.stderr.write.bind(process.stderr);
const { split } = require('./split.js');
write(JSON.stringify(cases.map(([total, weights]) => split(total, weights))) + '\n');
