import * as bounds from "./bounds";
import { attack, hostile, shownMessages, shownTitles } from "./hostile";
import * as narrow from "./narrow";
import { pathological } from "./pathological";
import * as rendering from "./rendering";

Object.assign(globalThis, {
  markdown: { ...rendering, ...bounds, ...narrow, attack, hostile, pathological, shownMessages, shownTitles },
});
