/** Replaces the package `uc.micro` in the bundle: browsers know these classes of characters. */
export const P = /\p{P}/u;
export const S = /\p{S}/u;
