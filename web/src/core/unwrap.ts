// The first script of the single file: unpacks the page's own and starts it.
import { unpackAll } from "./lzma";

const [page] = unpackAll(document.getElementById("page")!.textContent!);
document.head.append(Object.assign(document.createElement("script"), { type: "module", textContent: new TextDecoder().decode(page) }));
