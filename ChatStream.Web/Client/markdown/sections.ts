import type { Kind } from "./blocks";
import type { ElementNode } from "./node";

/** A list or table that is being written and has settled rows. */
export interface Open {
  readonly kind: Kind;
  readonly node: ElementNode;
  rows: number;
}

/** A place between two settled blocks, or between two settled rows of the open list or table. */
export interface Place {
  readonly at: number;
  readonly open: Readonly<Open> | undefined;
}

/** A part of the text that can be parsed without the rest of it. */
export interface Section extends Place {
  text: string;
}

/** A section that is longer than this ends where the next block or row settles. In UTF-16 units. */
const longestSection = 4_000;

/** The settled text, cut into sections. A short text is one section. */
export class Sections {
  readonly all: Section[];

  constructor(text = "") {
    this.all = [{ at: 0, open: undefined, text }];
  }

  get #last(): Section {
    return this.all.at(-1)!;
  }

  get isFull(): boolean {
    return this.#last.text.length > longestSection;
  }

  add(text: string): void {
    this.#last.text += text;
  }

  /** @param head What has to stand before the next text so that it can be parsed. */
  begin(at: number, open: Open | undefined, head: string): void {
    this.all.push({ at, open: open && { ...open }, text: head });
  }
}
