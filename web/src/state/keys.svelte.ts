// The keyboard: one place that knows every key, so that the help cannot lie.
import { pages } from "./pages";
import { theme } from "./theme.svelte";
import { view } from "./view.svelte";
import { why } from "./why.svelte";
import { copy, notice } from "./notice.svelte";

class Overlays {
  help = $state(false);
  palette = $state(false);
}
export const overlays = new Overlays();

export const shortcuts: [string, string][] = [
  ["?", "This list"],
  ["Ctrl K or ⌘ K", "Find a page, machine, model or action"],
  ["1 to 9", "Open a page"],
  ["/", "To the filter or the first question of the page"],
  ["t", "Theme: system, light, dark"],
  ["Home or 0", "To the top"],
  ["c", "Copy the link of this view"],
  ["p", "Published results"],
  ["l", "Landing page"],
  ["g", "Where the facts come from"],
  ["Esc", "Close what is open"],
];

const isTyping = (target: EventTarget | null) =>
  target instanceof HTMLElement && /^(INPUT|SELECT|TEXTAREA)$/.test(target.tagName) && (target as HTMLInputElement).type !== "range" && (target as HTMLInputElement).type !== "checkbox";

function focusFirstField() {
  const field = document.querySelector<HTMLElement>("[data-filter]") ?? document.querySelector<HTMLElement>(".ask input, .tune input, .tune select");
  field?.closest("details")?.setAttribute("open", "");
  field?.focus();
}

export function copyLink() {
  void copy(location.href.replace(/#.*$/, "") + view.link, "Link");
}

function escape() {
  if (overlays.help) overlays.help = false;
  else if (overlays.palette) overlays.palette = false;
  else if (why.open || why.told) why.close();
  else notice.text = "";
}

export function keys(event: KeyboardEvent) {
  if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === "k") {
    event.preventDefault();
    overlays.palette = !overlays.palette;
    return;
  }
  if (event.key === "Escape") return escape();
  if (event.ctrlKey || event.metaKey || event.altKey || isTyping(event.target)) return;
  if (overlays.palette || overlays.help) return;
  const digit = Number(event.key);
  if (digit >= 1 && digit <= 9) return view.open(pages[digit - 1]!.id);
  switch (event.key) {
    case "?": overlays.help = true; break;
    case "t": theme.next(); notice.say(`Theme: ${theme.value}`); break;
    case "c": copyLink(); break;
    case "p": view.open("quality"); break;
    case "l": view.open("decide"); break;
    case "g": view.open("trust", { at: "sources" }); break;
    case "0": scrollTo({ top: 0, behavior: "smooth" }); break;
    case "Home":
      if (event.target instanceof HTMLInputElement) return; // a slider's own key
      scrollTo({ top: 0, behavior: "smooth" });
      break;
    case "/": focusFirstField(); break;
    default: return;
  }
  event.preventDefault();
}
