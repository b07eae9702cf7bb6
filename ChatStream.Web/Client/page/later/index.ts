import type { Given } from "../extras";
import * as given from "./given";
import { begin } from "./prompts";
import { mindRecent } from "./recent";
import { closeNotice, openSettings } from "./settings";

export { warnOfBudget } from "./budget";
export { ContextLine } from "./context-line";
export { addFiles, offerFile, restore } from "./file-shelf";
export { importFile } from "./import";
export { askToDelete, rename } from "./item-questions";
export { MannerPanel } from "./manner-panel";
export { offerPrompts } from "./prompts";
export { summary } from "./summary";
export { endTools, showTool } from "./tools";

/** Takes over what the first script gives. Call it before anything else. */
export function take(all: Given): void {
  given.take(all);
  mindRecent();
}

/** Does what a button is for whose action few users need. Without a button: shows the settings. */
export function act(button?: HTMLElement): void {
  switch (button?.dataset["action"]) {
    case "starter":
      return void begin(button);
    case "notice":
      return closeNotice(button);
    default:
      void openSettings();
  }
}
