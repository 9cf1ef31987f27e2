// What the form holds, and the request it makes of it. What a task is, and whether this is one, the core says.
import type { EvalTaskRequest } from "../../../core/types";

export interface Draft {
  role: string;
  /** Empty: made of the title. */
  slug: string;
  title: string;
  category: string;
  kind: string;
  lang: string;
  difficulty: number;
  author: string;
  /** One a line. */
  expects: string;
  prompt: string;
  reference: string;
  wrong: { name: string; text: string }[];
  /** One group a line, synonyms parted by a bar. */
  words: string;
  not: string;
  must: boolean;
  label: string;
  number: string;
  tolerance: string;
  code: string;
  file: string;
  cases: { stdin: string; stdout: string }[];
}

export const emptyDraft = (): Draft => ({
  role: "office_admin", slug: "", title: "", category: "content", kind: "text", lang: "en", difficulty: 2, author: "",
  expects: "", prompt: "", reference: "",
  wrong: [{ name: "skims", text: "" }, { name: "misreads-a-rule", text: "" }, { name: "stops-early", text: "" }],
  words: "", not: "", must: true, label: "Answer", number: "", tolerance: "",
  code: "python", file: "answer.py", cases: [{ stdin: "", stdout: "" }],
});

const lines = (text: string) => text.split("\n").map((line) => line.trim()).filter(Boolean);

/** "Überfällige Rechnungen, kurz" -> "uberfallige-rechnungen-kurz": what an id may hold. */
export const slugOf = (title: string): string =>
  title.normalize("NFKD").replace(/[\u0300-\u036f]/g, "").toLowerCase().replace(/[^a-z0-9]+/g, "-").replace(/^-|-$/g, "").slice(0, 60).replace(/-$/, "");

export const idOf = (draft: Draft): string => `${draft.role}/${draft.slug.trim() || slugOf(draft.title)}`;

const endings: Record<string, string> = { cpp: "cc", python: "py", javascript: "js", typescript: "ts", bash: "sh", sql: "sql", go: "go", text: "txt" };
export const fileOf = (code: string): string => `answer.${endings[code] ?? "txt"}`;

export const hasCode = (draft: Draft): boolean => draft.kind === "code";

/** A number where one stands there; else the text as it is, which the core refuses in words. */
const numeric = (text: string): number | string => (text.trim() !== "" && Number.isFinite(Number(text)) ? Number(text) : text);

function checksOf(draft: Draft): Record<string, unknown>[] {
  const groups = lines(draft.words).map((line) => line.split("|").map((word) => word.trim()).filter(Boolean)).filter((group) => group.length > 0);
  const not = lines(draft.not);
  const must = draft.must ? { must: true } : {};
  const checks: Record<string, unknown>[] = [];
  if (hasCode(draft)) {
    if (draft.code !== "sql" && draft.code !== "text") checks.push({ type: "compile" });
    const cases = draft.cases.filter((each) => each.stdin !== "" || each.stdout !== "");
    if (cases.length > 0) checks.push({ type: "unit_test", ...must, case: cases.map(({ stdin, stdout }) => ({ ...(stdin === "" ? {} : { stdin: stdin.endsWith("\n") ? stdin : `${stdin}\n` }), stdout })) });
  }
  if (groups.length > 0 || not.length > 0) checks.push({ type: "keyword", ...must, ...(groups.length > 0 ? { groups } : {}), ...(not.length > 0 ? { not } : {}) });
  if (draft.number.trim() !== "") checks.push({ type: "number", ...must, ...(draft.label.trim() === "" ? {} : { label: draft.label.trim() }), value: numeric(draft.number), ...(draft.tolerance.trim() === "" ? {} : { tolerance: numeric(draft.tolerance) }) });
  return checks;
}

/** `today`: the day the task is made, as 2026-11-22. */
export function requestOf(draft: Draft, today: string): EvalTaskRequest {
  const author = draft.author.trim();
  return {
    id: idOf(draft),
    settings: {
      title: draft.title.trim(),
      category: draft.category,
      kind: draft.kind,
      ...(draft.lang === "en" ? {} : { lang: draft.lang }),
      difficulty: draft.difficulty,
      expects: lines(draft.expects),
      license: "Apache-2.0",
      authors: author === "" ? [] : [author],
      created: today,
      ...(hasCode(draft) ? { sandbox: { language: draft.code, file: draft.file.trim() } } : {}),
      check: checksOf(draft),
    },
    prompt: draft.prompt,
    reference: draft.reference,
    wrong: draft.wrong.filter((each) => each.text.trim() !== ""),
  };
}
