import type { CodeNode } from "./code-node";
import { FenceLines } from "./fence-lines";

/** A fence that is open at the end of the text. All text that arrives is its code, until a line closes it. */
export class OpenFence {
  readonly #lines: FenceLines;
  readonly #mayClose: RegExp;
  #line = "";

  constructor(
    private readonly node: CodeNode,
    markup: string,
    info: string,
    private readonly indent: number,
  ) {
    this.#lines = new FenceLines(markup, info);
    this.#mayClose = new RegExp(`^ {0,3}${markup[0]}*[ \\t]*$`);
  }

  /** Takes over the part of the text that is certain. Returns where that part ends, and whether the fence has closed. */
  read(source: string): { end: number; closed: boolean } {
    let code = "";
    let at = 0;
    let closed = false;
    while (at < source.length) {
      const newline = source.indexOf("\n", at);
      const part = source.slice(at, newline < 0 ? source.length : newline);
      if (newline < 0) {
        if (!this.#line && this.#mayClose.test(part)) break;
        code += this.#outdented(part);
        this.#line += part;
        at = source.length;
        break;
      }
      at = newline + 1;
      const isFence = /^ {0,3}[`~]/.test(this.#line + part);
      if (isFence && this.#lines.closes((this.#line + part).trimStart())) {
        closed = true;
        break;
      }
      code += `${this.#outdented(part)}\n`;
      this.#line = "";
    }
    if (code) this.node.append(code);
    if (closed) this.node.close();
    return { end: at, closed };
  }

  #outdented(part: string): string {
    if (this.#line || this.indent === 0) return part;
    return part.slice(Math.min(this.indent, /^ */.exec(part)![0].length));
  }
}
