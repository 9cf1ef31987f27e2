// Many questions that make one chart: drawn when all are answered, dropped when the reader has moved on.
import { askAll } from "../core/engine";
import type { Request, Response, Verb } from "../core/verbs";
import { atRest, type Sight } from "./sight.svelte";

export interface Asked<K, V extends Verb> {
  key: K;
  request: Request<V>;
}
export interface Answered<K, V extends Verb> {
  key: K;
  request: Request<V>;
  value: Response<V> | null;
}

let sweeps = 0;

export function sweep<K, V extends Verb>(verb: V, questions: () => Asked<K, V>[], sight?: Sight): { readonly rows: Answered<K, V>[] } {
  let rows = $state.raw<Answered<K, V>[]>([]);
  const slot = `sweep#${++sweeps}`;
  let round = 0;
  let before = "";
  $effect(() => {
    const asked = questions();
    const text = JSON.stringify(asked);
    if (text === before) return;
    before = text;
    const mine = ++round;
    const go = () =>
      void askAll(slot, verb, (JSON.parse(text) as Asked<K, V>[]).map(({ request }) => request))
        .then((answers) => {
          if (mine === round) rows = answers.map((value, i) => ({ ...asked[i]!, value }));
        })
        .catch(() => {}); // superseded: the newer round draws
    if (sight && !sight.now) atRest(slot, go);
    else go();
  });
  return {
    get rows() {
      return rows;
    },
  };
}
