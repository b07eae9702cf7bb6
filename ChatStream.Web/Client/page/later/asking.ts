import type { Problem } from "../../stream/problem";
import { connection, isSignIn, number, readProblem } from "./given";

/** How long the server may take, in milliseconds. */
const longestWait = 20_000;

/** Sends JSON. Returns what came back, or why it did not work; an empty problem: the server was not reached. */
export async function ask<T>(
  address: string,
  method: string,
  body?: unknown,
): Promise<{ value: T | undefined } | { problem: Partial<Problem> }> {
  try {
    const response = await connection.fetch(address, {
      method,
      headers: { "Accept": "application/json", ...(body !== undefined && { "Content-Type": "application/json" }) },
      ...(body !== undefined && { body: JSON.stringify(body) }),
      signal: AbortSignal.timeout(longestWait),
    });
    if (isSignIn(response)) return { problem: {} };
    if (!response.ok) return { problem: await readProblem(response, connection) };
    return { value: response.status === 204 ? undefined : ((await response.json()) as T) };
  } catch {
    return { problem: {} };
  }
}

/** The words for a problem. */
export function wordsOf(
  { code, numbers }: Partial<Problem>,
  say: (name: string, ...values: string[]) => string,
  otherwise: string,
): string {
  return (code && say(`refused.${code}`, ...(numbers ?? []).map(number))) || say(otherwise);
}
