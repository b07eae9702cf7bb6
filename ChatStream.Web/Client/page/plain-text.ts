import { partsOf } from "../mirrored/stacked-marks";

/** Shows a text as it is, in the server's markup. What is not shown of it stays in it, so that it can be copied whole. */
export function showPlain(element: HTMLElement, text: string): void {
  element.replaceChildren(...plainNodes(text));
}

export const plainNodes = (text: string) =>
  partsOf(text).flatMap(({ text, marks }) => [document.createTextNode(text), ...(marks ? [hidden(marks)] : [])]);

function hidden(marks: string): HTMLElement {
  const [sign, rest] = [document.createElement("span"), document.createElement("span")];
  sign.className = "more-marks";
  rest.hidden = true;
  rest.textContent = marks;
  sign.append(rest);
  return sign;
}
