import type { Markdown } from "./rules";

/** Items of a task list: `- [ ] to do` and `- [x] done`. */
export function tasks(md: Markdown): void {
  md.core.ruler.before("inline", "tasks", ({ tokens }) => {
    tokens.forEach((token, i) => {
      const [paragraph, text] = [tokens[i + 1], tokens[i + 2]];
      if (token.type !== "list_item_open" || paragraph?.type !== "paragraph_open" || !text) return;
      const found = /^\[([ xX])\](?:[ \t\n]+|$)/.exec(text.content);
      if (!found) return;
      token.meta = { done: found[1] !== " " };
      text.content = text.content.slice(found[0].length);
    });
  });
}
