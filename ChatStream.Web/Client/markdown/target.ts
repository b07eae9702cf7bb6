/** What looks like a host in the text of a link: by itself, in an address, and in an address of mail. */
const named =
  /(?<![\p{L}\d_.@=?&#%-])(?:[\p{L}\p{N}_-]+[.\u3002\uff0e\uff61])+(?:[\p{L}\p{N}-]{2,}|\d)(?![\p{L}\p{N}@]|\.[\p{L}\p{N}])/gu;
const inAddress = /(?:[a-z][a-z\d+.-]*:\/+|\/\/)(?:([^\s/?#@]*)@)?(\[[\da-f:.]+\]|[^\s/?#:]+)\S*/giu;
const ofMail = /@((?:[\p{L}\p{N}_-]+\.)+\p{L}{2,})/gu;
const version6 = /\[[\da-f]*:[\da-f:.]+\]/gi;
const path = /^(?::\d+)?\/\S*/;
const invisible = /\p{Cf}/gu;

/** The last part of names of files and products, such as `Node.js`. No host ends in it. */
const ordinary = new Set(
  (
    "js mjs ts jsx tsx cs go rb cpp kt java php swift vb vue sql html htm css json xml yml yaml toml txt csv log ini cfg conf " +
    "lock env pdf doc docx xls xlsx png jpg svg gif gz exe dll bat"
  ).split(" "),
);
/** Hosts may end in these. So only files that everybody knows by their names, and files in a folder, are none. */
const files = /^(?:\/.*|readme|changelog|license|contributing|index|main|lib|app|setup|build|install)\.(?:md|rs|py|sh)$/i;
const version4 = /^(?:\d{1,3}\.){3}\d{1,3}$/;
const products = /^(?:asp|vb|ado|ml)\.net$/i;
const longest = 500;

/** The host that a link leads to, if the text of the link names another one; undefined if it names none or this one. */
export function otherHost(text: string, address: string): string | undefined {
  const target = hostOf(address);
  if (!target) return;
  const plain = text.slice(0, longest).replace(invisible, "").normalize("NFKC");
  const rest = plain.replace(inAddress, " ");
  // A name before the sign of mail looks like a host, too.
  for (const [, name, host] of plain.matchAll(inAddress)) if (differs(host!, target) || name?.includes(".")) return target;
  for (const [, host] of rest.matchAll(ofMail)) if (differs(host!, target)) return target;
  for (const [host] of rest.matchAll(version6)) if (differs(host, target)) return target;
  let pathEnd = 0;
  for (const { 0: name, index } of rest.matchAll(named)) {
    const last = /[^.\u3002\uff0e\uff61]+$/u.exec(name)![0].toLowerCase();
    const isHost = /^(?:\p{L}+|xn--.+)$/u.test(last) || version4.test(name);
    if (index < pathEnd || ordinary.has(last) || !isHost || products.test(name)) continue;
    const end = index + name.length;
    const [after] = path.exec(rest.slice(end)) ?? [""];
    if (!after && files.test((rest[index - 1] === "/" ? "/" : "") + name)) continue;
    if (differs(name, target)) return target;
    // What follows the host of this link is its path.
    pathEnd = end + after.length;
  }
  return;
}

const differs = (name: string, target: string) => {
  const host = hostOf(`http://${name}`);
  return host !== undefined && host !== target;
};

function hostOf(address: string): string | undefined {
  const mail = /^mailto:[^?]*@([^?,]+)/i.exec(address)?.[1];
  try {
    return new URL(mail ? `http://${mail}` : address).hostname.replace(/^www\./, "").replace(/\.$/, "") || undefined;
  } catch {
    return;
  }
}
