import assert from "node:assert/strict";
import { test } from "node:test";
import { FormulaBudget, mayTypeset } from "./formula";

const nested = (open: string, close: string, depth: number) => `${open.repeat(depth)}x${close.repeat(depth)}`;

const ways: [open: string, close: string][] = [
  ["x^{", "}"],
  ["x_{", "}"],
  ["\\sqrt{", "}"],
  ["\\sqrt[", "]{y}"],
  ["\\frac{1}{1+", "}"],
  ["\\hat{", "}"],
  ["\\text{$", "$}"],
  ["\\begin{pmatrix}", "\\end{pmatrix}"],
  ["\\left(", "\\right)"],
  ["\\left[", "\\right]"],
  ["\\bgroup ", "\\egroup "],
];

test("A formula may nest 10 deep, and not 150", () => {
  for (const [open, close] of ways) {
    assert.equal(mayTypeset(nested(open, close, 10)), true, open);
    assert.equal(mayTypeset(nested(open, close, 150)), false, open);
    assert.equal(mayTypeset(open.repeat(150)), false, `${open} unclosed`);
  }
});

test("What stands side by side does not nest", () => {
  const formulas = [
    "\\frac{a}{b} + ".repeat(100) + "1",
    "[0, 1) \\cup ".repeat(100) + "x",
    "a \\in [0, 1)".repeat(100),
    "\\left(a\\right) ".repeat(100),
    "\\{ \\} \\{ ".repeat(100),
    "\\leftarrow \\rightarrow ".repeat(100),
    "\\begin{matrix}a & b \\\\ c & d\\end{matrix} ".repeat(50),
  ];
  for (const formula of formulas) assert.equal(mayTypeset(formula), true, formula.slice(0, 40));
});

for (const define of ["def", "gdef", "edef", "xdef", "let", "futurelet", "global", "long", "newcommand", "renewcommand"])
  test(`\\${define} is refused`, () => {
    assert.equal(mayTypeset(`\\${define}\\a{${"x".repeat(100)}}\\a\\a`), false);
    assert.equal(mayTypeset(`\\${define} {\\a} {x}`), false);
  });

test("Commands that only begin like one that defines are read", () => {
  for (const formula of ["\\leftarrow", "\\longrightarrow", "\\longmapsto", "\\le t", "\\lettermark", "\\deg x", "\\globalx"])
    assert.equal(mayTypeset(formula), true, formula);
});

test("A long formula and one of many cells are refused", () => {
  assert.equal(mayTypeset("x+".repeat(2_000)), true);
  assert.equal(mayTypeset("x+".repeat(2_001)), false);
  assert.equal(mayTypeset("&".repeat(501)), false);
  assert.equal(mayTypeset("\\\\".repeat(501)), false);
});

test("An answer has at most 1,000 formulas, or 60,000 elements of them", () => {
  const [many, large] = [new FormulaBudget(), new FormulaBudget()];
  for (let i = 0; i < 999; i++) many.spend(1);
  assert.equal(many.isLeft, true);
  many.spend(1);
  assert.equal(many.isLeft, false);
  large.spend(59_999);
  assert.equal(large.isLeft, true);
  large.spend(1);
  assert.equal(large.isLeft, false);
});
