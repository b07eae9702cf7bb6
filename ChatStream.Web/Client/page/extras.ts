import { mailAt, site, siteEnd } from "../markdown/addresses";
import { CodeNode } from "../markdown/code-node";
import { isSafe } from "../markdown/links";
import { otherHost } from "../markdown/target";
import { readEvent } from "../stream/events";
import { readFrames } from "../stream/frames";
import { readProblem } from "../stream/problem";
import { isSignIn } from "../stream/sign-in";
import { announce } from "./announcer";
import { copyText } from "./clipboard";
import { connection } from "./connection-bar";
import { rowOf, showItem } from "./conversation-item";
import { clone, find } from "./dom";
import { closeDrawer } from "./drawer";
import { showEnding } from "./ending";
import { onKey } from "./keys";
import { LiveAnswer } from "./live-answer";
import { addStyle, markdownExtras, showInstead, sourceOf } from "./message-text";
import { MessageView } from "./message-view";
import { plainNodes } from "./plain-text";
import { preferEverywhere, remember } from "./preferences";
import { routes } from "./routes";
import { drafts, keptFiles, keptManners, keptTyped, marks } from "./storage";
import { tellTabs } from "./tabs";
import { TextFlow } from "./text-flow";
import { showTitle } from "./title";
import { showVersions } from "./versions";
import { duration, hasWord, number, word } from "./words";
import { rememberWrapping } from "./wrapping";

/**
 * What the script that is loaded later uses of this one. It is given and not imported: imported, it would be a file of its own,
 * and two files are larger than one.
 */
const given = () => ({
  addStyle,
  announce,
  CodeNode,
  clone,
  closeDrawer,
  connection,
  drafts,
  duration,
  copyText,
  find,
  hasWord,
  isSafe,
  isSignIn,
  keptFiles,
  keptManners,
  keptTyped,
  LiveAnswer,
  mailAt,
  MessageView,
  marks,
  markdownExtras,
  number,
  onKey,
  otherHost,
  plainNodes,
  preferEverywhere,
  readEvent,
  readFrames,
  readProblem,
  remember,
  rememberWrapping,
  routes,
  rowOf,
  showEnding,
  showVersions,
  showItem,
  showTitle,
  tellTabs,
  showInstead,
  site,
  siteEnd,
  sourceOf,
  TextFlow,
  word,
});

export type Given = ReturnType<typeof given>;

type Later = typeof import("./later/index");

let loading: Promise<Later> | undefined;

/**
 * The script of what few users need: how answers are to be, where the context begins, summaries, imports, new titles. Without
 * the server it does not come, and what was asked for does not happen; the next time it is loaded again.
 */
export async function extras(): Promise<Later> {
  loading ??= import("./later/index").then((later) => {
    later.take(given());
    return later;
  });
  try {
    return await loading;
  } catch {
    loading = undefined;
    return new Promise(() => {});
  }
}
