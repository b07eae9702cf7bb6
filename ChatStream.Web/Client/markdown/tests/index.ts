import * as bounds from "./bounds";
import { attack, hostile } from "./hostile";
import * as rendering from "./rendering";

Object.assign(globalThis, { markdown: { ...rendering, ...bounds, attack, hostile } });
