// The page's side of the core. A question belongs to a slot: while one is being answered, a newer question of the same
// slot replaces any that still waits, so a dragged slider never queues up.
import type { FromWorker, Source, ToWorker } from "./messages";
import { startWorker } from "./spawn";
import { type Refusal, type Request, type Response, slow, type Verb } from "./verbs";

export class Refused extends Error {
  constructor(readonly refusal: Refusal) {
    super(refusal.message);
  }
}

/** A newer question of the same slot took this one's place. Not an error for anybody. */
export class Superseded extends Error {}

interface Waiting {
  slot: string;
  verb: Verb;
  requests: unknown[];
  resolve: (responses: unknown[]) => void;
  reject: (reason: Error) => void;
}

class Lane {
  private worker?: Worker;
  private busy?: Waiting & { id: number };
  private queue: Waiting[] = [];
  private nextId = 1;
  readonly ready: Promise<{ version: string; catalog: string }>;

  constructor(source: Source) {
    this.ready = new Promise((resolve, reject) => {
      const worker = startWorker();
      worker.onmessage = ({ data }: MessageEvent<FromWorker>) => {
        if (data.kind === "answer") return this.done(data);
        if (data.kind === "failed") return reject(new Error(data.message));
        this.worker = worker;
        resolve({ version: data.version, catalog: data.catalog });
        this.next();
      };
      worker.onerror = (event) => reject(new Error(event.message || "the core could not be started"));
      worker.postMessage({ kind: "start", source } satisfies ToWorker);
    });
    this.ready.catch(() => {});
  }

  ask(waiting: Waiting) {
    const older = this.queue.findIndex((each) => each.slot === waiting.slot);
    if (older >= 0) this.queue.splice(older, 1)[0]!.reject(new Superseded());
    this.queue.push(waiting);
    this.next();
  }

  private next() {
    if (!this.worker || this.busy) return;
    const waiting = this.queue.shift();
    if (!waiting) return;
    this.busy = { ...waiting, id: this.nextId++ };
    const { verb, requests } = waiting;
    this.worker.postMessage({ kind: "call", id: this.busy.id, verb, requests } satisfies ToWorker);
  }

  private done({ responses, ms }: { responses: string[]; ms: number }) {
    const { verb, resolve } = this.busy!;
    this.busy = undefined;
    timings.push({ verb, ms });
    if (timings.length > 200) timings.shift();
    this.next(); // before this answer is read, so that the core works while the page draws
    resolve(responses.map((text): unknown => JSON.parse(text)));
  }
}

/** How long the last calls took, for the tests and for whoever asks. */
export const timings: { verb: string; ms: number }[] = [];

let source: Source;
let quick: Lane;
let slowLane: Lane | undefined;

export function startEngine(from: Source) {
  source = from;
  quick = new Lane(from);
  return quick.ready;
}

const laneOf = (verb: Verb, aside: boolean): Lane => (aside || slow.has(verb) ? (slowLane ??= new Lane(source)) : quick);
const refusalIn = (response: unknown) => (response as { error?: Refusal }).error;

let asking = 0;
/** The document says while the core is at work, for whoever waits for the whole view: pictures, tests, a printer. */
export function told<T>(answer: Promise<T>): Promise<T> {
  const change = (by: number) => {
    const before = asking > 0;
    asking += by;
    if (asking > 0 !== before) document.documentElement.toggleAttribute("data-asking", asking > 0);
  };
  change(1);
  const done = () => setTimeout(change, 0, -1); // not between two answers of one view
  answer.then(done, done);
  return answer;
}

/** `aside`: beside the quick questions, for what draws a whole chart or table. */
export function ask<V extends Verb>(slot: string, verb: V, request: Request<V>, aside = false): Promise<Response<V>> {
  return told(new Promise((resolve, reject) => {
    const settle = ([response]: unknown[]) => {
      const refusal = refusalIn(response);
      if (refusal) reject(new Refused(refusal));
      else resolve(response as Response<V>);
    };
    laneOf(verb, aside).ask({ slot, verb, requests: [request], resolve: settle, reject });
  }));
}

/** Many questions of one verb in one message, aside; null where the core refused. */
export function askAll<V extends Verb>(slot: string, verb: V, requests: Request<V>[]): Promise<(Response<V> | null)[]> {
  return told(new Promise((resolve, reject) => {
    const settle = (responses: unknown[]) => resolve(responses.map((each) => (refusalIn(each) ? null : (each as Response<V>))));
    laneOf(verb, true).ask({ slot, verb, requests, resolve: settle, reject });
  }));
}
