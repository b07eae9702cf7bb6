/** The element that the server's markup promises; its absence is a fault of the markup, said at once. */
export function find<T extends Element = HTMLElement>(root: ParentNode, selector: string): T {
  const element = root.querySelector<T>(selector);
  if (!element) throw new Error(`The page has no ${selector}`);
  return element;
}

export function clone(templateId: string, selector = "*"): HTMLElement {
  const template = find<HTMLTemplateElement>(document, `template#${templateId}`);
  return find(template.content, selector).cloneNode(true) as HTMLElement;
}
