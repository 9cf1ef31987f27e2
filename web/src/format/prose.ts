// Markdown as HTML that is safe to show: no HTML of its own, no links but to the web and to mail, no pictures (a picture
// would be fetched from elsewhere). micromark drops other protocols unless it is told otherwise.
import { micromark } from "micromark";

export const prose = (markdown: string): string =>
  micromark(markdown, { extensions: [{ disable: { null: ["labelStartImage", "htmlFlow", "htmlText"] } }] })
    .replaceAll("<a href=", '<a rel="noopener noreferrer" href=');
