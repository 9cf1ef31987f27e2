// A view as an address: "#/speed?model=gpt-oss-120b". Only what differs from the default is written.
import { isPage, type PageId } from "./pages";

export interface View {
  page: PageId;
  params: Record<string, string>;
}

export function readLink(hash: string): View {
  const [path = "", query = ""] = hash.replace(/^#\/?/, "").split("?");
  const page = isPage(path) ? path : "decide";
  return { page, params: Object.fromEntries(new URLSearchParams(query)) };
}

export function writeLink({ page, params }: View): string {
  const query = new URLSearchParams(Object.entries(params).sort(([a], [b]) => (a < b ? -1 : 1)));
  const text = query.toString().replaceAll("%2C", ",").replaceAll("%3A", ":").replaceAll("%40", "@");
  return `#/${page}${text ? `?${text}` : ""}`;
}
