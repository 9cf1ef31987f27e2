import { textSetting } from "../../state/view.svelte";

const page = "runs" as const;

export const settings = {
  /** The open run: a name of the server's list. */
  run: textSetting(page, "run", ""),
  /** Two runs to compare. */
  first: textSetting(page, "first", ""),
  second: textSetting(page, "second", ""),
  /** What the open run was of, for the prediction beside it. */
  machine: textSetting(page, "machine", ""),
  model: textSetting(page, "model", ""),
  quant: textSetting(page, "quant", ""),
};
