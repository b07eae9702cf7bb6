import type { Token } from "./parser";
import type { ElementPiece, Piece } from "./piece";
import type { Pieces } from "./pieces";

/** A top-level block, and the line on which it begins. */
export interface Block {
  readonly line: number;
  readonly tokens: Token[];
  /** None where nothing is shown, as for the definition of a link. */
  readonly piece: Piece | undefined;
}

export function blocksOf(tokens: Token[], pieces: Pieces): Block[] {
  const blocks: Block[] = [];
  for (let from = 0; from < tokens.length; ) {
    let to = from + 1;
    if (tokens[from]!.nesting > 0) while (to < tokens.length && tokens[to]!.level > tokens[from]!.level) to++;
    if (tokens[from]!.nesting > 0) to++;
    const own = tokens.slice(from, to);
    const [piece] = pieces.of(own, true);
    blocks.push({ line: own[0]!.map?.[0] ?? 0, tokens: own, piece });
    from = to;
  }
  return blocks;
}

export type Kind = "list" | "table";

export function kindOf({ tokens: [first] }: Block): Kind | undefined {
  if (first?.type === "bullet_list_open" || first?.type === "ordered_list_open") return "list";
  return first?.type === "table_open" ? "table" : undefined;
}

/** The element whose children are a list's items, or a table's rows under its head. */
export function rowsOf(piece: Piece, kind: Kind): ElementPiece | undefined {
  const element = piece as ElementPiece;
  return kind === "list" ? element : ((element.children[0] as ElementPiece).children[1] as ElementPiece | undefined);
}

/** The lines on which those begin. */
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
