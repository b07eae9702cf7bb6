import type { Given } from "../extras";
import * as given from "./given";
import { mindRecent } from "./recent";

export { act } from "./act";
export { take } from "./begin";
export { warnOfBudget } from "./budget";
export { ContextLine } from "./context-line";
export { offerDiagram } from "./diagram";
export { enhance } from "./enhance";
export { addFiles, offerFile, restore } from "./file-shelf";
export { highlight } from "./highlighter";
export { importFile } from "./import";
export { library } from "./library";
export { MannerPanel } from "./manner-panel";
export { offerPrompts } from "./prompts";
export { openSettings } from "./settings";
export { spokenOf } from "./spoken";
export { summary } from "./summary";
export { temporary } from "./temporary";
export { endTools, showTool } from "./tools";

/** Takes over what the first script gives. Call it before anything else. */
export function take(all: Given): void {
  given.take(all);
  mindRecent();
}
