import { conversationsIn, UnreadableArchive } from "./archive";
import { button, element, refusalOf, sheet } from "./elements";
import { connection, find, number, readProblem, routes, word } from "./given";
import { laterWords } from "./later-words";
import { type Piece, piecesOf } from "./pieces";

/** What one request brings at most, in bytes, unless a single conversation is larger. */
const most = 4 * 1024 * 1024;

/** What one request may bring, in bytes. Same as in `RequestLimits`. */
const largest = 32 * 1024 * 1024;

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
  /** An archive was taken apart here, and only its conversations were sent. */
  isApart: boolean;
}

/** Why a file or a part of it was not taken. */
interface Refusal {
  code?: string | undefined;
  text: string;
}

/**
 * Sends the files that the user has chosen, one piece after the other, and shows what came of them. An archive is one piece, so
 * that its images and files come with it; one that is too large for that is taken apart here.
 */
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
  const report: Report = { conversations: [], left: [], isApart: false };
  let refused: Refusal | undefined;
  let before = 0;
  const sendAll = async (name: string, pieces: AsyncIterable<Piece>, type = "application/json") => {
    let last: Refusal | undefined;
    let count = 0;
    for await (const { body, end } of pieces) {
      if (over.signal.aborted) break;
      label.textContent = say("import.running", number(report.conversations.length));
      const isTooLarge = { text: say("import.too-large", name, number(largest / 1024 / 1024)) };
      last = (body.size > largest ? isTooLarge : await send(body, type, report, over.signal)) ?? last;
      bar.value = before + end;
      count++;
    }
    return count > 0 || over.signal.aborted ? last : { text: refusalOf("import_not_understood", [], "") };
  };
  const sendFile = async (file: File): Promise<Refusal | undefined> => {
    if (!(await isArchive(file))) return sendAll(file.name, piecesOf(file, most));
    if (file.size <= largest) {
      const whole = await sendAll(file.name, piecesOf(file, Infinity), "application/zip");
      if (whole?.code !== "import_archive_too_large") return whole;
    }
    try {
      report.isApart = true;
      return await sendAll(file.name, conversationsIn(file, most));
    } catch (fault) {
      if (!(fault instanceof UnreadableArchive)) throw fault;
      return { text: say("import.unreadable", file.name) };
    }
  };
  for (const file of files) {
    refused = (await sendFile(file).catch(() => ({ text: word("script.import-refused") }))) ?? refused;
    before += file.size;
  }
  clearTimeout(showing);
  progress.remove();
  input.disabled = false;
  // Without this, choosing the same file again would not be a change.
  input.value = "";
  refusal.textContent = refused?.text ?? "";
  refusal.hidden = refused === undefined;
  const { conversations, left } = report;
  if (conversations.length > 0) document.dispatchEvent(new Event("list-changed"));
  if (conversations.length === 1) open(conversations[0]!.id);
  if (conversations.length > 1 || left.length > 0) tell(report, say);
}

/** By its name, or else by how it begins. */
const isArchive = async (file: File) => /\.zip$/i.test(file.name) || (await file.slice(0, 4).text()) === "PK\u0003\u0004";

/** Sends one piece. Returns why it was refused; undefined if it was not. */
async function send(body: Blob, type: string, report: Report, signal: AbortSignal): Promise<Refusal | undefined> {
  try {
    while (true) {
      const headers = { "Content-Type": type };
      const response = await connection.fetch(routes.import, { method: "POST", headers, body, signal });
      if (response.ok) return void take((await response.json()) as Report & { id: string; title: string }, report);
      const pause = Number(response.headers.get("Retry-After"));
      if (response.status === 429 && pause > 0 && pause <= longestPause) {
        await waitFor(pause, signal);
        if (!signal.aborted) continue;
      }
      const { code, numbers } = await readProblem(response, connection);
      const otherwise = word(response.status === 400 ? "script.import-not-json" : "script.import-refused");
      return { code, text: refusalOf(code, numbers, otherwise) };
    }
  } catch {
    return signal.aborted ? undefined : { text: word("script.import-refused") };
  }
}

/** Waits for some seconds, or until the import is cancelled. */
function waitFor(seconds: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, seconds * 1000);
    signal.addEventListener("abort", () => {
      clearTimeout(timer);
      resolve();
    });
  });
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

function tell({ conversations, left, isApart }: Report, say: (name: string, ...values: string[]) => string): void {
  const lines = left.map(({ kind, name, count }) => {
    const text = say(`left.${kind}`, number(count));
    return element("li", {}, name ? `${text}: ${name}` : text);
  });
  const parts: HTMLElement[] = [element("p", {}, say("import.done", number(conversations.length)))];
  if (isApart && left.some(({ kind }) => kind === "image" || kind === "file")) parts.push(element("p", {}, say("import.apart")));
  if (lines.length) parts.push(element("h3", {}, say("import.left")), element("ul", { className: "left" }, ...lines));
  const dialog = sheet(say("import.title"), say("close"), ...parts);
  const done = button(say("ok"), () => dialog.close(), "primary");
  dialog.append(element("div", { className: "controls" }, done));
  done.focus();
}
