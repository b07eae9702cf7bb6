/**
 * True if a proxy in front has answered instead of the server, because the user's sign-in there has expired: with a redirect
 * to its sign-in page, or with that page. The server itself sends neither a redirect nor HTML to what the page fetches.
 */
export function isSignIn(response: Response): boolean {
  const { status } = response;
  if (response.type === "opaqueredirect" || response.redirected || (status >= 300 && status < 400) || status === 401) return true;
  const isHtml = response.headers.get("Content-Type")?.toLowerCase().startsWith("text/html") ?? false;
  return isHtml && (response.ok || status === 403);
}
