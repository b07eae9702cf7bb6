/** Replaces the package `punycode.js` in the bundle: browsers know how hosts are written in ASCII. */
const ascii = /^\p{ASCII}*$/u;

const toASCII = (host: string) => (ascii.test(host) ? host : new URL(`http://${host}`).hostname);

/** A host is shown as it was written, so that it cannot be taken for another one. */
const toUnicode = (host: string) => host;

export default { toASCII, toUnicode };
