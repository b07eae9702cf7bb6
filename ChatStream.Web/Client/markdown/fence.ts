import type { CodeNode } from "./code-node";

/** A fence that is open at the end of the text. All text that arrives is its code, until a line closes it. */
export class OpenFence {
  readonly #closing: RegExp;
  readonly #mayClose: RegExp;
  #midLine = false;

  constructor(
    private readonly node: CodeNode,
    markup: string,
    private readonly indent: number,
  ) {
    const marker = markup[0]!;
    this.#closing = new RegExp(`^ {0,3}${marker}{${markup.length},}[ \\t]*$`);
    this.#mayClose = new RegExp(`^ {0,3}${marker}*[ \\t]*$`);
  }

  /** Takes over the part of the text that is certain. Returns where that part ends, and whether the fence has closed. */
  read(source: string): { end: number; closed: boolean } {
    let code = "";
    let at = 0;
    let closed = false;
    while (at < source.length) {
      const newline = source.indexOf("\n", at);
      const line = source.slice(at, newline < 0 ? source.length : newline);
      if (newline < 0) {
        if (!this.#midLine && this.#mayClose.test(line)) break;
        code += this.#outdented(line);
        this.#midLine = true;
        at = source.length;
        break;
      }
      at = newline + 1;
      if (!this.#midLine && this.#closing.test(line)) {
        closed = true;
        break;
      }
      code += `${this.#outdented(line)}\n`;
      this.#midLine = false;
    }
    if (code) this.node.append(code);
    if (closed) this.node.close();
    return { end: at, closed };
  }

  #outdented(line: string): string {
    if (this.#midLine || this.indent === 0) return line;
    return line.slice(Math.min(this.indent, /^ */.exec(line)![0].length));
  }
}
