import assert from "node:assert/strict";
import { test } from "node:test";
import katex from "katex";
import { commands, translated } from "./translated";

/** What a formula shows, without its second form for screen readers. */
function shown(formula: string, displayMode: boolean): string {
  const html = katex.renderToString(translated(formula, displayMode), {
    displayMode,
    strict: "ignore",
    macros: { ...commands },
    output: "html",
  });
  return html.replace(/<[^>]*>/g, "").replace(/[\s\u200b]/g, "");
}

const formulas: readonly [formula: string, text: string, displayMode?: boolean][] = [
  ["50% = 5%", "50%=5%"],
  ["50\\% of x", "50%ofx"],
  ["a \\\\% b", "a%b"],
  ["\\text{Growth: 5%}", "Growth:5%"],
  ["\\text{max_tokens} + \\texttt{a_b}", "max_tokens+a_b"],
  ["\\text{R&D #1}", "R&amp;D#1"],
  ["\\text{a\\_b \\& c}", "a_b&amp;c"],
  ["\\text{if $x_1>0$}", "ifx1&gt;0"],
  ["x \\tag{1}", "x(1)"],
  ["x \\tag{a_1}", "x(a_1)", true],
  ["x \\text{ by } \\eqref{eq:1}", "xby(eq:1)"],
  ["\\begin{align}a &= b \\\\ c &= d\\end{align}", "ac=b=d"],
  ["\\begin{equation*}a\\end{equation*} \\begin{gather}b\\end{gather}", "ab"],
  ["\\begin{multline}a \\\\ b\\end{multline}", "ab", true],
  ["\\begin{align}a\\label{x}\\end{align}", "a", true],
  ["\\abs{x} \\norm{y}", "∣x∣∥y∥"],
  ["\\mathds{1}, \\dd x, \\mbox{a b}, \\sfrac{1}{2}, \\euro 5", "1,dx,ab,1/2,€5"],
  ["\\dv{f}{x} \\pdv{f}{x}", "dxdf∂x∂f"],
];

for (const [formula, text, displayMode = false] of formulas)
  test(`A formula as models write it is shown with all its words: ${formula}`, () => {
    assert.equal(shown(formula, displayMode), text);
  });
