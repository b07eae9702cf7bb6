/**
 * Replaces the package `entities` in the bundle: its table of all names is larger than the rest of the parser. This table has
 * the names that people write. The others are loaded when a text has one: see `characters.ts`.
 */
const latin =
  "nbsp iexcl cent pound curren yen brvbar sect uml copy ordf laquo not shy reg macr deg plusmn sup2 sup3 acute micro " +
  "para middot cedil sup1 ordm raquo frac14 frac12 frac34 iquest Agrave Aacute Acirc Atilde Auml Aring AElig Ccedil " +
  "Egrave Eacute Ecirc Euml Igrave Iacute Icirc Iuml ETH Ntilde Ograve Oacute Ocirc Otilde Ouml times Oslash Ugrave " +
  "Uacute Ucirc Uuml Yacute THORN szlig agrave aacute acirc atilde auml aring aelig ccedil egrave eacute ecirc euml " +
  "igrave iacute icirc iuml eth ntilde ograve oacute ocirc otilde ouml divide oslash ugrave uacute ucirc uuml yacute " +
  "thorn yuml";

// biome-ignore format: a table, with several entries in a line
const others: Record<string, string> = {
  amp: "&", lt: "<", gt: ">", quot: '"', apos: "'",
  ensp: "\u2002", emsp: "\u2003", thinsp: "\u2009", zwnj: "\u200c", zwj: "\u200d", lrm: "\u200e", rlm: "\u200f",
  ndash: "–", mdash: "—", lsquo: "‘", rsquo: "’", sbquo: "‚", ldquo: "“", rdquo: "”", bdquo: "„", dagger: "†", Dagger: "‡",
  bull: "•", hellip: "…", permil: "‰", prime: "′", Prime: "″", lsaquo: "‹", rsaquo: "›", euro: "€", trade: "™",
  larr: "←", uarr: "↑", rarr: "→", darr: "↓", harr: "↔", lArr: "⇐", rArr: "⇒", hArr: "⇔", check: "✓", star: "☆", hearts: "♥",
  forall: "∀", part: "∂", exist: "∃", empty: "∅", nabla: "∇", isin: "∈", notin: "∉", prod: "∏", sum: "∑", minus: "−",
  radic: "√", infin: "∞", and: "∧", or: "∨", cap: "∩", cup: "∪", int: "∫", there4: "∴", sim: "∼", asymp: "≈", ne: "≠",
  equiv: "≡", le: "≤", ge: "≥", sub: "⊂", sup: "⊃", lsqb: "[", rsqb: "]", lbrace: "{", rbrace: "}", num: "#", ast: "*",
  vert: "|", grave: "`", lowbar: "_", dollar: "$", bsol: "\\", Tab: "\t", NewLine: "\n",
};

const greek =
  "alpha beta gamma delta epsilon zeta eta theta iota kappa lambda mu nu xi omicron pi rho sigmaf sigma tau upsilon phi " +
  "chi psi omega";

const table = new Map(Object.entries(others));
latin.split(" ").forEach((name, i) => void table.set(name, String.fromCharCode(0xa0 + i)));
greek.split(" ").forEach((name, i) => {
  table.set(name, String.fromCharCode(0x3b1 + i));
  if (name !== "sigmaf") table.set(name[0]!.toUpperCase() + name.slice(1), String.fromCharCode(0x391 + i));
});

/** The text of one reference, such as `&amp;` or `&#65;`. */
export function decodeHTMLStrict(reference: string): string {
  const numeric = /^&#(?:x([\da-f]+)|(\d+));$/i.exec(reference);
  if (!numeric) return table.get(reference.slice(1, -1)) ?? reference;
  const code = numeric[1] ? parseInt(numeric[1], 16) : Number(numeric[2]);
  const valid = code > 0 && code <= 0x10ffff && (code < 0xd800 || code > 0xdfff);
  return valid ? String.fromCodePoint(code) : "\ufffd";
}
