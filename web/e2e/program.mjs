// The program under test: `rigwise serve` on a free port of this machine, and the one file that `rigwise site` writes.
import { execFileSync, spawn } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { storeLines } from "./store.mjs";

export const rigwise = process.env.RIGWISE ?? new URL("../../build/release/rigwise", import.meta.url).pathname;
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

/** `rigwise serve` on a free port: its address, and how to end it. */
export async function startServer(words = [], env = {}) {
  if (!existsSync(rigwise)) refuse(`${rigwise} is missing`);
  // Whoever runs the checks may have a store and runs of their own.
  const server = spawn(rigwise, ["serve", "--listen", "127.0.0.1:0", "--json", ...words], { stdio: ["ignore", "pipe", "inherit"], env: { ...process.env, RIGWISE_STORE: `${tmpdir()}/rigwise-no-store.db`, XDG_DATA_HOME: `${tmpdir()}/rigwise-no-data`, ...env } });
  let said = "";
  const url = await new Promise((resolve, reject) => {
    server.stdout.on("data", (bytes) => {
      said += bytes;
      const found = /"(https?:[^"]+)"/.exec(said);
      if (found && said.includes("}")) resolve(found[1]);
    });
    server.on("exit", (code) => reject(new Error(`rigwise serve ended with ${code}: ${said}`)));
  });
  const ended = new Promise((resolve) => server.on("exit", resolve));
  return {
    url,
    async close() {
      server.kill("SIGTERM");
      await ended;
    },
  };
}

/** A server with a store of its own, a token, and a folder for tasks. `said` runs the program on that store. */
export async function startWithStore({ token = "a-token-for-the-checks", waiting = 0 } = {}) {
  const folder = mkdtempSync(`${tmpdir()}/rigwise-store-`), store = `${folder}/store.db`, tasks = `${folder}/tasks`;
  mkdirSync(tasks);
  const said = (...words) => execFileSync(rigwise, [...words, "--store", store], { encoding: "utf8" });
  const take = (left) => {
    writeFileSync(`${folder}/store.jsonl`, storeLines(left).join("\n"));
    said("store", "import", `${folder}/store.jsonl`);
  };
  take(waiting);
  // Who may save tasks needs a token.
  const writing = token ? ["--tasks", tasks, "--token-env", "CHECK_TOKEN"] : [];
  const server = await startServer(["--store", store, ...writing], { CHECK_TOKEN: token });
  return {
    tasks,
    said,
    take,
    /** With the token, which a browser shows once. */
    url: `${server.url}${token ? `?token=${token}` : ""}`,
    at: (view) => `${server.url}${view}`,
    async close() {
      await server.close();
      rmSync(folder, { recursive: true });
    },
  };
}

export async function startProgram() {
  const server = await startServer();
  const { url } = server;
  const page = await (await fetch(url)).text();
  if (page !== readFileSync(`${built}site/index.html`, "utf8")) {
    await server.close();
    refuse("the binary carries another page than web/dist");
  }
  const single = writeSite("--single-file");
  return {
    builds: [["served", url], ["single file", `file://${single.page}`]],
    url,
    single: single.page,
    async close() {
      await server.close();
      single.remove();
    },
  };
}
