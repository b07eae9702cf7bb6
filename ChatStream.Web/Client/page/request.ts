import { isSignIn } from "../stream/sign-in";
import { find } from "./dom";

/** Sends a request to the server. Says on the page when a proxy in front asks for a new sign-in instead. */
export async function request(url: string, init: RequestInit): Promise<Response> {
  // Followed, a redirect to a sign-in page on another site would look like a lost connection.
  const response = await fetch(url, { ...init, redirect: "manual" });
  showSignedOut(isSignIn(response));
  return response;
}

/** Shows or hides the notice that the sign-in has expired. */
export function showSignedOut(signedOut: boolean): void {
  find(document, "#signed-out").hidden = !signedOut;
}
