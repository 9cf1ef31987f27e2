// The report as a file of its own: shown in a tab, printed from there, or saved.

export const reportFile = (html: string) => new Blob([html], { type: "text/html;charset=utf-8" });

/** A tab that is there at once, while the click still counts, and shows the page when it is made. Null: the browser forbids it. */
export function reportTab(): { show: (html: string, print: boolean) => void; close: () => void } | null {
  const tab = window.open("", "_blank");
  if (!tab) return null;
  tab.document.title = "Writing the report";
  return {
    close: () => tab.close(),
    show(html, print) {
      const address = URL.createObjectURL(reportFile(html)); // lives as long as this page: the tab may be loaded again
      tab.location.href = address;
      if (!print) return;
      const wait = setInterval(() => {
        try {
          if (tab.closed) return clearInterval(wait);
          if (tab.location.href !== address || tab.document.readyState !== "complete") return;
          clearInterval(wait);
          tab.print();
        } catch {
          clearInterval(wait); // it went elsewhere
        }
      }, 100);
    },
  };
}
