import type { Given } from "../extras";

export let addStyle: Given["addStyle"];
export let announce: Given["announce"];
export let CodeNode: Given["CodeNode"];
export let clone: Given["clone"];
export let closeDrawer: Given["closeDrawer"];
export let connection: Given["connection"];
export let drafts: Given["drafts"];
export let duration: Given["duration"];
export let copyText: Given["copyText"];
export let find: Given["find"];
export let hasWord: Given["hasWord"];
export let isSafe: Given["isSafe"];
export let isSignIn: Given["isSignIn"];
export let keptFiles: Given["keptFiles"];
export let keptManners: Given["keptManners"];
export let keptTyped: Given["keptTyped"];
export let LiveAnswer: Given["LiveAnswer"];
export let mailAt: Given["mailAt"];
export let MessageView: Given["MessageView"];
export let showVersions: Given["showVersions"];
export let marks: Given["marks"];
export let markdownExtras: Given["markdownExtras"];
export let number: Given["number"];
export let onKey: Given["onKey"];
export let otherHost: Given["otherHost"];
export let plainNodes: Given["plainNodes"];
export let preferEverywhere: Given["preferEverywhere"];
export let readEvent: Given["readEvent"];
export let readFrames: Given["readFrames"];
export let readProblem: Given["readProblem"];
export let remember: Given["remember"];
export let rememberWrapping: Given["rememberWrapping"];
export let routes: Given["routes"];
export let rowOf: Given["rowOf"];
export let showEnding: Given["showEnding"];
export let showItem: Given["showItem"];
export let showTitle: Given["showTitle"];
export let tellTabs: Given["tellTabs"];
export let showInstead: Given["showInstead"];
export let site: Given["site"];
export let siteEnd: Given["siteEnd"];
export let sourceOf: Given["sourceOf"];
export let TextFlow: Given["TextFlow"];
export let word: Given["word"];

/** Takes over what the first script gives. Call it before anything else. */
export function take(given: Given): void {
  ({
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
    showVersions,
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
    showItem,
    showTitle,
    tellTabs,
    showInstead,
    site,
    siteEnd,
    sourceOf,
    TextFlow,
    word,
  } = given);
}
