import type MarkdownIt from "markdown-it";

/** Types that the package of the parser does not export by name. */
export type Markdown = InstanceType<typeof MarkdownIt>;
export type BlockRule = Parameters<Markdown["block"]["ruler"]["push"]>[1];
export type BlockState = Parameters<BlockRule>[0];
export type CoreRule = Parameters<Markdown["core"]["ruler"]["push"]>[1];
export type CoreState = Parameters<CoreRule>[0];
export type InlineRule = Parameters<Markdown["inline"]["ruler"]["push"]>[1];
export type InlineEndRule = Parameters<Markdown["inline"]["ruler2"]["push"]>[1];
export type InlineState = Parameters<InlineRule>[0];
export type Token = ReturnType<Markdown["parse"]>[number];
