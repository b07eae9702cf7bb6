import type { Given } from "../extras";

export let announce: Given["announce"];
export let clone: Given["clone"];
export let connection: Given["connection"];
export let find: Given["find"];
export let hasWord: Given["hasWord"];
export let isSignIn: Given["isSignIn"];
export let number: Given["number"];
export let onKey: Given["onKey"];
export let preferEverywhere: Given["preferEverywhere"];
export let readEvent: Given["readEvent"];
export let readFrames: Given["readFrames"];
export let readProblem: Given["readProblem"];
export let routes: Given["routes"];
export let rowOf: Given["rowOf"];
export let showEnding: Given["showEnding"];
export let TextFlow: Given["TextFlow"];
export let word: Given["word"];

/** Takes over what the first script gives. Call it before anything else. */
export function take(given: Given): void {
  ({
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
  } = given);
}
