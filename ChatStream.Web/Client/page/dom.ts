/** Finds an element that the server's markup must have, and throws if it is missing. */
export function find<T extends Element = HTMLElement>(root: ParentNode, selector: string): T {
  const element = root.querySelector<T>(selector);
  if (!element) throw new Error(`The page has no ${selector}`);
  return element;
}

/** A copy of the first element of a template, or of the first that the selector matches. */
export function clone(templateId: string, selector = "*"): HTMLElement {
  const template = find<HTMLTemplateElement>(document, `template#${templateId}`);
  return find(template.content, selector).cloneNode(true) as HTMLElement;
}
