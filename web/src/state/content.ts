// What whoever published this page added to it (`rigwise site --content`): Markdown files, in the page itself.
export interface Document {
  name: string;
  title: string;
  text: string;
}

function carried(): Document[] {
  const block = document.getElementById("content")?.textContent;
  return block ? (JSON.parse(block) as Document[]) : [];
}

export const documents = carried();
