import type { Place } from "../stream/place";
import { showSignedOut } from "./request";
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
    request.timeout = longestWait;
    const abort = () => request.abort();
    signal?.addEventListener("abort", abort);
    request.addEventListener("loadend", async () => {
      signal?.removeEventListener("abort", abort);
      const page = await judge(request, signal);
      if (page === "signed-out") showSignedOut(true);
      resolve(page);
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

async function judge({ status, responseXML, responseURL }: XMLHttpRequest, signal: AbortSignal | undefined): Promise<ServerPage> {
  if (status === 404 || status === 410) return "gone";
  // A proxy in front has sent its sign-in page, or a refusal.
  if (status === 401 || status === 403) return "signed-out";
  const isOurs = Boolean(placeAt(responseURL)?.conversationId);
  if (status === 200 && isOurs && responseXML?.querySelector("#conversation")) return responseXML;
  if (status === 200) return "signed-out";
  return status === 0 && !signal?.aborted && (await redirectsAway()) ? "signed-out" : "unreachable";
}

/** True if a proxy redirects to another site. To XMLHttpRequest, that is the same as a lost connection. */
async function redirectsAway(): Promise<boolean> {
  try {
    const init: RequestInit = { method: "HEAD", redirect: "manual", signal: AbortSignal.timeout(longestWait) };
    return (await fetch(routes.newChat, init)).type === "opaqueredirect";
  } catch {
    return false;
  }
}
