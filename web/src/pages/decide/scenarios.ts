// Situations that were kept, as files: what `rigwise advise` reads as needs, in TOML or JSON.
import { parse, stringify } from "smol-toml";
import type { AdviseRequest } from "../../core/types";

export type Needs = NonNullable<AdviseRequest["needs"]>;

export interface Scenario {
  id: string;
  name: string;
  /** The day it was kept. */
  kept: string;
  /** The catalog's hash that day. */
  catalog: string;
  needs: Needs;
  /** What the questions were set to; none for a needs file, which may say what no question asks. */
  params: Record<string, string> | null;
}

const isObject = (value: unknown): value is Record<string, unknown> => typeof value === "object" && value !== null && !Array.isArray(value);

/** What storage holds; what is none of ours is passed over. */
export function readScenarios(text: string | null): Scenario[] {
  let found: unknown;
  try {
    found = JSON.parse(text ?? "[]");
  } catch {
    return [];
  }
  if (!Array.isArray(found)) return [];
  return found.filter((each): each is Scenario => isObject(each) && typeof each.id === "string" && typeof each.name === "string" && typeof each.kept === "string" && typeof each.catalog === "string" && isObject(each.needs));
}

/** "Company of thirty" -> "company-of-thirty". */
export const slug = (name: string): string => name.toLowerCase().replace(/[^a-z0-9]+/g, "-").replace(/^-|-$/g, "") || "needs";

export const asJson = (scenario: Scenario): string => `${JSON.stringify({ needs: scenario.needs }, null, 2)}\n`;

export const asToml = (scenario: Scenario): string => `# ${scenario.name.replace(/[\r\n]+/g, " ")}\n# rigwise report ${slug(scenario.name)}.toml\n\n${stringify(scenario.needs)}`;

/**
 * The needs in a file: TOML as `rigwise advise` reads it, or JSON, either the needs or a request around them.
 * Errors  neither, or nothing that looks like needs; what its keys mean the core judges.
 */
export function readNeeds(fileName: string, text: string): Needs {
  let said: unknown;
  try {
    // Through JSON, so that dates become text.
    said = fileName.toLowerCase().endsWith(".json") ? JSON.parse(text) : JSON.parse(JSON.stringify(parse(text)));
  } catch (error) {
    throw new Error(`${fileName} cannot be read: ${(error instanceof Error ? error.message : String(error)).split("\n")[0]}`);
  }
  const needs = isObject(said) && isObject(said.needs) ? said.needs : said;
  if (!isObject(needs) || !("budget" in needs || "targets" in needs || "people" in needs)) throw new Error(`${fileName} says nothing of a budget, targets or people`);
  return needs as Needs;
}

/** A name that no other has: "neighbours", "neighbours 2". */
export function freshName(wanted: string, taken: string[]): string {
  for (let i = 1; ; i++) {
    const name = i === 1 ? wanted : `${wanted} ${i}`;
    if (!taken.includes(name)) return name;
  }
}
