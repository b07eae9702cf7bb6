/** Shows a text as it was written. */
export class Written {
  readonly #text = document.createTextNode("");

  constructor(root: HTMLElement) {
    const element = document.createElement("div");
    element.className = "plain";
    element.dir = "auto";
    element.append(this.#text);
    root.append(element);
  }

  show(all: string): void {
    this.#text.appendData(all.slice(this.#text.length));
  }
}
