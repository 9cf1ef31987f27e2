async function runAll(jobs, limit) {
  const results = [];
  for (let i = 0; i < jobs.length; i += limit) {
    results.push(...(await Promise.all(jobs.slice(i, i + limit).map((job) => job()))));
  }
  return results;
}
module.exports = { runAll };
