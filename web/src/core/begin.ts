// Starts the core from where this build keeps it, and refuses a core that is not this page's.
import manifest from "../../package.json";
import { startEngine } from "./engine";

export async function begin() {
  const packed = (id: string) => document.getElementById(id)?.textContent ?? "";
  const at = (name: string) => new URL(name, document.baseURI).href;
  const ready = startEngine(
    __SINGLE_FILE__ ? { core: packed("core"), catalog: packed("catalog") } : { wasm: at("rigwise.wasm.gz"), bundle: at("catalog.bundle.gz") },
  );
  const { version, catalog } = await ready;
  if (version !== manifest.version) {
    throw new Error(`this page is of rigwise ${manifest.version}, its core is ${version}: build both together`);
  }
  return { version, catalog };
}
