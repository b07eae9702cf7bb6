import { isSignIn } from "../stream/sign-in";
import { connection } from "./connection-bar";
import { routes } from "./routes";

/** How long the server may take, in milliseconds. */
const longestWait = 20_000;

/** Changes the title or the shown path of a stored conversation. False if the server refused or was not reached. */
export const updateConversation = (conversationId: string, what: { title?: string; leafId?: string }): Promise<boolean> =>
  send(conversationId, {
    method: "PATCH",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify(what),
  });

async function send(conversationId: string, init: RequestInit): Promise<boolean> {
  try {
    const response = await connection.fetch(routes.stored(conversationId), { ...init, signal: AbortSignal.timeout(longestWait) });
    return !isSignIn(response) && response.ok;
  } catch {
    return false;
  }
}
