import { type Place, placeOf } from "../stream/place";

const base = document.body.dataset["base"] ?? "/";

export const routes = {
  newChat: base,
  stream: `${base}chat/stream`,
  stop: (generationId: string) => `${base}chat/stream/${generationId}/stop`,
  conversation: (conversationId: string) => `${base}chat/${conversationId}`,
  models: `${base}models`,
  conversations: `${base}conversations`,
  stored: (conversationId: string) => `${base}conversations/${conversationId}`,
  saved: (conversationId: string, format: string) => `${base}conversations/${conversationId}/export?format=${format}`,
  import: `${base}conversations/import`,
};

const absolute = new URL(base, location.href).href;

/** The place that an address names; undefined: it is not one of this page. */
export const placeAt = (address: string): Place | undefined => placeOf(address, absolute);

export const placeHere = () => placeAt(location.href);
