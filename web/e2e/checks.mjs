// What must hold in both builds. A check is a claim and a function; `at` is the address of the build.
import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { violations } from "./axe.mjs";
import { open, settled } from "./browser.mjs";
import { smallGguf } from "./gguf.mjs";
import { writeSite } from "./program.mjs";
import { ownResults } from "./results.mjs";

const pages = ["decide", "speed", "fit", "people", "money", "quality", "machines", "runs", "trust"];
const onPage = (at, page, query = "") => `${at}#/${page}${query}`;

/** The four example needs, and what a person of each kind would say next: role and name of each click, what the link then holds. */
const situations = [
  ["a hobbyist", [["checkbox", "Quiet enough"], ["checkbox", "Hard questions"]], ["quiet=1", "hard=1"]],
  ["a coder with agents", [["button", "One more: Developers"], ["checkbox", "Private text"]], ["developer=1", "multi-agent=1", "private=1"]],
  ["a company of thirty", [["button", "One more: Developers"], ["button", "One more: Developers"], ["button", "One fewer: Managers"], ["checkbox", "Pictures and scans"], ["checkbox", "Private text"]], ["developer=10", "manager=3", "pictures=1"]],
  ["four neighbours", [["checkbox", "Letters"], ["button", "One more: At the same moment"], ["checkbox", "Used parts"]], ["letters=1", "asks=6", "used=0"]],
];

