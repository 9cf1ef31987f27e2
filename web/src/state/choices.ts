// Lists to pick from.
import type { Device, Model } from "./catalog.svelte";
import { splitName } from "../format/words";

export const modelChoices = (models: Model[]) =>
  models
    .filter((model) => model.modality.includes("text"))
    .map((model) => ({ id: model.id, name: model.name, group: model.org || model.family }));

export const deviceChoices = (devices: Device[]) =>
  devices.map((device) => ({ id: device.id, name: device.name.replace(`${device.vendor} `, ""), group: device.vendor }));

/** One of each kind that people ask about, oldest prices aside. */
export const usualMachines = [
  "nvidia-geforce-rtx-5090",
  "nvidia-geforce-rtx-4090",
  "nvidia-geforce-rtx-3090",
  "nvidia-rtx-pro-6000-blackwell",
  "apple-mac-studio-m3-ultra-80c-512gb",
  "apple-mac-studio-m4-max-40c-128gb",
  "apple-mac-mini-m4-pro-20c-64gb",
  "apple-macbook-pro-16-m5-max-40c-128gb",
  "framework-desktop-max-395-128gb",
  "nvidia-dgx-spark",
  "amd-radeon-ai-pro-r9700",
  "intel-arc-pro-b70",
];

export const formats = ["", "q3_k_m", "q4_k_m", "q5_k_m", "q6_k", "q8_0", "bf16", "mxfp4", "awq", "fp8"];

export function machineName(devices: Device[], setup: string): [string, string] {
  const multiple = /^(\d+)x\s*(.*)$/.exec(setup);
  const id = (multiple?.[2] ?? setup).split("@")[0]!.trim();
  const device = devices.find((each) => each.id === id);
  const [name, sub] = splitName(device?.name ?? id);
  const spec = sub.replace(/(\d)GB/g, "$1 GB").replace(/,? ?\d+-core GPU,?/, "").replace(/^[,\s]+/, "") || (device ? `${Math.round(device.memory_gib)} GB` : "");
  return [multiple ? `${multiple[1]}× ${name}` : name, spec];
}
