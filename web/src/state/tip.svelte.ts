// The one tooltip: what it says and where. Elements say their own in data-tip; charts say the point nearest to the pointer.
class TipState {
  text = $state("");
  left = $state(0);
  top = $state(0);
  below = $state(false);

  /** Above the box it speaks of, below where there is no room. */
  show(text: string, box: { left: number; right: number; top: number; bottom: number }) {
    this.text = text;
    this.left = Math.min(innerWidth - 160, Math.max(160, (box.left + box.right) / 2));
    this.below = box.top < 90;
    this.top = this.below ? box.bottom + 8 : box.top - 8;
  }

  hide() {
    this.text = "";
  }
}
export const tip = new TipState();
