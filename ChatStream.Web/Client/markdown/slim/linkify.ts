/** Replaces the package `linkify-it` in the bundle: the rules in `addresses.ts` find addresses instead. */
export class LinkifyIt {}
