import { attempt } from "./storage";

const place = "chatstream.wrap";
let isOn = attempt(() => localStorage.getItem(place)) === "on";

/** True if the user wants long lines of code to be wrapped: the last choice holds for all blocks that come. */
export const wrapsLines = () => isOn;

export function rememberWrapping(wraps: boolean): void {
  isOn = wraps;
  attempt(() => localStorage.setItem(place, wraps ? "on" : "off"));
}
