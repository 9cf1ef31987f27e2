// Numbers for people: two or three significant digits, thousands with a comma, a true minus, a space before the unit.

const MINUS = "−";

function decimalsFor(value: number): number {
  const size = Math.abs(value);
  if (size === 0 || !Number.isFinite(value) || size >= 99.5) return 0;
  if (size >= 9.95) return 0;
  if (size >= 0.995) return 1;
  return Math.min(6, 1 - Math.floor(Math.log10(size)));
}

function roundTo(value: number, significant: number): number {
  if (value === 0) return 0;
  const step = 10 ** (Math.floor(Math.log10(Math.abs(value))) - significant + 1);
  return step >= 1 ? Math.round(value / step) * step : value;
}

function fixed(value: number, decimals: number): string {
  const [whole = "", rest] = Math.abs(value).toFixed(decimals).split("."); // toLocaleString takes a hundred times as long
  const text = whole.replace(/\B(?=(\d{3})+$)/g, ",") + (rest ? `.${rest}` : "");
  const zero = /^[0.,]+$/.test(text);
  return value < 0 && !zero ? MINUS + text : text;
}

/** 61.3 -> "61", 1.43 -> "1.4", 3142 -> "3,140". */
export function figure(value: number): string {
  if (!Number.isFinite(value)) return value > 0 ? "no end" : "unknown";
  return fixed(roundTo(value, 3), decimalsFor(value));
}

/** On an axis, where 5 is round enough: "5", "2.5". */
export const tick = (value: number): string => figure(value).replace(/\.0$/, "");

/** The range of a figure, never finer than the figure itself: "50 to 74". */
export function range(low: number, high: number, centre: number): string {
  const decimals = decimalsFor(centre);
  const text = (value: number) => fixed(decimals === 0 ? roundTo(value, 3) : value, decimals);
  return `${text(low)} to ${text(high)}`;
}

/** As many digits as stand there: for counts and prices as listed. */
export const count = (value: number): string => fixed(Math.round(value), 0);

export const percent = (share: number): string => `${figure(share * 100)} %`;

/** A chance in words of a hundred, never 100 and never 0: nothing is that sure. */
export function chance(probability: number): string {
  const hundredths = Math.round(probability * 100);
  if (hundredths >= 100) return "99 in 100";
  if (hundredths <= 0) return "under 1 in 100";
  return `${hundredths} in 100`;
}

/** 16384 -> "16k" (k tokens are 1,024). */
export function tokens(value: number): string {
  if (value < 1024) return count(value);
  if (value >= 1024 * 1024) return `${fixed(value / (1024 * 1024), value % (1024 * 1024) === 0 ? 0 : 1)}M`;
  return `${fixed(Math.round(value / 1024), 0)}k`;
}

/** Tokens of a month: 120,960,000 -> "121 million". */
export function amount(value: number): string {
  if (value >= 1e9) return `${figure(value / 1e9)} billion`;
  if (value >= 1e6) return `${figure(value / 1e6)} million`;
  return figure(value);
}

/** Gigabytes of a memory, to three digits: 18.6, 1.58. */
export function gigabytes(bytes: number): string {
  const gb = bytes / 1e9;
  return fixed(gb, gb >= 100 ? 0 : gb >= 10 ? 1 : 2);
}

export function seconds(value: number): string {
  if (value < 0.9995) return `${figure(value * 1000)} ms`;
  if (value < 120) return `${figure(value)} s`;
  if (value < 7200) return `${figure(value / 60)} min`;
  return `${figure(value / 3600)} h`;
}

/** A month count as people say it. */
export const months = (value: number): string => (value >= 24 && value % 12 === 0 ? `${value / 12} years` : `${value} months`);
