import { versionState } from "../mirrored/versions";
import { announce } from "./announcer";
import { find } from "./dom";

/** The places that show versions. Each part of an answer has one; that of the last part comes last. */
const places = (article: HTMLElement) => [...article.querySelectorAll<HTMLElement>(".versions")];

const placeOf = (article: HTMLElement, partId: string) => places(article).find(({ dataset }) => dataset["partId"] === partId);

const siblings = (place: HTMLElement | undefined): string[] => place?.dataset["siblings"]?.split(" ").filter(Boolean) ?? [];

/** The ids of all versions of a message, oldest first. Of an answer that was continued: those of its last part. */
export const versionsOf = (article: HTMLElement): string[] => siblings(places(article).at(-1));

/** The ids of all versions of an answer's first part, which are the answers to one question. */
export const answersOf = (article: HTMLElement): string[] => siblings(places(article)[0]);

/** True if the message has this id, or a part of it. */
export const hasPart = (article: HTMLElement, id: string) => placeOf(article, id) !== undefined;

/** The id of the version before (-1) or after (1) the one that is shown at this place. */
export function neighbour(place: HTMLElement, step: -1 | 1): string | undefined {
  const versions = siblings(place);
  return versions[versions.indexOf(place.dataset["partId"] ?? "") + step];
}

/** Shows the number of the version and its buttons, as the server's markup does. */
export function showVersions(article: HTMLElement, versions: string[]): void {
  const id = article.dataset["messageId"] ?? "";
  const { number, count, hidden, hasPrevious, hasNext } = versionState(id, versions);
  const place = places(article).at(-1)!;
  place.dataset["partId"] = id;
  place.dataset["siblings"] = versions.join(" ");
  place.hidden = hidden;
  find(place, ".version").textContent = `${number}/${count}`;
  find<HTMLButtonElement>(place, "[data-action=previous]").disabled = !hasPrevious;
  find<HTMLButtonElement>(place, "[data-action=next]").disabled = !hasNext;
}

/** Adds a place for the versions of one more part of an answer. */
export function addVersions(article: HTMLElement): void {
  const last = places(article).at(-1)!;
  last.after(last.cloneNode(true));
}

/** Focuses the button that was pressed, or the other one if that one is disabled now. */
export function focusAfterSwitch(article: HTMLElement, partId: string, step: -1 | 1): void {
  const place = placeOf(article, partId)!;
  const pressed = step > 0 ? "next" : "previous";
  const again = place.querySelector<HTMLButtonElement>(`[data-action=${pressed}]:enabled`);
  (again ?? place.querySelector<HTMLButtonElement>(":enabled"))?.focus();
  announce(find(place, ".version").textContent);
}
