import { listSetting, numberSetting, textSetting } from "../../state/view.svelte";
import { usualMachines } from "../../state/choices";

export const settings = {
  model: textSetting("speed", "model", "gpt-oss-20b"),
  quant: textSetting("speed", "format", ""),
  setup: textSetting("speed", "machine", "apple-mac-studio-m4-max-40c-128gb"),
  depth: numberSetting("speed", "depth", 0, 0, 1e7),
  streams: numberSetting("speed", "streams", 1, 1, 512),
  lineUp: listSetting("speed", "machines", usualMachines),
  nodes: numberSetting("speed", "nodes", 4, 1, 16),
  link: textSetting("speed", "link", ""),
  claim: textSetting("speed", "claim", "7B Q4 at 90 tok/s on Strix Halo"),
  bandwidth: numberSetting("speed", "bandwidth", 400, 10, 10000),
  size: numberSetting("speed", "size", 15, 0.1, 1000),
  efficiency: numberSetting("speed", "efficiency", 0.6, 0.01, 1),
};

/** What the page asks about, as `predict` takes it. */
export const asked = (setup: string, more: object = {}) => ({
  model: settings.model.value,
  setup,
  ...(settings.quant.value ? { quant: settings.quant.value } : {}),
  prompt_tokens: 2048,
  output_tokens: 512,
  depth_tokens: settings.depth.value,
  concurrency: settings.streams.value,
  ...more,
});
