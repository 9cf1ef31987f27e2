// What the catalog knows, fetched from the core once a kind and shared by the pages.
import { ask } from "../core/engine";
import type * as T from "../core/types";

interface Kinds {
  devices: T.CatalogResponseDevices;
  models: T.CatalogResponseModels;
  formats: T.CatalogResponseFormats;
  engines: T.CatalogResponseEngines;
  links: T.CatalogResponseLinks;
  classes: T.CatalogResponseClasses;
  roles: T.CatalogResponseRoles;
  prices: T.CatalogResponsePrices;
  api_prices: T.CatalogResponseApiPrices;
  saas_prices: T.CatalogResponseSaasPrices;
  scores: T.CatalogResponseScores;
  electricity: T.CatalogResponseElectricity;
  measurements: T.Measurement;
}
export type Kind = keyof Kinds;
export type Device = Kinds["devices"];
export type Model = Kinds["models"];
export type Measured = Kinds["measurements"];

class Records<K extends Kind> {
  all = $state.raw<Kinds[K][]>([]);
  loaded = $state(false);
  private asked = false;
  constructor(private readonly kind: K) {}

  load(): this {
    if (this.asked) return this;
    this.asked = true;
    void ask(`catalog:${this.kind}`, "catalog", { kind: this.kind, limit: 100000 }, this.kind === "measurements").then((response) => {
      this.all = (response.records ?? []) as Kinds[K][];
      this.loaded = true;
    });
    return this;
  }
}

const kept = new Map<Kind, unknown>();

/** The records of a kind; empty until they are there. */
export function records<K extends Kind>(kind: K): Records<K> {
  const known = (kept.get(kind) as Records<K> | undefined) ?? new Records(kind);
  kept.set(kind, known);
  return known.load();
}

/** What `rigwise catalog` counts, with the day the catalog is true for. */
class About {
  catalog = $state("");
  asOf = $state("");
  version = $state("");
  counts = $state.raw<Record<string, number>>({});
}
export const about = new About();

export const nameOf = (list: { id: string; name: string }[], id: string): string =>
  list.find((each) => each.id === id)?.name ?? id;
