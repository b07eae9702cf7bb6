import { type Place, placeOf } from "../stream/place";

const base = document.body.dataset["base"] ?? "/";

export const routes = {
  newChat: base,
  stream: `${base}chat/stream`,
  stop: (generationId: string) => `${base}chat/stream/${generationId}/stop`,
  decide: (generationId: string, callId: string) => `${base}chat/stream/${generationId}/tools/${callId}`,
  conversation: (conversationId: string) => `${base}chat/${conversationId}`,
  diagram: `${base}diagram`,
  models: `${base}models`,
  conversations: `${base}conversations`,
  stored: (conversationId: string) => `${base}conversations/${conversationId}`,
  saved: (conversationId: string, format: string) => `${base}conversations/${conversationId}/export?format=${format}`,
  files: `${base}files`,
  words: `${base}words`,
  import: `${base}conversations/import`,
  context: (conversationId: string, model: string | undefined) =>
    `${base}conversations/${conversationId}/context${model ? `?model=${encodeURIComponent(model)}` : ""}`,
  summaries: (conversationId: string) => `${base}conversations/${conversationId}/summaries`,
  summary: (conversationId: string, messageId: string) => `${base}conversations/${conversationId}/summaries/${messageId}`,
};

const absolute = new URL(base, location.href).href;

/** The place that an address names; undefined: it is not one of this page. */
export const placeAt = (address: string): Place | undefined => placeOf(address, absolute);

export const placeHere = () => placeAt(location.href);
