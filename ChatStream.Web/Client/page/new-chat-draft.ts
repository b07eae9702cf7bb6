import { randomId } from "./random";
import { attempt, drafts, own } from "./storage";

/** How long the other tabs have to say that they are open, in milliseconds. */
const replyTime = 300;

const place = own("tab");
const channel = new BroadcastChannel("chatstream.tabs");
const open = new Set<string>();
let tab = attempt(() => sessionStorage.getItem(place)) ?? take(randomId());

function take(id: string): string {
  attempt(() => sessionStorage.setItem(place, id));
  return id;
}

// A tab answers "who is open?" with its id.
channel.onmessage = ({ data }: MessageEvent<string>) => {
  if (data === "?") channel.postMessage(tab);
  else open.add(data);
};

const idOf = (owner: string) => `new.${owner}`;

/** The text of a new chat that was not sent. Each tab has its own. It outlives the tab: the next new chat takes it over. */
export const newChatDraft = {
  read: () => drafts.read(idOf(tab)),
  write: (text: string) => drafts.write(idOf(tab), text),

  /** Looks for the draft of a tab that was closed. If this tab has none, it takes that one. */
  adopt(show: (text: string) => void): void {
    open.clear();
    channel.postMessage("?");
    setTimeout(() => {
      const own = this.read();
      if (open.has(tab)) {
        // This tab is a duplicate of an open one, and began with a copy of its storage.
        tab = take(randomId());
        this.write(own);
      }
      if (own) return;
      // Before there was one for each tab, the draft had the id "new".
      const isOrphan = (id: string) => id === "new" || (id.startsWith("new.") && !open.has(id.slice(idOf("").length)));
      const orphan = drafts.ids().find(isOrphan);
      if (orphan === undefined) return;
      const text = drafts.read(orphan);
      drafts.write(orphan, "");
      this.write(text);
      show(text);
    }, replyTime);
  },
};
