import type { Given } from "../extras";

export let announce: Given["announce"];
export let clone: Given["clone"];
export let closeDrawer: Given["closeDrawer"];
export let connection: Given["connection"];
export let drafts: Given["drafts"];
export let find: Given["find"];
export let hasWord: Given["hasWord"];
export let isSignIn: Given["isSignIn"];
export let marks: Given["marks"];
export let number: Given["number"];
export let onKey: Given["onKey"];
export let readEvent: Given["readEvent"];
export let readFrames: Given["readFrames"];
export let readProblem: Given["readProblem"];
export let routes: Given["routes"];
export let rowOf: Given["rowOf"];
export let showEnding: Given["showEnding"];
export let showItem: Given["showItem"];
export let tellTabs: Given["tellTabs"];
export let TextFlow: Given["TextFlow"];
export let word: Given["word"];

/** Takes over what the first script gives. Call it before anything else. */
export function take(given: Given): void {
  ({
    announce,
    clone,
    closeDrawer,
    connection,
    drafts,
    find,
    hasWord,
    isSignIn,
    marks,
    number,
    onKey,
    readEvent,
    readFrames,
    readProblem,
    routes,
    rowOf,
    showEnding,
    showItem,
    tellTabs,
    TextFlow,
    word,
  } = given);
}
