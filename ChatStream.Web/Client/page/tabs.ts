/** What a tab tells the others of this browser when an answer has started. */
export interface StartNotice {
  conversationId: string;
  title: string;
  generationId: string;
  /** The message that the answer stands under, and under what that stands; its text if it is new. */
  parentId: string;
  grandparentId: string | undefined;
  message: string | undefined;
}

const channel = new BroadcastChannel("chatstream.starts");

export const tellTabs = (notice: StartNotice) => channel.postMessage(notice);

export function onOtherTab(listener: (notice: StartNotice) => void): void {
  channel.onmessage = (event: MessageEvent<StartNotice>) => listener(event.data);
}
