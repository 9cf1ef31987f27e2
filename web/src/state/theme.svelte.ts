export type Theme = "system" | "light" | "dark";
const order: Theme[] = ["system", "light", "dark"];
const key = "rigwise.theme";

function stored(): Theme {
  try {
    const text = localStorage.getItem(key);
    return text === "light" || text === "dark" ? text : "system";
  } catch {
    return "system"; // storage may be forbidden from file://
  }
}

class ThemeChoice {
  value = $state<Theme>(stored());

  next() {
    this.set(order[(order.indexOf(this.value) + 1) % order.length]!);
  }

  set(theme: Theme) {
    this.value = theme;
    if (theme === "system") delete document.documentElement.dataset.theme;
    else document.documentElement.dataset.theme = theme;
    try {
      localStorage.setItem(key, theme);
    } catch {
      // The choice then lasts as long as the page.
    }
  }
}
export const theme = new ThemeChoice();
