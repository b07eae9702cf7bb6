import * as bounds from "./bounds";
import { attack, hostile } from "./hostile";
import { differing } from "./meanings";
import * as rendering from "./rendering";
import { specification } from "./specification";

Object.assign(globalThis, { markdown: { ...rendering, ...bounds, specification, differing, attack, hostile } });
