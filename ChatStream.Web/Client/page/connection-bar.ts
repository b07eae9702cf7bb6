import { Connection, type ConnectionState } from "../stream/connection";
import { announce } from "./announcer";
import { browserHost } from "./browser-host";
import { find } from "./dom";
import { routes } from "./routes";
import { duration, word } from "./words";

const bar = find(document, "#connection");
const button = (action: string) => find<HTMLButtonElement>(bar, `[data-action=${action}]`);
let state: ConnectionState = { trouble: undefined, seconds: undefined };
let waiting: "message" | "request" | undefined;

/** The page's way to the server. */
export const connection = new Connection(browserHost, routes.models, (next) => {
  const isNew = next.trouble !== state.trouble;
  state = next;
  show();
  // Once. The countdown is for the eyes.
  if (isNew && next.trouble) announce(sentences(next.trouble, undefined).join(" "));
});

// Without cookies the server takes each request for that of another browser.
if (!navigator.cookieEnabled) connection.checkCookie();

/** Says what waits for its first response from the server, if anything. The user may take it back. */
export function showWaiting(what: "message" | "request" | undefined): void {
  waiting = what;
  show();
}

function show(): void {
  const { trouble, seconds } = state;
  const held = bar.contains(document.activeElement) ? document.activeElement : null;
  const isLost = trouble === "offline" || trouble === "unreachable";
  bar.hidden = trouble === undefined;
  if (trouble) find(bar, "span").textContent = sentences(trouble, seconds).join(" ");
  button("try-now").hidden = !isLost;
  button("take-back").hidden = !isLost || waiting === undefined;
  button("reload").hidden = trouble !== "signed-out" && trouble !== "cookies";
  // A button that is hidden loses the focus.
  if (held && !held.checkVisibility()) find(document, "#message").focus();
}

function sentences(trouble: string, seconds: number | undefined): string[] {
  const said = [word(`connection.${trouble}`)];
  if (trouble !== "offline" && trouble !== "unreachable") return said;
  if (waiting === "message") said.push(word("connection.kept"));
  if (trouble === "unreachable" && seconds !== undefined) said.push(word("connection.again", duration(seconds)));
  return said;
}
