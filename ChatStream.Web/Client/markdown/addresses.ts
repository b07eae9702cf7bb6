import { isUnspaced } from "./flanking";
import type { CoreRule, InlineRule, Markdown, Token } from "./rules";

/** Where an address ends at the latest: it is ASCII, and has no space and no quotation mark. */
const stop = /[^!#-;=?-[\]^_a-~]/g;
const scheme = /(?:^|[^a-z0-9+.-])(https?)$/i;
const host = /^(?:[^\s/?#@]*@)?(\[[\da-f:.]+\]|[a-z0-9_.-]+)/i;
const trailing = "?!.,:*_~'";
const longestReference = 40;

/**
 * Links bare addresses: `https://…`, `www.…`, and those of mail. An address ends where its ASCII ends, because in Chinese the
 * text goes on without a space, and `example.org很好` is the host of a stranger.
 */
export function addresses(md: Markdown): void {
  md.inline.ruler.at("linkify", web);
  md.core.ruler.at("linkify", others);
}

const letter = /^[\p{L}\p{M}]/u;

/**
 * True if a name goes on beyond its ASCII: `https://münchen.de` does not lead to the host `m`. Where words have no spaces
 * between them, the text goes on.
 */
function isCut(text: string, name: string, from: number): boolean {
  const next = text.slice(from + name.length, from + name.length + 2);
  return letter.test(next) && !isUnspaced(String.fromCodePoint(next.codePointAt(0)!));
}

/** The end of the address that begins at `from`, without the punctuation of the sentence around it. */
function addressEnd(text: string, from: number): number {
  stop.lastIndex = from;
  let end = stop.exec(text)?.index ?? text.length;
  const missing: Record<string, number> = { ")": 0, "]": 0 };
  for (let i = from; i < end; i++) {
    const character = text[i]!;
    if (character === "(") missing[")"]!++;
    else if (character === "[") missing["]"]!++;
    else if (character === ")") missing[")"]!--;
    else if (character === "]" && --missing["]"]! < 0) end = i;
  }
  for (;;) {
    const last = text[end - 1]!;
    if (end > from && trailing.includes(last)) end--;
    else if (end > from && last === ";")
      end -= /(?:&[a-z\d]+)?;$/i.exec(text.slice(Math.max(from, end - longestReference), end))![0].length;
    else if (end > from && last === ")" && missing[")"]! < 0) {
      missing[")"]!++;
      end--;
    } else return end;
  }
}

const isHost = (name: string | undefined) => name !== undefined && !/_[^.]*\.?[^._]*$|^[-.]|\.\./.test(name);

/** The end of the address whose host begins at `from`; undefined if it would lead to another host than the one that is read. */
export function siteEnd(text: string, from: number, most = text.length): number | undefined {
  if (!host.test(text.slice(from, from + 300))) return;
  const end = Math.min(most, addressEnd(text, from));
  const [place, named] = host.exec(text.slice(from, Math.min(end, from + 300))) ?? [];
  return isHost(named) && !isCut(text, place!, from) ? end : undefined;
}

const web: InlineRule = (state, silent) => {
  const { src, pos, posMax, linkLevel } = state;
  if (silent || linkLevel > 0 || !src.startsWith("://", pos)) return false;
  const [, name] = scheme.exec(src.slice(Math.max(0, pos - 6), pos)) ?? [];
  if (!name || !state.pending.endsWith(name)) return false;
  const end = siteEnd(src, pos + 3, posMax);
  if (!end) return false;
  state.pending = state.pending.slice(0, -name.length);
  const address = src.slice(pos - name.length, end);
  const open = state.push("link_open", "a", 1);
  open.attrs = [["href", state.md.normalizeLink(address)]];
  open.info = "auto";
  state.push("text", "", 0).content = address;
  state.push("link_close", "a", -1);
  state.pos = end;
  return true;
};

/** Links `www.…` and addresses of mail in what has remained text. */
const others: CoreRule = ({ tokens, md, Token }) => {
  for (const block of tokens) {
    if (block.type !== "inline" || !block.children || !/www\.|@/i.test(block.content)) continue;
    let links = 0;
    block.children = block.children.flatMap((token) => {
      if (token.type === "link_open") links++;
      if (token.type === "link_close") links--;
      if (token.type !== "text" || links > 0) return token;
      return linked(token, md, Token);
    });
  }
};

const start = /www\.|@/gi;
const local = /[a-z0-9._+-]/i;
const mailHost = /^[a-z0-9_-]+(?:\.[a-z0-9_-]+)+/i;

function linked(token: Token, md: Markdown, Token: new (type: string, tag: string, nesting: -1 | 0 | 1) => Token): Token[] {
  const text = token.content;
  const all: Token[] = [];
  let shown = 0;
  const push = (type: string, nesting: -1 | 0 | 1, content = "") => {
    const part = new Token(type, nesting ? "a" : "", nesting);
    part.content = content;
    part.level = token.level + (type === "text" && all.at(-1)?.nesting === 1 ? 1 : 0);
    all.push(part);
    return part;
  };
  start.lastIndex = 0;
  for (let found = start.exec(text); found; found = start.exec(text)) {
    const address = found[0] === "@" ? mailAt(text, found.index, shown) : site(text, found.index);
    if (!address) continue;
    if (address.from > shown) push("text", 0, text.slice(shown, address.from));
    const source = text.slice(address.from, address.to);
    const open = push("link_open", 1);
    open.attrs = [["href", md.normalizeLink(address.scheme + source)]];
    open.info = "auto";
    push("text", 0, source);
    push("link_close", -1);
    start.lastIndex = shown = address.to;
  }
  if (shown === 0) return [token];
  if (shown < text.length) push("text", 0, text.slice(shown));
  return all;
}

interface Address {
  readonly from: number;
  readonly to: number;
  readonly scheme: string;
}

/** The address whose `www.` is at `from`. A name before its host would look like the host. */
export function site(text: string, from: number): Address | undefined {
  if (/[\w./@:-]/.test(text[from - 1] ?? " ")) return;
  const to = siteEnd(text, from + 4);
  return to && !/^[^/?#]*@/.test(text.slice(from, to)) ? { from, to, scheme: "http://" } : undefined;
}

/** The address of mail around a sign of mail. @param shown Where it may begin at the earliest. */
export function mailAt(text: string, at: number, shown: number): Address | undefined {
  let from = at;
  while (from > shown && local.test(text[from - 1]!)) from--;
  if (from === at || text[from - 1] === "/") return;
  const name = mailHost.exec(text.slice(at + 1, at + 300))?.[0];
  if (!name || /[-_]$/.test(name) || isCut(text, name, at + 1)) return;
  const hasScheme = /(?:^|[^a-z0-9])mailto:$/i.test(text.slice(Math.max(shown, from - 8), from));
  const begin = hasScheme ? from - 7 : from;
  return { from: begin, to: at + 1 + name.length, scheme: hasScheme ? "" : "mailto:" };
}
