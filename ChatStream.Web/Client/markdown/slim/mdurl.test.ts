import assert from "node:assert/strict";
import { test } from "node:test";
import MarkdownIt from "markdown-it";

const addresses: Readonly<Record<string, string>> = {
  "https://a.example/x?y=1&z#t": "https://a.example/x?y=1&z#t",
  "https://münchen.de/ä?ö#ü": "https://xn--mnchen-3ya.de/%C3%A4?%C3%B6#%C3%BC",
  "https://me:p@münchen.de:8080/": "https://me:p@xn--mnchen-3ya.de:8080/",
  "http://例え.jp": "http://xn--r8jz45g.jp",
  "mailto:me@münchen.de?subject=ü": "mailto:me@xn--mnchen-3ya.de?subject=%C3%BC",
  "http://[::1]:80/ä": "http://[::1]:80/%C3%A4",
  'https://a.example/[b]{c}|d^`"<>\\ e': "https://a.example/%5Bb%5D%7Bc%7D%7Cd%5E%60%22%3C%3E%5C%20e",
  "https://a.example/100%/%41%zz%%41%2541": "https://a.example/100%25/%41%25zz%25%41%2541",
  "https://a.example/\ud800x\ud83d\ude00": "https://a.example/%EF%BF%BDx%F0%9F%98%80",
  "/relative ä": "/relative%20%C3%A4",
  "javascript:alert('a b')": "javascript:alert('a%20b')",
  "": "",
};

const md = new MarkdownIt();
md.validateLink = () => true;

for (const [written, encoded] of Object.entries(addresses))
  test(`An address is encoded, and its host is in ASCII: ${JSON.stringify(written)}`, () =>
    assert.equal(md.normalizeLink(written), encoded));

test("An address that is shown stays as it was written", () => {
  const [, inline] = md.parse("<https://a.example/%E4%B8%AD>", {});
  assert.equal(inline!.children![1]!.content, "https://a.example/%E4%B8%AD");
});
