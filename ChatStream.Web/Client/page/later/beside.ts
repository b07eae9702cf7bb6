/**
 * Closes a dialog when its user presses and releases beside it. A text that is selected past its edge, and a press on the room
 * around its content, have the dialog as their target too.
 */
export function closeBeside(dialog: HTMLDialogElement): void {
  let isPressedBeside = false;
  const isBeside = ({ target, clientX, clientY }: MouseEvent) => {
    const { left, top, right, bottom } = dialog.getBoundingClientRect();
    return target === dialog && (clientX < left || clientX > right || clientY < top || clientY > bottom);
  };
  dialog.addEventListener("pointerdown", (event) => {
    isPressedBeside = isBeside(event);
  });
  dialog.addEventListener("click", (event) => isPressedBeside && isBeside(event) && dialog.close());
}
