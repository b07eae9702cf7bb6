import { readAloud, stopReading } from "./aloud";
import { actOnCode } from "./code";
import { begin } from "./prompts";
import { closeNotice, openSettings } from "./settings";
import { openShortcuts } from "./shortcut-sheet";
import { copyTable, saveTable } from "./tables";
import { unfold } from "./typed";

/** Does what a button asks for, unless the first script has done it. */
export function act(button: HTMLElement, article: HTMLElement | null | undefined): void {
  const { action, code } = button.dataset;
  if (code) actOnCode(code, button);
  else if (article && action === "unfold") unfold(article, button);
  else if (article && action === "speak") void readAloud(article, button);
  else if (action === "copy-table") void copyTable(button);
  else if (action === "save-table") saveTable();
  else if (action === "stop-speaking") stopReading();
  else if (action === "starter") void begin(button);
  else if (action === "notice") void closeNotice(button);
  else if (action === "settings") void openSettings();
  else if (action === "shortcuts") void openShortcuts();
}
