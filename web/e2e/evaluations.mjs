// Own evaluations: runs of the server's store, review in the browser, and the form that writes a task.
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { violations } from "./axe.mjs";
import { open, settled } from "./browser.mjs";
import { rigwise, startWithStore } from "./program.mjs";

const served = (at) => at.startsWith("http");
const reviewed = (page) => page.getByRole("region", { name: "Review of an answer" });

/** The quality page of a server with a store, its token shown once. */
async function openStore(browser, server, view = "#/quality?run=november", how = {}) {
  const opened = await open(browser, server.url, how);
  await opened.page.goto(server.at(view));
  await settled(opened.page);
  return opened;
}

/** A keystroke at a time, as a reviewer's hand does it. */
async function grade(page, keys) {
  await reviewed(page).focus();
  for (const key of keys) await page.keyboard.press(key);
}

const field = (page, name) => page.getByRole("textbox", { name: new RegExp(`^${name}`) });

/** Fills the form; gives what shows its file. */
async function writeTask(page) {
  await page.getByText("Write a task", { exact: true }).click();
  const fields = {
    Title: "Reminder for an overdue invoice",
    Prompt: "Write a reminder for 1,204.50.\nEnd with `Total: NUMBER`.",
    "Reference answer": "Please pay by 2 December.\n\nTotal: 1204.50",
    "What a good answer has": "the sum\na date",
    "Words it must have": "2 december | december 2",
    "A number it must give": "1204.5",
    "On the line that begins with": "Total",
  };
  for (const [name, text] of Object.entries(fields)) await field(page, name).fill(text);
  for (const [i, text] of ["Please pay soon.\n\nTotal: 1204.50", "By 2 December.\n\nTotal: 1024.50", "Pay."].entries()) await page.getByRole("textbox", { name: `Wrong answer ${i + 1}`, exact: true }).fill(text);
  return page.getByRole("region", { name: "The file", exact: true });
}

