async function runAll(jobs, limit) {
  return Promise.all(jobs.map((job) => job()));
}
module.exports = { runAll };
