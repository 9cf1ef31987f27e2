// Where the reader is, and what they have set: kept in the address, so that a pasted link shows the same.
import { readLink, writeLink } from "./link";
import type { PageId } from "./pages";

type Params = Record<string, string>;

class CurrentView {
  page = $state<PageId>("decide");
  /** Each page keeps what was set on it while the reader is elsewhere. */
  private kept = $state<Partial<Record<PageId, Params>>>({});
  private timer: ReturnType<typeof setTimeout> | undefined;

  constructor() {
    this.read();
    addEventListener("hashchange", () => this.read());
  }

  get params(): Params {
    return this.kept[this.page] ?? {};
  }

  get link(): string {
    return writeLink({ page: this.page, params: this.params });
  }

  set(name: string, value: string | null, page: PageId = this.page) {
    const params = (this.kept[page] ??= {}); // changed in place: who reads another setting has nothing to do
    if (value === null) delete params[name];
    else params[name] = value;
    clearTimeout(this.timer);
    this.timer = setTimeout(() => history.replaceState(null, "", this.link), 250); // the address follows the hand, not every step of it
  }

  open(page: PageId, params?: Params) {
    if (params) this.kept[page] = params;
    this.page = page;
    clearTimeout(this.timer);
    if (location.hash !== this.link) history.pushState(null, "", this.link);
    scrollTo(0, 0);
  }

  reset(page: PageId = this.page) {
    this.kept[page] = {};
    history.replaceState(null, "", this.link);
  }

  private read() {
    const { page, params } = readLink(location.hash);
    this.page = page;
    this.kept[page] = params;
  }
}

export const view = new CurrentView();

/** A setting that lives in the address of its page. */
export class Setting<T> {
  constructor(
    private readonly page: PageId,
    private readonly name: string,
    readonly initial: T,
    private readonly parse: (text: string) => T | undefined,
    private readonly print: (value: T) => string,
  ) {}

  get value(): T {
    // Only the page in view is mounted, so its params are the ones to read.
    const text = view.page === this.page ? view.params[this.name] : undefined;
    return (text === undefined ? undefined : this.parse(text)) ?? this.initial;
  }

  set value(value: T) {
    const text = this.print(value);
    view.set(this.name, text === this.print(this.initial) ? null : text, this.page);
  }
}

const number = (low: number, high: number) => (text: string) => {
  const value = Number(text);
  return text.trim() !== "" && Number.isFinite(value) ? Math.min(high, Math.max(low, value)) : undefined;
};

export const numberSetting = (page: PageId, name: string, initial: number, low = 0, high = 1e12) =>
  new Setting<number>(page, name, initial, number(low, high), String);

export const textSetting = (page: PageId, name: string, initial: string) =>
  new Setting<string>(page, name, initial, (text) => text, (value) => value);

export const flagSetting = (page: PageId, name: string, initial: boolean) =>
  new Setting<boolean>(page, name, initial, (text) => text === "1", (value) => (value ? "1" : "0"));

export const listSetting = (page: PageId, name: string, initial: string[]) =>
  new Setting<string[]>(page, name, initial, (text) => (text === "" ? [] : text.split("~")), (value) => value.join("~"));
