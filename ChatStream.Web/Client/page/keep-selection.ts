/** One end of the selection: its place in the page, and in the text of its message. */
interface End {
  readonly node: Node;
  readonly offset: number;
  /** What its node has before it. */
  readonly before: string;
  readonly text: Element;
  readonly whole: string;
  readonly at: number;
}

/** Changes what messages show. A selection stays on the same text, although its nodes may be exchanged. */
export function keepSelection<T>(change: () => T): T {
  const selection = getSelection();
  const { anchorNode, anchorOffset, focusNode, focusOffset } = selection ?? {};
  if (!selection || !anchorNode || !focusNode || (anchorNode === focusNode && anchorOffset === focusOffset)) return change();
  const anchor = endAt(anchorNode, anchorOffset!);
  const focus = endAt(focusNode, focusOffset!);
  if (!anchor && !focus) return change();
  const result = change();
  const isSame = selection.anchorNode === anchorNode && selection.anchorOffset === anchorOffset;
  if (isSame && selection.focusNode === focusNode && selection.focusOffset === focusOffset) return result;
  const [from, fromOffset] = (anchor && placeOf(anchor)) ?? [anchorNode, anchorOffset!];
  const [to, toOffset] = (focus && placeOf(focus)) ?? [focusNode, focusOffset!];
  if (from.isConnected && to.isConnected) selection.setBaseAndExtent(from, fromOffset, to, toOffset);
  return result;
}

function endAt(node: Node, offset: number): End | undefined {
  const text = (node instanceof Element ? node : node.parentElement)?.closest(".message > .text");
  if (!text) return undefined;
  const range = document.createRange();
  range.setStart(text, 0);
  range.setEnd(node, offset);
  const before = node instanceof Text ? node.data.slice(0, offset) : "";
  return { node, offset, before, text, whole: text.textContent, at: range.toString().length };
}

/** Where an end belongs after the change: where it was, if that is still there. Else the text around the changed part tells. */
function placeOf({ node, offset, before, text: old, whole, at }: End): [Node, number] {
  if (before && node.isConnected && (node as Text).data.startsWith(before)) return [node, offset];
  const text = old.isConnected ? old : replacementOf(old);
  if (!text) return [node, offset];
  const now = text.textContent;
  const shortest = Math.min(whole.length, now.length);
  let same = 0;
  while (same < shortest && whole[same] === now[same]) same++;
  if (at <= same) return nodeAt(text, at) ?? [node, offset];
  let sameEnd = 0;
  while (sameEnd < shortest - same && whole.at(-1 - sameEnd) === now.at(-1 - sameEnd)) sameEnd++;
  const fromEnd = Math.min(whole.length - at, sameEnd);
  return nodeAt(text, now.length - fromEnd) ?? [node, offset];
}

function replacementOf(text: Element): Element | null {
  const id = text.closest<HTMLElement>(".message")?.dataset["messageId"];
  return id ? document.querySelector(`#conversation > [data-message-id="${CSS.escape(id)}"] > .text`) : null;
}

function nodeAt(root: Element, at: number): [Node, number] | undefined {
  const walker = document.createTreeWalker(root, NodeFilter.SHOW_TEXT);
  let left = at;
  let last: Text | undefined;
  for (let node = walker.nextNode() as Text | null; node; node = walker.nextNode() as Text | null) {
    if (left <= node.length) return [node, left];
    left -= node.length;
    last = node;
  }
  return last && [last, last.length];
}
