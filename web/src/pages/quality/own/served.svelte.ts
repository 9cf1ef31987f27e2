// The runs of the server beside the page: listed, the chosen one read, and read again when it has grown.
import * as server from "../../../api/server";
import type { EvalResults, EvalRuns } from "../../../core/types";

export type Run = EvalRuns["runs"][number];

/** Runs of one label are one evaluation on several endpoints, and are reported together. */
export const nameOf = (run: Run): string => run.label || run.id;

const REST_MS = { growing: 5_000, still: 30_000 };
/** A tenth of the time at most goes into reading a large run again and again. */
const REST_PER_READING = 9;

export class Served {
  listing = $state.raw<EvalRuns | null>(null);
  results = $state.raw<EvalResults | undefined>();
  failed = $state("");
  private shown = "";
  private tookMs = 0;

  readonly names = $derived([...new Set((this.listing?.runs ?? []).map(nameOf))]);
  runsOf = (name: string): Run[] => (this.listing?.runs ?? []).filter((run) => nameOf(run) === name);

  /** Follows what `name` says until the returned function is called. A hidden page rests. */
  follow(name: () => string): () => void {
    let timer: ReturnType<typeof setTimeout> | undefined;
    let over = false;
    const look = async () => {
      if (document.visibilityState === "visible") await this.look(name());
      if (over || !this.listing) return;
      const growing = this.runsOf(name()).some((run) => run.finished < run.wanted);
      timer = setTimeout(look, Math.max(growing ? REST_MS.growing : REST_MS.still, REST_PER_READING * this.tookMs));
    };
    void look();
    return () => {
      over = true;
      clearTimeout(timer);
    };
  }

  /** Lists the runs, and reads the named one where it is another than is shown, or has changed. */
  async look(name: string) {
    try {
      this.listing = await server.runs();
      const now = name === "" ? "" : JSON.stringify(this.runsOf(name));
      if (name !== "" && now !== this.shown) {
        const begun = performance.now();
        this.results = await server.results(name);
        this.tookMs = performance.now() - begun;
        this.shown = now;
      }
      this.failed = "";
    } catch (error) {
      this.failed = error instanceof Error ? error.message : String(error);
    }
  }

  forget() {
    this.results = undefined;
    this.shown = "";
  }
}
