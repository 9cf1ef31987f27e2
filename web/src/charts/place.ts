// Names stand at their marks. A name moves before it shrinks, and goes away before it covers another.

export interface Box { left: number; right: number; top: number; bottom: number }
export interface Wish { x: number; y: number; name: string; sub?: string; gap?: number; must?: boolean }
export interface Placed { x: number; y: number; anchor: "start" | "middle" | "end"; withSub: boolean }

const LINE = 15;
/** Close enough to the width of 13 px text in the faces of the page. */
export const textWidth = (text: string, size = 13) => text.length * size * 0.53;

const overlaps = (a: Box, b: Box) => a.left < b.right && b.left < a.right && a.top < b.bottom && b.top < a.bottom;

export function place(wishes: Wish[], frame: Box, taken: Box[]): (Placed | null)[] {
  const names: Box[] = [];
  const find = (wish: Wish, used: Box[]): Placed | null => {
    for (const withSub of wish.sub ? [true, false] : [false]) {
      const width = Math.max(textWidth(wish.name), withSub ? textWidth(wish.sub!, 12) : 0);
      const height = withSub ? 2 * LINE : LINE;
      const gap = wish.gap ?? 9;
      const tries: [number, number, Placed["anchor"]][] = [
        [wish.x + gap, wish.y - height / 2, "start"],
        [wish.x - gap, wish.y - height / 2, "end"],
        [wish.x, wish.y - height - gap - 4, "middle"],
        [wish.x, wish.y + gap + 2, "middle"],
        [wish.x + gap, wish.y - height - 2, "start"],
        [wish.x - gap, wish.y - height - 2, "end"],
        [wish.x + gap, wish.y + 4, "start"],
        [wish.x - gap, wish.y + 4, "end"],
      ];
      for (const [x, top, anchor] of tries) {
        const left = anchor === "start" ? x : anchor === "end" ? x - width : x - width / 2;
        const box = { left, right: left + width, top, bottom: top + height };
        const inside = box.left >= frame.left && box.right <= frame.right && box.top >= frame.top && box.bottom <= frame.bottom;
        if (inside && !used.some((other) => overlaps(box, other))) {
          names.push(box);
          return { x, y: top + 12, anchor, withSub };
        }
      }
    }
    return null;
  };
  // What must be named may stand over a mark, never over another name.
  return wishes.map((wish) => find(wish, [...taken, ...names]) ?? (wish.must ? find(wish, names) : null));
}
