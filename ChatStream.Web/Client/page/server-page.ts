import { routes } from "./routes";

/** The page as the server would show it now; `gone`: there is no such conversation any more. */
export function readServerPage(conversationId: string): Promise<Document | "gone" | undefined> {
  return new Promise((resolve) => {
    // Not fetch: this is the way to a document that needs no string of markup, and in which no script runs.
    const request = new XMLHttpRequest();
    request.open("GET", routes.conversation(conversationId));
    request.responseType = "document";
    request.timeout = 20_000;
    request.addEventListener("loadend", () => {
      if (request.status === 404) resolve("gone");
      else resolve((request.status === 200 && request.responseXML) || undefined);
    });
    request.send();
  });
}
