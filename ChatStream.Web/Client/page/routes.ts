const base = document.body.dataset["base"] ?? "/";

export const routes = {
  stream: `${base}chat/stream`,
  stop: (generationId: string) => `${base}chat/stream/${generationId}/stop`,
  conversation: (conversationId: string) => `${base}chat/${conversationId}`,
};
