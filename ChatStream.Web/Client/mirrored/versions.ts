export interface VersionState {
  /** From 1. */
  number: number;
  count: number;
  /** With a single version there is nothing to choose. */
  hidden: boolean;
  hasPrevious: boolean;
  hasNext: boolean;
}

/** What the buttons of the versions show. Same as in `_Message.cshtml`. @param ids All versions, oldest first. */
export function versionState(id: string, ids: readonly string[]): VersionState {
  const number = ids.indexOf(id) + 1;
  return { number, count: ids.length, hidden: ids.length < 2, hasPrevious: number > 1, hasNext: number < ids.length };
}
