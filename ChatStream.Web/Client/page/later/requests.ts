import type { Problem } from "../../stream/problem";
import { connection, isSignIn, readProblem, routes } from "./given";

/** How long the server may take, in milliseconds. */
const longestWait = 30_000;

/** What came of a request: the body, or why there is none. An empty problem: the server was not reached. */
export type Outcome<T> = { body: T; problem?: never } | { body?: never; problem: Partial<Problem> };

/** Sends JSON to an address below the page's base. */
export async function send<T>(method: string, path: string, body?: unknown): Promise<Outcome<T>> {
  try {
    const response = await connection.fetch(`${routes.newChat}${path}`, {
      method,
      headers: { "Accept": "application/json", ...(body !== undefined && { "Content-Type": "application/json" }) },
      ...(body !== undefined && { body: JSON.stringify(body) }),
      signal: AbortSignal.timeout(longestWait),
    });
    if (isSignIn(response)) return { problem: {} };
    if (!response.ok) return { problem: await readProblem(response, connection) };
    return { body: (response.status === 204 ? undefined : await response.json()) as T };
  } catch {
    return { problem: {} };
  }
}

/**
 * The server's markup of what stands in the list before the days; undefined: it did not come.
 *
 * @param marked Conversations that are in it, too, if they stand in a folder.
 */
export function readShelf(
  conversationId: string | undefined,
  folderId: string | undefined,
  marked: readonly string[],
): Promise<HTMLElement | undefined> {
  const parameters = new URLSearchParams({
    ...(conversationId && { conversation: conversationId }),
    ...(folderId && { folder: folderId }),
    ...(marked.length > 0 && { marked: marked.join(".") }),
  });
  return new Promise((resolve) => {
    // XMLHttpRequest gives a document in which no script runs; with fetch, a string of markup would have to be parsed.
    const request = new XMLHttpRequest();
    request.open("GET", `${routes.newChat}shelf?${parameters}`);
    request.responseType = "document";
    request.overrideMimeType("text/html; charset=utf-8");
    request.timeout = longestWait;
    request.addEventListener("loadend", () =>
      resolve((request.status === 200 && request.responseXML?.querySelector<HTMLElement>("#shelf")) || undefined),
    );
    request.send();
  });
}
