const given = JSON.parse(require('fs').readFileSync(0, 'utf8'));
const write = process.stdout.write.bind(process.stdout);
process.stdout.write = process.stderr.write.bind(process.stderr);
const { runAll } = require('./pool.js');
let started = 0, running = 0, most = 0;
const finished = [];
const jobs = given.jobs.map(([ms, name]) => () => {
  started++;
  running++;
  most = Math.max(most, running);
  if (ms < 0) { running--; throw new Error(name.slice(1)); }
  return new Promise((resolve, reject) => setTimeout(() => {
    running--;
    finished.push(name);
    if (name.startsWith('!')) reject(new Error(name.slice(1)));
    else resolve(name);
  }, ms * 4));
});
const extra = given.log ? { finished } : {};
let pending;
try { pending = Promise.resolve(runAll(jobs, given.limit)); } catch (e) { pending = Promise.reject(e); }
pending.then((results) => ({ results }), (e) => ({ error: e.message })).then((outcome) => {
  setTimeout(() => write(JSON.stringify({ ...outcome, started, most, ...extra }) + '\n'), 300);
});
process.on('unhandledRejection', () => {});
