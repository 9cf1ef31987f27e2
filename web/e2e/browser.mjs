// One Chromium for all checks, and what every page must keep: no console error, no request beyond its origin.
import { existsSync } from "node:fs";
import { chromium } from "playwright-core";

const candidates = [process.env.RIGWISE_CHROMIUM, "/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"];
export const executablePath = candidates.find((path) => path && existsSync(path));
if (!executablePath) {
  console.error("error: no Chromium found\ntry: apt-get install chromium, or name one in RIGWISE_CHROMIUM");
  process.exit(3);
}

export const launch = () => chromium.launch({ executablePath, args: ["--no-sandbox", "--disable-dev-shm-usage"] });

export async function open(browser, url, { width = 1280, height = 800, theme = "light", permissions = [] } = {}) {
  const context = await browser.newContext({ viewport: { width, height }, colorScheme: theme, acceptDownloads: true, permissions });
  const page = await context.newPage();
  const faults = [];
  const origin = url.startsWith("file:") ? "file:" : new URL(url).origin;
  page.on("console", (message) => message.type() === "error" && faults.push(`console: ${message.text()}`));
  page.on("pageerror", (error) => faults.push(`page: ${error.message}`));
  page.on("request", (request) => {
    const at = request.url();
    if (!at.startsWith(origin) && !/^(data|blob):/.test(at)) faults.push(`request left the origin: ${at}`);
  });
  await page.goto(url);
  return { page, faults, close: () => context.close() };
}

/** The page has its answer, the core has nothing more to do, and what is drawn stands still. */
export async function settled(page, selector = "h1") {
  await page.waitForFunction((wanted) => (document.querySelector(wanted)?.textContent ?? "").trim().length > 3, selector, { timeout: 20000 });
  let before = "";
  for (let calm = 0; calm < 2; ) {
    await page.waitForTimeout(60);
    const now = await page.evaluate(() => (document.documentElement.hasAttribute("data-asking") ? "" : document.body.innerText.length + " " + document.querySelectorAll("svg *").length));
    calm = now !== "" && now === before ? calm + 1 : 0;
    before = now;
  }
}
