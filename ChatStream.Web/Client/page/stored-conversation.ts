import { routes } from "./routes";

const longestWait = 20_000;

/** Changes what is stored of a conversation; false where the server did not or could not. */
export const change = (conversationId: string, what: { title?: string; leafId?: string }): Promise<boolean> =>
  send(conversationId, {
    method: "PATCH",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify(what),
  });

/** One that is gone already counts as removed. */
export const remove = (conversationId: string): Promise<boolean> => send(conversationId, { method: "DELETE" }, [404]);

async function send(conversationId: string, init: RequestInit, alsoFine: number[] = []): Promise<boolean> {
  try {
    const response = await fetch(routes.stored(conversationId), { ...init, signal: AbortSignal.timeout(longestWait) });
    return response.ok || alsoFine.includes(response.status);
  } catch {
    return false;
  }
}
