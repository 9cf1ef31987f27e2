import { count, figure } from "./number";

const signs: Record<string, string> = { USD: "$", EUR: "€", GBP: "£" };

const signed = (text: string, currency: string): string => {
  const sign = signs[currency];
  return sign ? text.replace(/^(−?)/, `$1${sign}`) : `${text} ${currency}`;
};

/** A price as listed: "$2,459", "2,459 CHF". Cents only below ten. */
export function money(value: number, currency: string): string {
  const small = Math.abs(value) < 10 && value !== Math.round(value);
  return signed(small ? value.toFixed(2).replace("-", "−") : count(value), currency);
}

/** A sum that was computed, so rounded: "$3,100". */
export const about = (value: number, currency: string): string => signed(figure(value), currency);

const trim = (value: number): string => figure(value).replace(/\.0$/, "");

/** On an axis: "$3k". */
export function axisMoney(value: number, currency: string): string {
  const text = Math.abs(value) >= 1000 ? `${trim(value / 1000)}k` : trim(value);
  return signs[currency] ? signed(text, currency) : text;
}

export const currencies = ["USD", "EUR", "GBP", "CHF", "CAD", "SEK"];
