// The situations this browser keeps. Where it keeps nothing (from file:// some do not), they last as long as the page.
import { readNeeds, readScenarios, type Scenario, freshName } from "./scenarios";
import type { Needs } from "./scenarios";
import { about } from "../../state/catalog.svelte";

const KEY = "rigwise.scenarios";

class Scenarios {
  all = $state.raw<Scenario[]>(this.stored());
  lasts = $state(true);

  constructor() {
    // Another tab may keep one meanwhile.
    addEventListener("storage", (event) => {
      if (event.key === KEY) this.all = this.stored();
    });
  }

  keep(name: string, needs: Needs, params: Record<string, string> | null): Scenario {
    const scenario: Scenario = { id: crypto.getRandomValues(new Uint32Array(2)).join("-"), name: freshName(name.trim() || "My situation", this.all.map((each) => each.name)), kept: new Date().toISOString().slice(0, 10), catalog: about.catalog, needs: JSON.parse(JSON.stringify(needs)) as Needs, params };
    this.write([...this.all, scenario]);
    return scenario;
  }

  rename(id: string, name: string) {
    const others = this.all.filter((each) => each.id !== id).map((each) => each.name);
    if (name.trim() !== "") this.write(this.all.map((each) => (each.id === id ? { ...each, name: freshName(name.trim(), others) } : each)));
  }

  forget(id: string) {
    this.write(this.all.filter((each) => each.id !== id));
  }

  async take(files: File[]): Promise<Scenario[]> {
    const read = await Promise.all(files.map(async (file) => ({ name: file.name.replace(/\.(toml|json)$/i, ""), needs: readNeeds(file.name, await file.text()) })));
    return read.map(({ name, needs }) => this.keep(name, needs, null));
  }

  private stored(): Scenario[] {
    try {
      return readScenarios(localStorage.getItem(KEY));
    } catch {
      return [];
    }
  }

  private write(all: Scenario[]) {
    this.all = all;
    try {
      localStorage.setItem(KEY, JSON.stringify(all));
    } catch {
      this.lasts = false;
    }
  }
}
export const scenarios = new Scenarios();