export const evaluationChecks = [
  ["a server's runs are offered, chosen and reported; the link shows the same", async (browser, at) => {
    if (!served(at)) return;
    const server = await startWithStore();
    const { page, faults, close } = await openStore(browser, server, "#/quality");
    await page.getByLabel("A run of this server's store").selectOption("november");
    await page.getByRole("heading", { name: "november" }).waitFor();
    await settled(page);
    assert.match(page.url(), /run=november/);
    assert.match(await page.getByRole("list", { name: "Scores with their intervals" }).innerText(), /gemma3:27b[^]*qwen3:8b/);
    assert.match(await page.locator("#answer").innerText(), /An answer to[^]*names what matters[^]*judge-a[^]*says what was asked for[^]*judge-b/);
    assert.deepEqual(await violations(page), []);
    assert.deepEqual(faults, []);
    await close();
    await server.close();
  }],
  ["a run under way is followed", async (browser, at) => {
    if (!served(at)) return;
    const server = await startWithStore({ waiting: 4 });
    const { page, faults, close } = await openStore(browser, server);
    await page.getByText("It is under way, and followed.").waitFor();
    server.take(0);
    await page.getByText("It is under way, and followed.").waitFor({ state: "detached", timeout: 20000 });
    await page.waitForFunction(() => /\. 12 answers/.test(document.querySelector("main").innerText));
    assert.deepEqual(faults, []);
    await close();
    await server.close();
  }],
  ["an answer is reviewed by keyboard, blind to who gave it, and stands in the ledger as the terminal's does", async (browser, at) => {
    if (!served(at)) return;
    const server = await startWithStore();
    const { page, faults, close } = await openStore(browser, server);
    const desk = reviewed(page);
    await desk.getByRole("group", { name: "Verdict of judge-b" }).waitFor();
    const said = await desk.innerText();
    for (const part of [/fail versus good|random sample|evidence missing/, /Task[^]*Reference[^]*Answer[^]*Checks[^]*names what matters/, /judge-a[^]*Correctness[^]*of 2[^]*judge-b/]) assert.match(said, part);
    assert.ok((await desk.locator("q").first().innerText()).length > 5, "the judges' quotations stand there");
    assert.doesNotMatch(await desk.locator("h4").first().innerText(), /gemma|qwen/);
    await grade(page, ["v"]);
    await desk.getByRole("group", { name: "Verdict of judge-b" }).waitFor({ state: "detached" });
    const task = (await desk.locator("h4").first().innerText()).split("\n")[0];
    await desk.getByLabel("Who decides").fill("ana");
    await desk.getByLabel("Why").fill("right, but no sources");
    await grade(page, ["2", "0", "Backspace", "1", "2"]);
    assert.match(page.url(), /#\/quality/, "a digit is a grade here, and no page");
    await page.keyboard.press("Enter");
    await page.waitForFunction((before) => !document.querySelector(".desk h4").innerText.startsWith(before), task);
    const cases = JSON.parse(server.said("eval", "review", "--run", "run-1", "--all", "--json")).cases;
    const decided = cases.filter((each) => each.decided);
    assert.equal(decided.length, 1);
    assert.deepEqual([decided[0].task, decided[0].grades, decided[0].who, decided[0].note], [task, [2, 1, 2], "ana", "right, but no sources"]);
    assert.deepEqual(await violations(page), []);
    await page.emulateMedia({ colorScheme: "dark" });
    assert.deepEqual(await violations(page), []);
    assert.deepEqual(faults, []);
    await close();
    await server.close();
  }],
  ["what somebody else graded meanwhile is shown, and replaced only when told so", async (browser, at) => {
    if (!served(at)) return;
    const server = await startWithStore();
    const { page, faults, close } = await openStore(browser, server);
    const desk = reviewed(page);
    await desk.getByLabel("Who decides").fill("ana");
    const [first] = JSON.parse(server.said("eval", "review", "--run", "run-1", "--json")).cases;
    server.said("eval", "review", "--run", "run-1", "--decide", first.key, "--grades", "0,0,1", "--who", "bo");
    await grade(page, ["2", "2", "2", "Enter"]);
    await desk.getByRole("alert").waitFor();
    assert.match(await desk.getByRole("alert").innerText(), /Bo has graded this answer meanwhile: \[0,0,1\][^]*not written: 2, 2, 2/);
    assert.deepEqual(await violations(page), []);
    const now = () => JSON.parse(server.said("eval", "review", "--run", "run-1", "--all", "--json")).cases.find((each) => each.key === first.key);
    assert.equal(now().who, "bo");
    await desk.getByRole("button", { name: "Replace it with mine" }).click();
    await page.getByText("Decided;").waitFor();
    assert.deepEqual([now().who, now().grades], ["ana", [2, 2, 2]]);
    assert.deepEqual(faults.filter((fault) => !/409 \(Conflict\)/.test(fault)), []); // the browser's own word on the refusal
    await close();
    await server.close();
  }],
  ["without a token a server only shows, and says how to decide", async (browser, at) => {
    if (!served(at)) return;
    const server = await startWithStore({ token: "" });
    const { page, faults, close } = await openStore(browser, server);
    await reviewed(page).getByText("This server only shows.").waitFor();
    assert.equal(await reviewed(page).getByRole("radio").count(), 0);
    assert.deepEqual(faults, []);
    await close();
    await server.close();
  }],
  ["a task is written by a form: its faults live, its file as the terminal reads it", async (browser, at) => {
    const { page, faults, close } = await open(browser, `${at}#/quality`);
    await settled(page);
    const file = await writeTask(page);
    await file.getByText("A task: the reader of tasks has no fault.").waitFor();
    await field(page, "Title").fill("");
    await file.getByText("Not a task yet").waitFor();
    await field(page, "Title").fill("Reminder for an overdue invoice");
    await file.getByText("A task: the reader of tasks has no fault.").waitFor();
    assert.deepEqual(await violations(page), []);
    const [saved] = await Promise.all([page.waitForEvent("download"), file.getByRole("button", { name: "Save the file" }).click()]);
    assert.equal(saved.suggestedFilename(), "reminder-for-an-overdue-invoice.task.md");
    const folder = mkdtempSync(`${tmpdir()}/rigwise-form-`);
    mkdirSync(`${folder}/office_admin`);
    await saved.saveAs(`${folder}/office_admin/${saved.suggestedFilename()}`);
    // It exits with 0 when the reference passes and empty, echoed and wrong answers do not.
    assert.match(execFileSync(rigwise, ["eval", "tasks", "prove", "--tasks", folder], { encoding: "utf8" }), /1 of 1 task proven/);
    await page.keyboard.press("Escape");
    await page.evaluate(() => { location.hash = "#/runs"; });
    await page.waitForFunction(() => document.querySelector('nav a[aria-current="page"]').textContent === "Runs");
    await page.evaluate(() => { location.hash = "#/quality"; });
    assert.equal(await field(page, "Title").inputValue(), "Reminder for an overdue invoice", "what was typed is kept");
    assert.deepEqual(faults, []);
    await close();
    rmSync(folder, { recursive: true });
  }],
  ["a task is saved in the server's folder, and never over another", async (browser, at) => {
    if (!served(at)) return;
    const server = await startWithStore();
    const { page, faults, close } = await openStore(browser, server, "#/quality");
    const file = await writeTask(page);
    const save = file.getByRole("button", { name: "Save it in the server's folder" });
    await save.click();
    await page.getByText("Saved as office_admin/reminder-for-an-overdue-invoice.task.md").waitFor();
    assert.match(readFileSync(`${server.tasks}/office_admin/reminder-for-an-overdue-invoice.task.md`, "utf8"), /^\+\+\+\nschema = 1\n[^]*\+\+\+ wrong skims/);
    await save.click();
    await file.getByText("There is a task office_admin/reminder-for-an-overdue-invoice already").waitFor();
    assert.deepEqual(readdirSync(`${server.tasks}/office_admin`), ["reminder-for-an-overdue-invoice.task.md"]);
    assert.deepEqual(faults.filter((fault) => !/409 \(Conflict\)/.test(fault)), []);
    await close();
    await server.close();
  }],
];
