import { listSetting, numberSetting, textSetting } from "../../state/view.svelte";

export const settings = {
  context: numberSetting("fit", "context", 16384, 1, 1e8),
  people: numberSetting("fit", "people", 1, 1, 10000),
  models: listSetting("fit", "models", ["qwen3-8b", "gpt-oss-20b", "qwen3-coder-30b-a3b", "qwen3.6-35b-a3b", "llama-3.3-70b", "gpt-oss-120b", "qwen3-235b-a22b", "deepseek-v3.2"]),
  machines: listSetting("fit", "machines", [
    "apple-mac-mini-m4-pro-20c-64gb", "nvidia-geforce-rtx-3090", "nvidia-geforce-rtx-5090", "2x nvidia-geforce-rtx-3090", "nvidia-rtx-pro-6000-blackwell",
    "framework-desktop-max-395-128gb", "nvidia-dgx-spark", "apple-mac-studio-m4-max-40c-128gb", "4x intel-arc-pro-b70", "apple-mac-studio-m3-ultra-80c-512gb",
  ]),
  model: textSetting("fit", "model", "qwen3-coder-30b-a3b"),
  machine: textSetting("fit", "machine", "nvidia-geforce-rtx-3090"),
  format: textSetting("fit", "format", ""),
  together: listSetting("fit", "together", ["qwen3-coder-30b-a3b", "gpt-oss-20b", "qwen3-8b"]),
  shelf: textSetting("fit", "shelf", "nvidia-geforce-rtx-3090"),
  shelves: numberSetting("fit", "shelves", 2, 1, 8),
  services: listSetting("fit", "services", ["embedding"]),
};
