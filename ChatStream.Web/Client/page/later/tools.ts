import { visibleSigns } from "../../mirrored/visible-signs";
import type { Tool } from "../../stream/events";
import { announce, clone, connection, find, number, routes, TextFlow, word } from "./given";
import { styled } from "./style";

/** How long the server may take, in milliseconds. */
const longestWait = 20_000;

/** Shows a call of a tool as it stands now, in a panel of its own. What the tool says is text. */
export function showTool(article: HTMLElement, tool: Tool): void {
  const panel = article.querySelector<HTMLDetailsElement>(`.tool[data-call-id="${tool.callId}"]`) ?? newPanel(article, tool);
  const { state, name } = tool;
  const wasAsked = panel.dataset["state"] === "asked";
  panel.dataset["state"] = state;
  say(panel, state, name);
  fill(panel, "arguments", tool.arguments);
  fill(panel, "result", tool.result);
  if (tool.files) showImages(panel, tool.files);
  if (tool.permission) showPermission(article, panel, tool.permission);
  const asks = state === "asked";
  for (const part of [".question", ".actions"]) find(panel, part).hidden = !asks;
  find(panel, ".fault").hidden = true;
  if (asks) {
    place(article, ".asks", panel);
    panel.open = true;
  } else if (wasAsked || !panel.isConnected) {
    place(article, ".tools", panel);
    panel.open = false;
  }
  if (tool.permission || tool.files) panel.open = true;
  if (asks || state === "failed") announce(find(panel, ".said").textContent);
}

/** The answer has ended: what is open now is stored as failed. */
export function endTools(article: HTMLElement): void {
  for (const panel of article.querySelectorAll<HTMLDetailsElement>(".tool[data-state=asked], .tool[data-state=running]")) {
    say(panel, "failed", panel.dataset["name"]!);
    for (const part of [".question", ".actions"]) find(panel, part).hidden = true;
    place(article, ".tools", panel);
    panel.open = false;
  }
}

const listened = new WeakSet<Element>();

function newPanel(article: HTMLElement, { callId, name }: Tool): HTMLDetailsElement {
  const panel = clone("tool", "details") as HTMLDetailsElement;
  panel.dataset["callId"] = callId;
  panel.dataset["name"] = name;
  panel.dataset["state"] = "";
  find(article, ".tools").append(panel);
  return panel;
}

function place(article: HTMLElement, where: string, panel: HTMLElement): void {
  const parent = find(article, where);
  if (panel.parentElement !== parent) parent.append(panel);
  if (listened.has(panel)) return;
  listened.add(panel);
  panel.addEventListener("click", ({ target }) => {
    const button = target instanceof Element ? target.closest<HTMLButtonElement>("[data-decision]") : null;
    if (button) void decide(article, panel, button.dataset);
  });
}

const say = (panel: HTMLElement, state: string, name: string) => {
  find(panel, ".said").textContent = word(`script.tool.${state}`, name);
};

function fill(panel: HTMLElement, part: string, text: string | undefined): void {
  if (text === undefined) return;
  const element = find(panel, `[data-part=${part}]`);
  const flow = new TextFlow(element);
  flow.clear();
  flow.append(visibleSigns(text));
  flow.flush();
  element.hidden = false;
}

/** The images of a result are files of the user. */
function showImages(panel: HTMLElement, ids: readonly string[]): void {
  const list = find(panel, ".files");
  const items = ids.map((id, i) => {
    const [item, link, image] = [document.createElement("li"), document.createElement("a"), document.createElement("img")];
    item.dataset["fileId"] = id;
    link.href = `${routes.files}/${id}`;
    link.target = "_blank";
    link.rel = "noopener";
    image.src = link.href;
    image.alt = word("script.tool.image", number(i + 1));
    link.append(image);
    item.append(link);
    return item;
  });
  void styled("files");
  list.replaceChildren(...items);
  list.hidden = false;
}

/** The tool server needs the user's permission: a link leads to where it is given, and from there back to this answer. */
function showPermission(article: HTMLElement, panel: HTMLElement, server: string): void {
  const part = find(panel, ".permission");
  if (!part.hidden) return;
  const link = find(part, "a") as HTMLAnchorElement;
  link.href = `${link.getAttribute("href")}${encodeURIComponent(server)}/authorize?answer=${article.dataset["messageId"]}`;
  part.hidden = false;
}

/** Sends a decision. The stream tells what came of it. */
async function decide(article: HTMLElement, panel: HTMLElement, { decision, remember }: DOMStringMap): Promise<void> {
  const fault = find(panel, ".fault");
  fault.hidden = true;
  try {
    const response = await connection.fetch(routes.decide(article.dataset["messageId"]!, panel.dataset["callId"]!), {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify({ decision, ...(remember && { remember }) }),
      signal: AbortSignal.timeout(longestWait),
    });
    // Another tab may have decided: then the stream says so.
    fault.hidden = response.ok || response.status === 409;
  } catch {
    fault.hidden = false;
  }
}
