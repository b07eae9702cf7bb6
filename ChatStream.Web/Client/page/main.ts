import { Chat } from "./chat";
import { connection } from "./connection-bar";
import { copy } from "./copy";
import { find } from "./dom";
import { mindDrawer } from "./drawer";
import { showEnter } from "./enter";
import { extras } from "./extras";
import { mindFiles } from "./files";
import { mindMenus } from "./menu";
import { Navigation } from "./navigation";
import { rememberModel, tellZone } from "./preferences";
import { placeHere } from "./routes";
import { listenForShortcuts } from "./shortcuts";

const chat = new Chat();
const navigation = new Navigation(chat.visits);

document.addEventListener("click", (event) => {
  const { target } = event;
  const button = target instanceof Element ? target.closest<HTMLElement>("[data-action], [data-code]") : null;
  const article = button?.closest<HTMLElement>("article.message");
  switch (button?.dataset["action"]) {
    case "stop":
      return chat.stop();
    case "send-now":
      return chat.sendNow();
    case "unqueue":
      return chat.unqueue();
    case "resend":
      return chat.resend();
    case "reload":
      return chat.reload();
    case "try-now":
      return connection.tryNow();
    case "take-back":
      return chat.takeBack();
    case "retry":
      return article && chat.retry(article);
    case "continue":
      return article && chat.continue(article);
    case "regenerate":
      return article && chat.regenerate(article);
    case "copy":
      return article && void copy(article);
    case "summarise":
    case "edit-summary":
    case "remove-summary":
      return void chat.summary(button.dataset["action"]);
    case "temporary":
      return void extras().then(({ temporary }) => temporary(button));
    case "starter":
    case "settings":
    case "notice":
      if (event.ctrlKey || event.metaKey || event.shiftKey) return;
      event.preventDefault();
      break;
    case "edit":
      return article && chat.edit(article);
    case "previous":
    case "next":
      return article && void chat.switchVersion(article, button, button.dataset["action"] === "next" ? 1 : -1);
  }
  if (button) void extras().then(({ act }) => act(button, article));
});

mindDrawer();
mindFiles();
mindMenus();
find<HTMLInputElement>(document, "#import").addEventListener("change", async ({ target }) => {
  const { importFile } = await extras();
  await importFile(target as HTMLInputElement, (conversationId) => void navigation.open({ conversationId }));
});
document.addEventListener("list-changed", () => void chat.list.refresh());
addEventListener("budget", async (warning) => (await extras()).warnOfBudget((warning as CustomEvent<string>).detail));
// The button that shows a list that is folded away.
if (document.documentElement.dataset["side"]) void extras();
showEnter();
tellZone();
rememberModel();
listenForShortcuts({
  stop: () => chat.stop(),
  editLast: () => chat.editLast(),
  copyLast: () => chat.copyLast(),
  newChat: () => void navigation.open({}),
  settings: () => void extras().then(({ openSettings }) => openSettings()),
  shortcuts: () => void extras().then(({ openShortcuts }) => openShortcuts()),
});
chat.resume(placeHere());
