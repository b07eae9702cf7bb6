/**
 * Replaces the package `mdurl` in the bundle: browsers encode an address, and only its host is looked at. An address that is
 * shown stays as it was written.
 */
interface Address {
  auth: string;
  hostname: string;
  pathname: string;
}

const parts = /^(https?:\/\/(?:[^/?#]*@)?|mailto:[^?]*@)([^/?#:[\]]+)(.*)$/is;

export function parse(address: string): Address {
  const [, auth = "", hostname = "", pathname = address] = parts.exec(address) ?? [];
  return { auth, hostname, pathname };
}

/** What is encoded already stays as it is. */
export const encode = (text: string) =>
  encodeURI(text.replace(/[\ud800-\udfff]/gu, "\ufffd")).replace(/%25(?=[\da-f]{2})/gi, "%");

/** An address of version 6 has brackets. */
export const format = ({ auth, hostname, pathname }: Address) =>
  (auth + hostname + pathname).replace(/^(https?:\/\/)%5B([\da-f:.]+)%5D/i, "$1[$2]");

export const decode = Object.assign((text: string) => text, { defaultChars: "" });
