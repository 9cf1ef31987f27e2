// An answer of the core that follows its question: the last answer stays in place until the next one is there.
import { ask, Refused, Superseded } from "../core/engine";
import type { Refusal, Request, Response, Verb } from "../core/verbs";
import { atRest, type Sight } from "./sight.svelte";

export class Answer<V extends Verb> {
  value = $state.raw<Response<V> | undefined>();
  refusal = $state.raw<Refusal | undefined>();
  /** Asked more than 300 ms ago, and not answered. */
  working = $state(false);
  private asked = "";

  constructor(
    private readonly slot: string,
    readonly verb: V,
    private readonly aside: boolean,
  ) {}

  ask(request: Request<V>) {
    const text = JSON.stringify(request);
    if (text === this.asked) return;
    this.asked = text;
    const timer = setTimeout(() => {
      if (this.asked === text) this.working = true;
    }, 300);
    ask(this.slot, this.verb, JSON.parse(text) as Request<V>, this.aside)
      .then((response) => {
        if (this.asked !== text) return;
        this.value = response;
        this.refusal = undefined;
      })
      .catch((error: unknown) => {
        if (error instanceof Superseded || this.asked !== text) return;
        const message = error instanceof Error ? error.message : String(error);
        this.refusal =
          error instanceof Refused ? error.refusal : { code: "internal", message, where: this.verb, did_you_mean: [] };
      })
      .finally(() => {
        clearTimeout(timer);
        if (this.asked === text) this.working = false;
      });
  }
}

let slots = 0;

/** Asks again whenever what `request` reads has changed; null asks nothing. What `sight` does not see waits for rest. */
export function answerTo<V extends Verb>(verb: V, request: () => Request<V> | null, aside = false, sight?: Sight): Answer<V> {
  const slot = `${verb}#${++slots}`;
  const answer = new Answer<V>(slot, verb, aside);
  $effect(() => {
    const wanted = request();
    if (!wanted) return;
    if (sight && !sight.now) atRest(slot, () => answer.ask(wanted));
    else answer.ask(wanted);
  });
  return answer;
}
