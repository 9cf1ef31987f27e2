// The program under test: `rigwise serve` on a free port of this machine, and the one file that `rigwise site` writes.
import { execFileSync, spawn } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";

const rigwise = process.env.RIGWISE ?? new URL("../../build/release/rigwise", import.meta.url).pathname;
const built = new URL("../dist/", import.meta.url).pathname;
const refuse = (message) => {
  console.error(`error: ${message}\ntry: script/web build, which builds the page into the binary`);
  process.exit(3);
};

/** Writes `site` with the given words into a folder of its own, and gives the path of its page. */
export function writeSite(...words) {
  const folder = mkdtempSync(`${tmpdir()}/rigwise-site-`);
  const said = JSON.parse(execFileSync(rigwise, ["site", folder, ...words, "--json"], { encoding: "utf8" }));
  return { page: said.page, folder, remove: () => rmSync(folder, { recursive: true }) };
}

export async function startProgram() {
  if (!existsSync(rigwise)) refuse(`${rigwise} is missing`);
  const server = spawn(rigwise, ["serve", "--listen", "127.0.0.1:0", "--json"], { stdio: ["ignore", "pipe", "inherit"] });
  let said = "";
  const url = await new Promise((resolve, reject) => {
    server.stdout.on("data", (bytes) => {
      said += bytes;
      const found = /"(https?:[^"]+)"/.exec(said);
      if (found && said.includes("}")) resolve(found[1]);
    });
    server.on("exit", (code) => reject(new Error(`rigwise serve ended with ${code}: ${said}`)));
  });
  const page = await (await fetch(url)).text();
  if (page !== readFileSync(`${built}site/index.html`, "utf8")) {
    server.kill();
    refuse("the binary carries another page than web/dist");
  }
  const single = writeSite("--single-file");
  const ended = new Promise((resolve) => server.on("exit", resolve));
  return {
    builds: [["served", url], ["single file", `file://${single.page}`]],
    url,
    single: single.page,
    async close() {
      server.kill("SIGTERM");
      await ended;
      single.remove();
    },
  };
}
