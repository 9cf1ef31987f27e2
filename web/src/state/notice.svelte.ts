// One quiet line at the foot of the window: "Link copied". Spoken by screen readers, gone after a while.
class Notice {
  text = $state("");
  private timer: ReturnType<typeof setTimeout> | undefined;

  say(text: string) {
    this.text = text;
    clearTimeout(this.timer);
    this.timer = setTimeout(() => (this.text = ""), 3200);
  }
}
export const notice = new Notice();

export async function copy(text: string, what: string) {
  try {
    await navigator.clipboard.writeText(text);
  } catch {
    const area = document.createElement("textarea"); // from file:// the clipboard needs the old way
    area.value = text;
    area.style.position = "fixed";
    document.body.append(area);
    area.select();
    document.execCommand("copy");
    area.remove();
  }
  notice.say(`${what} copied`);
}
