import type { ElementNode, MarkdownNode } from "./node";
import type { NodeBuilder } from "./node-builder";
import type { Token } from "./parser";

/** A top-level block of the text, the line on which it begins, and the one after it. */
export interface Block {
  readonly line: number;
  readonly end: number;
  readonly tokens: Token[];
  /** Undefined for a block that shows nothing, such as the definition of a link. */
  readonly node: MarkdownNode | undefined;
}

export function blocksOf(tokens: Token[], builder: NodeBuilder): Block[] {
  const blocks: Block[] = [];
  for (let from = 0; from < tokens.length; ) {
    let to = from + 1;
    if (tokens[from]!.nesting > 0) while (to < tokens.length && tokens[to]!.level > tokens[from]!.level) to++;
    if (tokens[from]!.nesting > 0) to++;
    const own = tokens.slice(from, to);
    const [node] = builder.build(own);
    const end = own.reduce((last, { map }) => Math.max(last, map?.[1] ?? 0), 0);
    blocks.push({ line: own[0]!.map?.[0] ?? 0, end, tokens: own, node });
    from = to;
  }
  return blocks;
}

export type Kind = "list" | "table";

export function kindOf({ tokens: [first] }: Block): Kind | undefined {
  if (first?.type === "bullet_list_open" || first?.type === "ordered_list_open") return "list";
  return first?.type === "table_open" ? "table" : undefined;
}

/** The element whose children are the items of a list, or the rows of a table below its head. */
export function rowsOf(node: MarkdownNode, kind: Kind): ElementNode | undefined {
  const element = node as ElementNode;
  return kind === "list" ? element : ((element.children[0] as ElementNode).children[1] as ElementNode | undefined);
}

/** The lines on which these items or rows begin. */
export function rowLines({ tokens }: Block, kind: Kind): number[] {
  const body = tokens.findIndex(({ type }) => type === "tbody_open");
  return tokens
    .filter((token, i) =>
      kind === "list"
        ? token.type === "list_item_open" && token.level === tokens[0]!.level + 1
        : body >= 0 && i > body && token.type === "tr_open",
    )
    .map((token) => token.map![0]);
}
