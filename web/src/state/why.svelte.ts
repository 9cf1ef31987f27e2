// The one open *why*: which figure was asked about, and the request it came from. A figure whose verb states its own
// formula (money) brings the sheet along instead.
import type { Verb } from "../core/verbs";

export interface Question {
  verb: Verb;
  key: string;
  request: Record<string, unknown>;
  label: string;
}

/** A sheet that a response carries already. */
export interface Told {
  label: string;
  value: string;
  lines: { name: string; value: string; note?: string }[];
  formula?: string;
  notes?: string[];
}

class Why {
  open = $state.raw<Question | undefined>();
  told = $state.raw<Told | undefined>();
  private from: HTMLElement | undefined;

  ask(question: Question) {
    this.remember();
    this.told = undefined;
    this.open = question;
  }

  tell(sheet: Told) {
    this.remember();
    this.open = undefined;
    this.told = sheet;
  }

  close() {
    this.open = undefined;
    this.told = undefined;
    this.from?.focus();
  }

  private remember() {
    if (!this.open && !this.told && document.activeElement instanceof HTMLElement) this.from = document.activeElement;
  }
}
export const why = new Why();
