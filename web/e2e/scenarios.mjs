// Scenarios that a browser keeps, side by side, and the report in the page.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { violations } from "./axe.mjs";
import { open, settled } from "./browser.mjs";

const needsFile = (name) => new URL(`../../examples/needs-${name}.toml`, import.meta.url).pathname;
const field = (page, name) => page.getByRole("textbox", { name: new RegExp(`^${name}`) });

async function keep(page, name) {
  await field(page, "Name of this situation").fill(name);
  await page.getByRole("button", { name: "Keep it" }).click();
  await page.getByRole("checkbox", { name }).waitFor();
}

export const scenarioChecks = [
  ["a scenario survives a reload, is renamed, opened, and deleted", async (browser, at) => {
    const { page, faults, close } = await open(browser, `${at}#/decide?budget=10000&quiet=1`);
    await settled(page);
    await keep(page, "Ten thousand");
    await page.reload();
    await settled(page);
    const list = page.getByRole("list", { name: "Scenarios" });
    await page.getByRole("button", { name: "Rename Ten thousand" }).click();
    await field(page, "New name of Ten thousand").fill("Quiet at ten");
    await page.getByRole("button", { name: "Rename", exact: true }).click();
    await page.getByRole("checkbox", { name: "Quiet at ten" }).waitFor();
    await page.getByRole("button", { name: "a hobbyist" }).click();
    await settled(page);
    await page.getByRole("button", { name: "Open Quiet at ten" }).click();
    await page.waitForFunction(() => location.hash.includes("budget=10000") && location.hash.includes("quiet=1"));
    await page.getByRole("button", { name: "Delete Quiet at ten" }).click();
    await list.waitFor({ state: "detached" });
    await page.reload();
    await settled(page);
    assert.equal(await list.count(), 0);
    assert.deepEqual(faults, []);
    await close();
  }],
  ["a scenario says when the catalog has changed since, and one of today does not", async (browser, at) => {
    const { page, close } = await open(browser, at);
    await settled(page);
    await keep(page, "Today");
    assert.equal(await page.getByText("The catalog has changed since").count(), 0);
    await page.evaluate(() => {
      const all = JSON.parse(localStorage.getItem("rigwise.scenarios"));
      localStorage.setItem("rigwise.scenarios", JSON.stringify(all.map((each) => ({ ...each, catalog: "another" }))));
    });
    await page.reload();
    await page.getByText("The catalog has changed since").waitFor();
    await close();
  }],
  ["needs files come in and go out, and scenarios stand side by side", async (browser, at) => {
    const { page, faults, close } = await open(browser, at);
    await settled(page);
    await page.locator("#needs").setInputFiles([needsFile("hobbyist"), needsFile("company")]);
    const table = page.getByRole("region", { name: "Scenarios side by side" });
    await table.waitFor();
    await settled(page);
    const said = await table.innerText();
    assert.match(said, /needs-hobbyist[^]*needs-company/);
    assert.match(said, /The answer[^]*Today[^]*Buying nothing/);
    for (const kind of ["TOML", "JSON"]) {
      const [saved] = await Promise.all([page.waitForEvent("download"), page.getByRole("button", { name: `${kind} of needs-company` }).click()]);
      const path = await saved.path();
      const text = readFileSync(path, "utf8");
      assert.match(text, /25000/);
      await page.locator("#needs").setInputFiles({ name: `again.${kind.toLowerCase()}`, mimeType: "text/plain", buffer: Buffer.from(text) });
    }
    await page.getByText("again 2", { exact: true }).first().waitFor();
    await page.locator("#needs").setInputFiles({ name: "broken.toml", mimeType: "text/plain", buffer: Buffer.from("= 1") });
    await page.getByText("Broken.toml cannot be read").waitFor();
    assert.deepEqual(await violations(page), []);
    await page.emulateMedia({ colorScheme: "dark" });
    assert.deepEqual(await violations(page), []);
    await page.setViewportSize({ width: 360, height: 800 });
    await settled(page);
    assert.ok((await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth)) <= 0, "it scrolls sideways at 360");
    assert.deepEqual(faults, []);
    await close();
  }],
  ["the report opens as a page of its own, and is saved as one", async (browser, at) => {
    const { page, faults, close } = await open(browser, at);
    await settled(page);
    await field(page, "For").fill("Nordic <Ltd>");
    const [tab] = await Promise.all([page.context().waitForEvent("page"), page.getByRole("button", { name: "Open the report" }).click()]);
    await tab.getByText("Nordic <Ltd>").first().waitFor();
    assert.match(tab.url(), /^blob:/);
    assert.ok((await tab.locator("h2").count()) >= 5);
    await tab.close();
    const [saved] = await Promise.all([page.waitForEvent("download"), page.getByRole("button", { name: "Save it" }).click()]);
    const html = readFileSync(await saved.path(), "utf8");
    assert.match(html, /^<!DOCTYPE html>/i);
    assert.match(html, /Nordic &lt;Ltd&gt;/);
    assert.doesNotMatch(html, /(src|href)="https?:[^"]*\.(js|css|png)/);
    assert.deepEqual(faults, []);
    await close();
  }],
];
