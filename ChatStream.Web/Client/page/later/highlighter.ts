import { Highlighter } from "../../markdown/highlighter";

interface Policy {
  createScriptURL(address: string): string;
}

const { trustedTypes } = globalThis as {
  trustedTypes?: { createPolicy(name: string, rules: Policy): Policy };
};

/** The policy of the page allows one script as a worker. */
const address = new URL("highlighter.js", import.meta.url).href;
const rules: Policy = { createScriptURL: () => address };
let policy: Policy | undefined;

export const { highlight } = new Highlighter(() => {
  policy ??= trustedTypes?.createPolicy("highlighter", rules) ?? rules;
  return new Worker(policy.createScriptURL(address), { type: "module" });
});
