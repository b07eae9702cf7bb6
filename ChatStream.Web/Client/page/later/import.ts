import { button, element, refusalOf, sheet } from "./elements";
import { connection, find, number, readProblem, routes, word } from "./given";
import { laterWords } from "./later-words";
import { piecesOf } from "./pieces";

/** What one request brings at most, in bytes, unless a single conversation is larger. */
const most = 4 * 1024 * 1024;

/** How long it waits for a place among the imports, in seconds. */
const longestPause = 60;

interface Remark {
  kind: string;
  name?: string;
  count: number;
}

interface Report {
  conversations: { id: string; title: string }[];
  left: Remark[];
}

/** Sends the files that the user has chosen, one piece after the other, and shows what came of them. An archive is one piece. */
export async function importFile(input: HTMLInputElement, open: (conversationId: string) => void): Promise<void> {
  const refusal = find(document, "#import-refusal");
  const files = [...(input.files ?? [])];
  if (files.length === 0) return;
  refusal.hidden = true;
  input.disabled = true;
  const say = await laterWords();
  const over = new AbortController();
  const bar = element("progress", { max: files.reduce((sum, { size }) => sum + size, 0), value: 0 });
  const label = element("span", {}, say("import.running"));
  const progress = element("div", { className: "import-progress" }, element("label", {}, label, bar));
  progress.append(button(say("cancel"), () => over.abort()));
  // One small file is there before a bar could be seen.
  const showing = setTimeout(() => refusal.before(progress), 400);
  const report: Report = { conversations: [], left: [] };
  let refused: string | undefined;
  let before = 0;
  for (const file of files) {
    const isArchive = /\.zip$/i.test(file.name);
    for await (const piece of isArchive ? [{ body: file, end: file.size }] : piecesOf(file, most)) {
      if (over.signal.aborted) break;
      label.textContent = say("import.running", number(report.conversations.length));
      refused = (await send(piece.body, isArchive ? "application/zip" : "application/json", report, over.signal)) ?? refused;
      bar.value = before + piece.end;
    }
    before += file.size;
  }
  clearTimeout(showing);
  progress.remove();
  input.disabled = false;
  // Without this, choosing the same file again would not be a change.
  input.value = "";
  refusal.textContent = refused ?? "";
  refusal.hidden = refused === undefined;
  const { conversations, left } = report;
  if (conversations.length > 0) document.dispatchEvent(new Event("imported"));
  if (conversations.length === 1) open(conversations[0]!.id);
  if (conversations.length > 1 || left.length > 0) tell(report, say);
}

/** Sends one piece. Returns why it was refused; undefined if it was not. */
async function send(body: Blob, type: string, report: Report, signal: AbortSignal): Promise<string | undefined> {
  try {
    while (true) {
      const headers = { "Content-Type": type };
      const response = await connection.fetch(routes.import, { method: "POST", headers, body, signal });
      if (response.ok) return void take((await response.json()) as Report & { id: string; title: string }, report);
      const pause = Number(response.headers.get("Retry-After"));
      if (response.status === 429 && pause > 0 && pause <= longestPause) {
        await new Promise((resolve) => setTimeout(resolve, pause * 1000));
        if (!signal.aborted) continue;
      }
      const { code, numbers } = await readProblem(response, connection);
      return refusalOf(code, numbers, word(response.status === 400 ? "script.import-not-json" : "script.import-refused"));
    }
  } catch {
    return signal.aborted ? undefined : word("script.import-refused");
  }
}

/** An own export is answered with its tree, any other with a report. */
function take({ id, title, conversations, left }: Report & { id: string; title: string }, report: Report): void {
  report.conversations.push(...(conversations ?? [{ id, title }]));
  for (const remark of left ?? []) {
    const known = report.left.find(({ kind, name }) => kind === remark.kind && name === remark.name);
    if (known) known.count += remark.count;
    else report.left.push({ ...remark });
  }
}

function tell({ conversations, left }: Report, say: (name: string, ...values: string[]) => string): void {
  const lines = left.map(({ kind, name, count }) => {
    const text = say(`left.${kind}`, number(count));
    return element("li", {}, name ? `${text}: ${name}` : text);
  });
  const parts: HTMLElement[] = [element("p", {}, say("import.done", number(conversations.length)))];
  if (lines.length) parts.push(element("h3", {}, say("import.left")), element("ul", { className: "left" }, ...lines));
  const dialog = sheet(say("import.title"), say("close"), ...parts);
  const done = button(say("ok"), () => dialog.close(), "primary");
  dialog.append(element("div", { className: "controls" }, done));
  done.focus();
}
