const names = JSON.parse(require('fs').readFileSync(0, 'utf8'));
const write = process.stdout.write.bind(process.stdout);
process.stdout.write = process.stderr.write.bind(process.stderr);
const { split } = require('./names.js');
write(JSON.stringify(names.map((name) => split(name))) + '\n');
