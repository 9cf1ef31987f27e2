// Runs that can be opened: those of the server's machine, listed again and again, and files that were dropped here.
import * as server from "../../api/server";
import type { Runs } from "../../core/types";
import { isBench, type Bench } from "./words";

const REST_MS = { live: 1_000, still: 5_000 };
const FILE = "file:";

class Kept {
  /** undefined: not asked yet; null: no server beside the page. */
  listing = $state.raw<Runs | null | undefined>();
  /** Why the last look failed; the listing is then the one before. */
  failed = $state("");
  seen = $state(0);
  files = $state.raw<Record<string, Bench>>({});
  private read = $state.raw<Record<string, Bench>>({});
  private asked = new Set<string>();
  faults = $state.raw<Record<string, string>>({});

  /** Follows the server until the returned function is called. A hidden page rests. */
  follow(): () => void {
    let timer: ReturnType<typeof setTimeout> | undefined;
    let over = false;
    const look = async () => {
      if (document.visibilityState === "visible") await this.look();
      if (over || this.listing === null) return;
      timer = setTimeout(look, this.listing && this.listing.live.length > 0 && !this.failed ? REST_MS.live : REST_MS.still);
    };
    void look();
    return () => {
      over = true;
      clearTimeout(timer);
    };
  }

  async look() {
    try {
      const listing = await server.measured();
      if (JSON.stringify(listing) !== JSON.stringify(this.listing)) this.listing = listing;
      this.seen = Date.now();
      this.failed = "";
    } catch (error) {
      this.failed = error instanceof server.Declined ? error.message : "the server does not answer";
    }
  }

  /** The run of that name, once it is here; asks the server for it when nobody has. */
  bench(name: string): Bench | undefined {
    const here = this.files[name] ?? this.read[name];
    if (!here && name !== "" && !name.startsWith(FILE) && this.listing) void this.fetch(name);
    return here;
  }

  private async fetch(name: string) {
    if (this.asked.has(name)) return;
    this.asked.add(name);
    try {
      const bench = await server.bench(name);
      this.read = { ...this.read, [name]: bench };
    } catch (error) {
      this.faults = { ...this.faults, [name]: error instanceof Error ? error.message : String(error) };
    }
  }

  /** Reads dropped files here; gives the name of the last one. Errors  what is no result of bench. */
  async take(dropped: File[]): Promise<string> {
    const found: Record<string, Bench> = {};
    for (const file of dropped) {
      let said: unknown;
      try {
        said = JSON.parse(await file.text());
      } catch {
        throw new Error(`${file.name} is no JSON`);
      }
      if (!isBench(said)) throw new Error(`${file.name} is no result of rigwise bench: it does not say "schema": "rigwise.bench/1"`);
      found[`${FILE}${file.name}`] = said;
    }
    this.files = { ...this.files, ...found };
    return Object.keys(found).at(-1) ?? "";
  }

  readonly names = $derived([...Object.keys(this.files), ...(this.listing?.benches ?? []).filter((run) => run.fault === null).map((run) => run.name)]);
}

/** One for the page: dropped files stay while the reader is elsewhere. */
export const kept = new Kept();
