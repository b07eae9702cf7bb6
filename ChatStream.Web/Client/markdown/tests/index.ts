import * as bounds from "./bounds";
import { attack, hostile, shownMessages, shownTitles } from "./hostile";
import { pathological } from "./pathological";
import * as rendering from "./rendering";

Object.assign(globalThis, {
  markdown: { ...rendering, ...bounds, attack, hostile, pathological, shownMessages, shownTitles },
});
