// A store of an evaluation that never ran, as `rigwise store import` takes it: two models, six tasks, two judges, three
// answers that wait for a person.
import { createHash } from "node:crypto";

const sha256 = (text) => createHash("sha256").update(text).digest("hex");

/** One frame of zstd with its bytes as they are: what a ledger keeps texts in. */
function frame(text) {
  const bytes = Buffer.from(text);
  const head = Buffer.alloc(12);
  head.writeUInt32LE(0xfd2fb528, 0);
  head.writeUInt8(0xa0, 4); // one segment, its size in four bytes
  head.writeUInt32LE(bytes.length, 5);
  head.writeUIntLE((bytes.length << 3) | 1, 9, 3); // the last block, raw
  return Buffer.concat([head, bytes]).toString("base64");
}

const tasks = [
  ["reminder", "office_admin", "content", "Write a reminder for an invoice of 1,204.50 that has been overdue for 16 days. Name the sum, the due date (6 November) and a date to pay by. At most 120 words.", "Dear Ms Lind,\n\nOur invoice of 1,204.50 was due on 6 November and is still open. Please pay it by 2 December.\n\nKind regards", "the sum, both dates, a calm tone"],
  ["ageing", "accountant", "analysis-reasoning", "Items are due 30 November (1,200.00), 21 November (90.00) and 23 August (2,300.00). Today is 22 November. How much is overdue by more than 60 days? End with `Total: NUMBER`.", "Only the item of 23 August is overdue by more than 60 days.\n\nTotal: 2300.00", "counts days from the due date"],
  ["rollback", "it_admin", "shell-devops", "A release broke the login. Name the three things you do first, in order, one line each.", "1. Roll back to the last release.\n2. Check that people can log in.\n3. Tell everybody what happened.", "roll back first, look for the cause later"],
  ["retry", "developer", "bug-fixing", "A client asks again at once after every error and brings the server down. What do you change? Name two things.", "Wait longer after each failure, with some chance in it, and stop after a few tries.", "backoff with jitter, a limit"],
  ["minutes", "manager", "content", "Turn these notes into two decisions and one open question: budget yes, hire later, who owns the audit?", "Decided: the budget stands; hiring waits.\nOpen: who owns the audit?", "two decisions, one question"],
  ["tolerance", "engineer", "reasoning", "A shaft of 20.00 mm has a tolerance of 0.02 mm, its hole 20.05 mm and 0.03 mm. What is the least play? End with `Answer: NUMBER`.", "Smallest hole 20.02, largest shaft 20.02.\n\nAnswer: 0.00", "the worst case of both"],
];
const models = [["gemma3:27b", 0.9], ["qwen3:8b", 0.6]];
const judges = ["judge-a", "judge-b"];
const open = new Map([["0 qwen3:8b", ["fail_versus_good", "evidence_missing"]], ["1 qwen3:8b", ["fail_versus_good"]], ["3 gemma3:27b", ["random_sample"]]]);

/** The lines; `waiting` items have not been asked yet. */
export function storeLines(waiting = 0) {
  const blobs = new Map();
  const put = (text) => {
    blobs.set(sha256(text), text);
    return sha256(text);
  };
  const rows = { task_rev: [], model_ref: [], item: [], run_item: [], attempt: [], check_result: [], judge_item: [], review: [] };
  for (const name of [...models.map(([model]) => model), ...judges]) rows.model_ref.push([sha256(name), name, name.split(/[-:0-9]/)[0], null, null, null, null, null, null]);
  let spent = 0;
  tasks.forEach(([slug, role, category, prompt, reference, expected], number) => {
    const id = `${role}/${slug}`;
    rows.task_rev.push([sha256(id), id, role, category, "text", "en", id, put(JSON.stringify({ id, prompt, reference, expects: [expected], pass: 0.6 }))]);
    for (const [model, skill] of models) {
      const key = sha256(`${id} ${model}`), answer = put(`${reference.split("\n")[0]}\n\n(An answer to ${slug}.)`);
      const done = rows.item.length < tasks.length * models.length - waiting, reasons = open.get(`${number} ${model}`);
      const base = [key, sha256(id), sha256(model), "local", "{}", 0, 1, 0];
      rows.run_item.push(["run-1", key]);
      rows.item.push(done ? [...base, reasons ? "needs_review" : "done", "ok", `a-${key}`, 0, null, 1, null] : [...base, "planned", null, null, 0, null, 0, null]);
      if (!done) continue;
      spent += 1_200_000;
      rows.attempt.push([`a-${key}`, key, 1, "run-1", "local", "ended", 1_795_000_000_000, 1_795_000_004_000, 0, 200, null, null, "ok", "stop", null, null, 400_000_000, 4_000_000_000, 310, null, 120, null, 1_200_000, "price", null, model, null, answer, null, null]);
      const value = Math.round(100 * Math.max(0, skill - 0.06 * number)) / 100;
      rows.check_result.push([key, "1 keyword", "1", `a-${key}`, value, 1, JSON.stringify({ name: "names what matters", type: "keyword", part: "content", note: value > 0.7 ? "all groups" : "2 of 3 groups" })]);
      rows.check_result.push([key, "score", "1", `a-${key}`, value, 1, "{}"]);
      judges.forEach((judge, second) => {
        const grade = { score: reasons?.includes("fail_versus_good") ? (second ? 0 : 2) : skill > 0.7 ? 2 : 1, evidence: reference.split("\n")[0].slice(0, 60), reason: second ? "a date is missing that the task asks for" : "says what was asked for, in order" };
        rows.judge_item.push([`${key} ${judge}`, key, answer, sha256(judge), "prompt", 0, "done", JSON.stringify({ correctness: grade, completeness: { ...grade, score: 1 }, quality: { ...grade, score: 2 }, injection_suspected: false }), null, 1, 30_000]);
      });
      for (const reason of reasons ?? []) rows.review.push([key, reason, 1_795_000_005_000, null, null, null, null]);
    }
  });
  const line = (table, row) => JSON.stringify({ table, row });
  const lines = [JSON.stringify({ format: "rigwise_ledger", version: 1 })];
  for (const [hash, text] of blobs) lines.push(line("blob", [hash, Buffer.byteLength(text), { base64: frame(text) }]));
  rows.task_rev.forEach((row) => lines.push(line("task_rev", row)));
  lines.push(line("endpoint", ["local", "ollama", "http://localhost:11434/v1", null]));
  rows.model_ref.forEach((row) => lines.push(line("model_ref", row)));
  lines.push(line("run", ["run-1", "november", "{\"protocol\":1}", "0.1.0", "desk", 1_795_000_000_000, null, spent, 0, 0]));
  for (const table of ["item", "run_item", "attempt", "check_result", "judge_item", "review"]) rows[table].forEach((row) => lines.push(line(table, row)));
  return [...lines, JSON.stringify({ end: { rows: lines.length - 1, sha256: sha256(lines.map((each) => `${each}\n`).join("")) } })];
}
