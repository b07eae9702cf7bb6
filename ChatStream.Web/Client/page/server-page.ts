import type { Place } from "../stream/place";
import { pageHeader } from "./browser-host";
import { connection } from "./connection-bar";
import { placeAt, routes } from "./routes";
import { updateConversation } from "./stored-conversation";

/**
 * The page as the server shows it now, or why there is none. `gone`: the conversation does not exist. `signed-out`: a proxy in
 * front wants the user to sign in again. `unreachable`: the server did not send it.
 */
export type ServerPage = Document | "gone" | "signed-out" | "unreachable";

/** How long the server may take, in milliseconds. */
const longestWait = 20_000;

export function readServerPage(conversationId: string, signal?: AbortSignal): Promise<ServerPage> {
  return new Promise((resolve) => {
    // XMLHttpRequest gives a document in which no script runs; with fetch, a string of markup would have to be parsed.
    const request = new XMLHttpRequest();
    request.open("GET", routes.conversation(conversationId));
    request.responseType = "document";
    // An answer of another type would be read as XML, and what is no XML as an error page with styles of its own.
    request.overrideMimeType("text/html; charset=utf-8");
    for (const [name, value] of Object.entries(pageHeader)) request.setRequestHeader(name, value);
    request.timeout = longestWait;
    const abort = () => request.abort();
    signal?.addEventListener("abort", abort);
    request.addEventListener("loadend", () => {
      signal?.removeEventListener("abort", abort);
      resolve(signal?.aborted ? "unreachable" : judge(request));
    });
    request.send();
  });
}

/** The same for a place. If its message is not on the path that the server shows, the server is first asked to show that. */
export async function readPlace({ conversationId = "", messageId }: Place, signal: AbortSignal): Promise<ServerPage> {
  const page = await readServerPage(conversationId, signal);
  if (!(page instanceof Document) || messageId === undefined || hasMessage(page, messageId)) return page;
  const isThere = !signal.aborted && (await updateConversation(conversationId, { leafId: messageId }));
  return isThere ? readServerPage(conversationId, signal) : page;
}

const hasMessage = (page: Document, messageId: string) => page.querySelector(`[data-message-id="${messageId}"]`) !== null;

function judge(request: XMLHttpRequest): ServerPage {
  const { status, responseURL } = request;
  const page = request.responseXML ?? undefined;
  // An error page of a proxy has other markup.
  const isOurs = page?.querySelector("body[data-base]");
  if (status === 0) connection.lost();
  else if (isOurs) connection.reached();
  // To a browser without its cookie, all conversations seem deleted.
  if (request.getResponseHeader("X-ChatStream-Identity") === "new") connection.checkCookie();
  else if ((status === 404 || status === 410) && isOurs) return "gone";
  const isPage = placeAt(responseURL)?.conversationId !== undefined && page?.querySelector("#conversation");
  // Instead of the page, a proxy in front has sent its sign-in page, or a refusal.
  const isSignIn = (status === 200 && !isPage) || ((status === 401 || status === 403) && !isOurs);
  if (status === 200 || isSignIn) connection.signedOut("page", isSignIn);
  if (isSignIn) return "signed-out";
  return status === 200 && page ? page : "unreachable";
}
