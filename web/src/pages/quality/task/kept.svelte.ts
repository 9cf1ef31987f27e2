// What was typed stays while the reader looks at other pages.
import { emptyDraft } from "./draft";

export const kept = $state({ open: false, draft: emptyDraft() });
