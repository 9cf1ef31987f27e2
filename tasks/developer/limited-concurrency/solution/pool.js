async function runAll(jobs, limit) {
  const results = new Array(jobs.length);
  let next = 0;
  let failed = false;

  async function worker() {
    while (next < jobs.length && !failed) {
      const index = next++;
      try {
        results[index] = await jobs[index]();
      } catch (error) {
        failed = true;
        throw error;
      }
    }
  }

  await Promise.all(Array.from({ length: Math.min(limit, jobs.length) }, worker));
  return results;
}

module.exports = { runAll };
