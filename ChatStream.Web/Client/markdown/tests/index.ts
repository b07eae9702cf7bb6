import { attack, hostile } from "./hostile";
import * as rendering from "./rendering";
import { specification } from "./specification";

Object.assign(globalThis, { markdown: { ...rendering, specification, attack, hostile } });
