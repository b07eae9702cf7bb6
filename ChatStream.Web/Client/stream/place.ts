/** What the page shows: a conversation, perhaps at one of its messages. Without a conversation: a new chat. */
export interface Place {
  conversationId?: string;
  messageId?: string;
}

const id = "[A-Za-z0-9_-]{16}";
const path = new RegExp(`^(?:chat(?:/(${id}))?)?$`);
const hash = new RegExp(`^#(${id})$`);

/**
 * The place that an address names. Undefined: it is not an address of the page.
 * @param base The absolute address of a new chat.
 */
export function placeOf(address: string, base: string): Place | undefined {
  const url = new URL(address, base);
  const whole = url.origin + url.pathname;
  const found = whole.startsWith(base) && !url.search ? path.exec(whole.slice(base.length)) : null;
  if (!found) return undefined;
  const [, conversationId] = found;
  if (conversationId === undefined) return {};
  const messageId = hash.exec(url.hash)?.[1];
  return { conversationId, ...(messageId !== undefined && { messageId }) };
}
