import { closeBeside } from "./beside";
import { find } from "./given";
import { styled } from "./style";

let sheet: HTMLDialogElement | undefined;

/** Opens the list of the shortcuts. */
export async function openShortcuts(): Promise<void> {
  await styled("later");
  sheet ??= prepare();
  sheet.showModal();
}

function prepare(): HTMLDialogElement {
  const dialog = find<HTMLDialogElement>(document, "#shortcuts");
  closeBeside(dialog);
  return dialog;
}
