import { showSignedOut } from "./request";
import { routes } from "./routes";

/** The page as the server shows it now. `gone`: the conversation does not exist. Undefined: the server did not send it. */
export function readServerPage(conversationId: string): Promise<Document | "gone" | undefined> {
  return new Promise((resolve) => {
    // XMLHttpRequest gives a document in which no script runs; with fetch, a string of markup would have to be parsed.
    const request = new XMLHttpRequest();
    request.open("GET", routes.conversation(conversationId));
    request.responseType = "document";
    request.timeout = 20_000;
    request.addEventListener("loadend", () => {
      const page = request.status === 200 ? request.responseXML : null;
      // A proxy in front has sent its sign-in page.
      const isOther = page !== null && page.querySelector("#conversation") === null;
      if (isOther) showSignedOut(true);
      if (request.status === 404) resolve("gone");
      else resolve((!isOther && page) || undefined);
    });
    request.send();
  });
}