export const checks = [
  ...[[1280, 800], [360, 780]].map(([width, height]) => [`the landing page gives an answer with a because, without scrolling, ${width} wide`, async (browser, at) => {
    const { page, faults, close } = await open(browser, at, { width, height });
    await settled(page);
    const because = await page.locator(".because").boundingBox();
    assert.match(await page.locator("h1").innerText(), /^(Buy|Nothing)/);
    assert.match(await page.locator(".because").innerText(), /Because/);
    assert.ok(because.y + because.height < height, "the because is below the fold");
    assert.deepEqual(faults, []);
    await close();
  }]),
  ...pages.map((name) => [`${name} is whole, light and dark: nothing logged, nothing fetched elsewhere, axe finds nothing`, async (browser, at) => {
    const { page, faults, close } = await open(browser, onPage(at, name));
    await settled(page);
    assert.deepEqual(await violations(page), []);
    await page.emulateMedia({ colorScheme: "dark" });
    assert.deepEqual(await violations(page), []);
    assert.deepEqual(faults, []);
    await close();
  }]),
  ["every digit opens its page", async (browser, at) => {
    const { page, faults, close } = await open(browser, at);
    await settled(page);
    for (const [i, name] of pages.entries()) {
      await page.keyboard.press(String(i + 1));
      await page.waitForFunction((wanted) => location.hash.startsWith(`#/${wanted}`), name);
      assert.equal(await page.locator('nav a[aria-current="page"]').innerText(), name[0].toUpperCase() + name.slice(1));
    }
    assert.deepEqual(faults, []);
    await close();
  }],
  ["the other keys do what the help says", async (browser, at) => {
    const { page, faults, close } = await open(browser, onPage(at, "machines"));
    await settled(page);
    await page.keyboard.press("?");
    await page.getByRole("dialog", { name: "Keys" }).waitFor();
    await page.keyboard.press("Escape");
    await page.getByRole("dialog").waitFor({ state: "detached" });
    await page.keyboard.press("/");
    assert.equal(await page.evaluate(() => document.activeElement.type), "search");
    await page.keyboard.type("3090");
    await page.waitForFunction(() => /^\d+ of \d+/.test(document.querySelector(".filter .xs").textContent) && document.querySelectorAll("section tbody tr").length < 20);
    await page.evaluate(() => document.activeElement.blur());
    await page.evaluate(() => scrollTo(0, 600));
    await page.keyboard.press("0");
    await page.waitForFunction(() => scrollY === 0);
    await page.keyboard.press("p");
    await page.waitForFunction(() => location.hash.startsWith("#/quality"));
    await page.keyboard.press("l");
    await page.waitForFunction(() => location.hash.startsWith("#/decide"));
    await page.keyboard.press("g");
    await page.waitForFunction(() => location.hash.startsWith("#/trust"));
    assert.deepEqual(faults, []);
    await close();
  }],
  ["the palette finds a machine and opens its dossier", async (browser, at) => {
    const { page, faults, close } = await open(browser, at);
    await settled(page);
    await page.keyboard.press("Control+k");
    await page.getByRole("combobox", { name: /Find/ }).fill("framework desktop 128");
    await page.getByRole("option", { name: /Framework Desktop/ }).first().waitFor();
    await page.keyboard.press("Enter");
    await page.waitForFunction(() => location.hash.startsWith("#/machines?id=framework-desktop"));
    await settled(page);
    assert.match(await page.locator("h1").innerText(), /Framework Desktop/);
    assert.deepEqual(faults, []);
    await close();
  }],
  ["a pasted link shows the same view", async (browser, at) => {
    const first = await open(browser, at);
    await settled(first.page);
    await first.page.getByRole("checkbox", { name: "Quiet enough" }).click();
    await first.page.getByLabel("At most, today").focus();
    for (let i = 0; i < 4; i++) await first.page.keyboard.press("ArrowRight");
    await first.page.waitForTimeout(400);
    await settled(first.page);
    const link = first.page.url();
    const said = await first.page.locator("h1").innerText();
    const second = await open(browser, link);
    await settled(second.page);
    assert.match(link, /budget=10000.*quiet=1/);
    assert.equal(await second.page.locator("h1").innerText(), said);
    assert.equal(await second.page.getByRole("checkbox", { name: "Quiet enough" }).isChecked(), true);
    await first.close();
    await second.close();
  }],
  ...situations.map(([example, clicks, link]) => [`${example} gets a personal answer within six clicks: its because, the cloud beside it, no technical term asked`, async (browser, at) => {
    const { page, faults, close } = await open(browser, at);
    await settled(page);
    const questions = page.getByRole("form", { name: "Your situation" });
    assert.doesNotMatch(await questions.innerText(), /tok\/s|token|VRAM|GPU|quanti|context|KV|LLM|bandwidth|batch|parameter|latency/i);
    await questions.getByRole("button", { name: example }).click();
    for (const [role, name] of clicks) await questions.getByRole(role, { name }).click();
    assert.ok(clicks.length + 1 <= 6);
    await page.waitForFunction((wanted) => wanted.every((part) => location.hash.includes(part)), link);
    await settled(page);
    assert.match(await page.locator("h1").innerText(), /^(Buy|Nothing)/);
    assert.match(await page.locator(".because").innerText(), /Because[^]*(buy nothing|API)/i);
    assert.ok(await page.locator(".o.cl").isVisible(), "the cloud stands beside the options");
    assert.deepEqual(faults, []);
    await close();
  }]),
  ["the four situations get four answers", async (browser, at) => {
    const { page, close } = await open(browser, at);
    await settled(page);
    const answers = new Set();
    for (const [example] of situations) {
      const before = page.url();
      await page.getByRole("button", { name: example }).click();
      await settled(page);
      answers.add(await page.locator("h1").innerText());
      assert.ok(example === "a hobbyist" || page.url() !== before);
    }
    assert.equal(answers.size, 4, [...answers].join(" | "));
    await close();
  }],
  ["texts of the publisher stand beside the pages, and run nothing", async (browser, at) => {
    if (at.startsWith("http")) return; // the program serves its own page; texts come with a site
    const texts = mkdtempSync(`${tmpdir()}/rigwise-texts-`);
    writeFileSync(`${texts}/contact.md`, "# Contact\n\nWrite to <me@example.org>.\n");
    writeFileSync(`${texts}/faq.md`, "# Questions\n\n## Why?\n\n<script>window.hurt = 1</script> [x](javascript:window.hurt=1) ![p](http://example.org/p.png)\n\n- because\n");
    const site = writeSite("--single-file", "--content", texts);
    const { page, faults, close } = await open(browser, `file://${site.page}`);
    await settled(page);
    assert.deepEqual((await page.locator("nav a").allInnerTexts()).slice(-2), ["Contact", "Questions"]);
    await page.locator("nav").getByRole("link", { name: "Questions" }).click();
    await page.getByRole("heading", { name: "Why?" }).waitFor();
    assert.match(page.url(), /#\/read\?text=faq$/);
    assert.match(await page.locator("main").innerText(), /<script>window.hurt = 1<\/script>/);
    assert.equal(await page.locator("main :is(img, script, a[href^=javascript])").count(), 0);
    assert.deepEqual(await violations(page), []);
    await page.keyboard.press("1");
    await page.waitForFunction(() => location.hash.startsWith("#/decide"));
    assert.equal(await page.evaluate(() => window.hurt), undefined);
    assert.deepEqual(faults, []);
    await close();
    site.remove();
    rmSync(texts, { recursive: true });
  }],
  ["what stays loaded follows what is chosen, and its link shows the same", async (browser, at) => {
    const { page, faults, close } = await open(browser, onPage(at, "fit"));
    await settled(page);
    const title = () => page.locator("figure", { has: page.getByText("Each bar is a memory") }).locator(".title").innerText();
    assert.match(await title(), /keeps all 3 models and the services loaded/);
    await page.getByLabel("Add a model").selectOption("llama-3.3-70b");
    await page.waitForTimeout(300);
    await settled(page);
    const said = await title();
    assert.match(said, /keeps \d of 4 models loaded/);
    assert.match(await page.locator("figure dl").last().innerText(), /Stays out[^]*would fit|Stays out/);
    const second = await open(browser, page.url());
    await settled(second.page);
    assert.equal(await second.page.locator("figure", { has: second.page.getByText("Each bar is a memory") }).locator(".title").innerText(), said);
    assert.deepEqual(faults, []);
    await second.close();
    await close();
  }],
  ["what moves local follows the shares, and says what would change it", async (browser, at) => {
    const { page, faults, close } = await open(browser, onPage(at, "quality", "?chat=0&review=0&analysis=0&research=60"));
    await settled(page);
    const rows = page.locator("li", { has: page.locator(".goes") });
    assert.equal(await rows.count(), 3);
    assert.match(await rows.nth(2).innerText(), /Looking things up online[^]*50 %[^]*cloud/);
    await page.getByRole("checkbox", { name: "Local models can look things up" }).click();
    await page.waitForFunction(() => /either|local/.test(document.querySelectorAll("li .goes")[2]?.textContent ?? ""));
    await page.getByRole("heading", { name: "What would change it" }).waitFor();
    assert.deepEqual(faults, []);
    await close();
  }],
  ["a machine by the hour and one with an API beside it stand under the options", async (browser, at) => {
    const { page, faults, close } = await open(browser, onPage(at, "decide", "?budget=15000&currency=CHF&region=CH&multi-agent=1&developer=2"));
    await settled(page);
    await page.getByRole("heading", { name: "Rent by the hour" }).waitFor();
    await page.locator(".ways .dotted").click();
    const panel = page.getByRole("complementary", { name: "Why this number" });
    assert.match(await panel.innerText(), /hours a month × price an hour/);
    assert.match(await page.locator(".o.pick").innerText(), /Busiest hour, simulated\s+19 of 20 wait at most/);
    assert.deepEqual(faults, []);
    await close();
  }],
  ["a core that cannot start says so, and what to do", async (browser, at) => {
    if (!at.startsWith("http")) return;
    const context = await browser.newContext();
    const page = await context.newPage();
    await page.route("**/*.wasm.gz", (route) => route.fulfill({ status: 404, body: "gone" }));
    await page.goto(at);
    const alert = page.getByRole("alert");
    await alert.waitFor();
    assert.match(await alert.innerText(), /could not start[^]*404[^]*Load the page again/);
    await context.close();
  }],
  ["the printed page is the report alone", async (browser, at) => {
    const { page, close } = await open(browser, at);
    await settled(page);
    await page.emulateMedia({ media: "print" });
    assert.equal(await page.locator("nav").isVisible(), false);
    assert.equal(await page.locator("h1").isVisible(), true);
    assert.equal(await page.getByRole("button", { name: "Copy CSV" }).first().isVisible(), false);
    await close();
  }],
  ["the theme is chosen, kept, and drawn", async (browser, at) => {
    const { page, close } = await open(browser, onPage(at, "runs"));
    await settled(page);
    const ground = () => page.evaluate(() => getComputedStyle(document.body).backgroundColor);
    const light = await ground();
    await page.keyboard.press("t");
    await page.keyboard.press("t");
    assert.notEqual(await ground(), light);
    await page.reload();
    await settled(page);
    assert.notEqual(await ground(), light);
    await close();
  }],
  ["a figure says why, with its formula and inputs", async (browser, at) => {
    const { page, faults, close } = await open(browser, onPage(at, "speed"));
    await settled(page);
    await page.locator(".figures button.why").first().hover();
    await page.getByRole("tooltip").waitFor();
    await page.locator(".figures button.why").first().click();
    const panel = page.getByRole("complementary", { name: "Why this number" });
    await panel.getByRole("heading", { name: "Formula" }).waitFor();
    assert.match(await panel.innerText(), /decode = 1 \/ step_s/);
    assert.deepEqual(await violations(page), []);
    await page.keyboard.press("Escape");
    await panel.waitFor({ state: "detached" });
    assert.deepEqual(faults, []);
    await close();
  }],
  ["tables copy and charts save", async (browser, at) => {
    const { page, close } = await open(browser, onPage(at, "speed"), { permissions: at.startsWith("http") ? ["clipboard-read", "clipboard-write"] : [] });
    await settled(page);
    const chart = page.locator("figure").first();
    await chart.getByRole("button", { name: "Copy CSV" }).click();
    await page.getByText("CSV copied").waitFor();
    if (at.startsWith("http")) assert.match(await page.evaluate(() => navigator.clipboard.readText()), /^Machine,Predicted \(tok\/s\),low,high/);
    await chart.getByRole("button", { name: "Markdown" }).click();
    await page.getByText("Markdown copied").waitFor();
    for (const [name, test] of [["SVG", (bytes) => /^<svg/.test(bytes) && !/var\(--/.test(bytes)], ["PNG", (bytes) => bytes.startsWith("\u0089PNG")]]) {
      const [saved] = await Promise.all([page.waitForEvent("download"), chart.getByRole("button", { name }).click()]);
      assert.ok(test(readFileSync(await saved.path(), "latin1")), `${name} is not what it says`);
    }
    await close();
  }],
  ["a dropped model file is read here and answered", async (browser, at) => {
    const { page, faults, close } = await open(browser, onPage(at, "fit"));
    await settled(page);
    const bytes = smallGguf();
    await page.evaluate((data) => {
      const transfer = new DataTransfer();
      transfer.items.add(new File([Uint8Array.from(atob(data), (letter) => letter.charCodeAt(0))], "small.gguf"));
      document.querySelector(".zone").dispatchEvent(new DragEvent("drop", { dataTransfer: transfer, bubbles: true, cancelable: true }));
    }, bytes.toString("base64"));
    await page.getByRole("region", { name: "Where the file runs" }).waitFor();
    assert.match(await page.getByRole("region", { name: "Your own file" }).innerText(), /F16/i);
    await page.locator("#file").setInputFiles({ name: "broken.gguf", mimeType: "application/octet-stream", buffer: Buffer.from("not a model") });
    await page.getByRole("alert").waitFor();
    assert.deepEqual(faults, []);
    await close();
  }],
  ["own results are reported here: intervals, words, single answers with both verdicts, what waits for review", async (browser, at) => {
    const { page, faults, close } = await open(browser, onPage(at, "quality"));
    await settled(page);
    await page.locator("#results").setInputFiles({ name: "own.json", mimeType: "application/json", buffer: Buffer.from(JSON.stringify(ownResults())) });
    await page.getByRole("heading", { name: /Invented for a test/ }).waitFor();
    await settled(page);
    assert.match(await page.getByRole("list", { name: "Scores with their intervals" }).innerText(), /claude-sonnet-4.6[^]*\(\d+ to \d+\)[^]*gpt-oss-120b/);
    assert.match(await page.locator("main").innerText(), /no difference shown[^]*Roles, and the least machine[^]*What moves local, by your own scores[^]*How far the judges agree/);
    await page.getByRole("region", { name: "Own scores by tasks" }).getByRole("button").first().click();
    assert.match(await page.locator("#answer").innerText(), /An answer of [^]*Checks[^]*names the sum[^]*judge-a[^]*Correctness[^]*judge-b/i);
    await page.getByRole("region", { name: "Review queue" }).getByRole("button").first().click();
    assert.match(await page.locator("#answer").innerText(), /judges disagree/);
    assert.deepEqual(await violations(page), []);
    await page.emulateMedia({ colorScheme: "dark" });
    assert.deepEqual(await violations(page), []);
    await page.locator("#results").setInputFiles({ name: "other.json", mimeType: "application/json", buffer: Buffer.from("{}") });
    await page.getByText('other.json does not say "format"').waitFor();
    assert.deepEqual(faults, []);
    await close();
  }],
  ["no page scrolls sideways, from 320 to 1280", async (browser, at) => {
    const wide = [];
    const { page, close } = await open(browser, at, { width: 320 });
    for (const name of pages) {
      await page.evaluate((to) => { location.hash = `#/${to}`; }, name);
      await page.waitForFunction((to) => document.querySelector('nav a[aria-current="page"]')?.textContent.toLowerCase() === to, name);
      await settled(page);
      for (const width of [320, 360, 640, 768, 1024, 1280]) {
        await page.setViewportSize({ width, height: 800 });
        await page.evaluate(() => new Promise((drawn) => requestAnimationFrame(() => requestAnimationFrame(drawn))));
        const over = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
        if (over > 0) wide.push(`${name} at ${width}: ${over} px`);
      }
    }
    await close();
    assert.deepEqual(wide, []);
  }],
];
