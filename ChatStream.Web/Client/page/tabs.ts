/** Tells the other tabs of this browser that a conversation has changed. */
const channel = new BroadcastChannel("chatstream.changes");

export const tellTabs = (conversationId: string) => channel.postMessage(conversationId);

export function onOtherTab(listener: (conversationId: string) => void): void {
  channel.onmessage = (event: MessageEvent<string>) => listener(event.data);
}
