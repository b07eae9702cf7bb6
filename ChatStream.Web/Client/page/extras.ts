import { readEvent } from "../stream/events";
import { readFrames } from "../stream/frames";
import { readProblem } from "../stream/problem";
import { isSignIn } from "../stream/sign-in";
import { announce } from "./announcer";
import { connection } from "./connection-bar";
import { rowOf } from "./conversation-item";
import { clone, find } from "./dom";
import { showEnding } from "./ending";
import { onKey } from "./keys";
import { preferEverywhere } from "./preferences";
import { routes } from "./routes";
import { TextFlow } from "./text-flow";
import { hasWord, number, word } from "./words";

/**
 * What the script that is loaded later uses of this one. It is given and not imported: imported, it would be a file of its own,
 * and two files are larger than one.
 */
const given = {
  announce,
  clone,
  connection,
  find,
  hasWord,
  isSignIn,
  number,
  onKey,
  preferEverywhere,
  readEvent,
  readFrames,
  readProblem,
  routes,
  rowOf,
  showEnding,
  TextFlow,
  word,
};

export type Given = typeof given;

type Later = typeof import("./later/index");

let loading: Promise<Later> | undefined;

/**
 * The script of what few users need: how answers are to be, where the context begins, summaries, imports, new titles. Without
 * the server it does not come, and what was asked for does not happen; the next time it is loaded again.
 */
export async function extras(): Promise<Later> {
  loading ??= import("./later/index").then((later) => {
    later.take(given);
    return later;
  });
  try {
    return await loading;
  } catch {
    loading = undefined;
    return new Promise(() => {});
  }
}
