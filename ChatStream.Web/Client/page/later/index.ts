export { take } from "./begin";
export { warnOfBudget } from "./budget";
export { ContextLine } from "./context-line";
export { addFiles, offerFile, restore } from "./file-shelf";
export { importFile } from "./import";
export { askToDelete, rename } from "./item-questions";
export { MannerPanel } from "./manner-panel";
export { summary } from "./summary";
export { endTools, showTool } from "./tools";
