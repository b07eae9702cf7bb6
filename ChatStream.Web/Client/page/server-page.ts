import { pageHeader } from "./browser-host";
import { connection } from "./connection-bar";
import { routes } from "./routes";

/** The page as the server shows it now. `gone`: the conversation does not exist. Undefined: the server did not send it. */
export function readServerPage(conversationId: string): Promise<Document | "gone" | undefined> {
  return new Promise((resolve) => {
    // XMLHttpRequest gives a document in which no script runs; with fetch, a string of markup would have to be parsed.
    const request = new XMLHttpRequest();
    request.open("GET", routes.conversation(conversationId));
    request.responseType = "document";
    for (const [name, value] of Object.entries(pageHeader)) request.setRequestHeader(name, value);
    request.timeout = 20_000;
    request.addEventListener("loadend", () => resolve(read(request)));
    request.send();
  });
}

function read(request: XMLHttpRequest): Document | "gone" | undefined {
  const page = request.responseXML ?? undefined;
  // An error page of a proxy has other markup.
  const isOurs = page?.querySelector("body[data-base]");
  if (request.status === 0) connection.lost();
  else if (isOurs) connection.reached();
  // To a browser without its cookie, all conversations seem deleted.
  if (request.getResponseHeader("X-ChatStream-Identity") === "new") connection.checkCookie();
  else if (request.status === 404 && isOurs) return "gone";
  if (request.status !== 200) return undefined;
  // Otherwise a proxy in front has sent its sign-in page.
  const isPage = page !== undefined && page.querySelector("#conversation") !== null;
  connection.set("signed-out", !isPage);
  return isPage ? page : undefined;
}
