import * as bounds from "./bounds";
import { attack, hostile, shownMessages, shownTitles } from "./hostile";
import { differing } from "./meanings";
import { pathological } from "./pathological";
import * as rendering from "./rendering";
import { specification } from "./specification";

Object.assign(globalThis, {
  markdown: { ...rendering, ...bounds, specification, differing, attack, hostile, pathological, shownMessages, shownTitles },
});
