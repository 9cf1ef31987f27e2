// What is out of sight waits until the hand rests, so that what is in sight can follow it.
import { told } from "../core/engine";

const REST_MS = 120;
let touched = Number.NEGATIVE_INFINITY;
let timer: ReturnType<typeof setTimeout> | undefined;
const waiting = new Map<string, { go: () => void; done: () => void }>();

addEventListener("input", () => {
  touched = performance.now();
  if (waiting.size > 0) arm();
}, { capture: true });

function arm() {
  clearTimeout(timer);
  timer = setTimeout(() => {
    const due = [...waiting.values()];
    waiting.clear();
    for (const { go, done } of due) {
      go();
      done();
    }
  }, REST_MS);
}

/** At once when nothing was moved just now; else when it has come to rest. A newer one of the same slot takes its place. */
export function atRest(slot: string, go: () => void) {
  if (performance.now() - touched >= REST_MS) return go();
  waiting.get(slot)?.done();
  void told(new Promise<void>((done) => waiting.set(slot, { go, done })));
  arm();
}

/** Whether an element stands in the window, or nearly: `{@attach sight.of}`. */
export class Sight {
  now = false;

  of = (element: Element) => {
    const observer = new IntersectionObserver((entries) => (this.now = entries.at(-1)!.isIntersecting));
    observer.observe(element);
    return () => observer.disconnect();
  };
}
