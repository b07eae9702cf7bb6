import { offerCodeActions } from "../markdown/code-actions";
import { Chat } from "./chat";
import { keepDrawerOpenWhereWide } from "./drawer";
import { offerImport } from "./import";
import { word } from "./words";

const chat = new Chat();

document.addEventListener("click", ({ target }) => {
  const button = target instanceof Element ? target.closest<HTMLElement>("[data-action]") : null;
  const article = button?.closest<HTMLElement>("article.message");
  switch (button?.dataset["action"]) {
    case "stop":
      return chat.stop();
    case "resend":
      return chat.resend();
    case "reload":
      return location.reload();
    case "retry":
      return article && chat.retry(article);
    case "continue":
      return article && chat.continue(article);
    case "regenerate":
      return article && chat.regenerate(article);
    case "edit":
      return article && chat.edit(article);
    case "previous":
    case "next":
      return article && void chat.switchVersion(article, button.dataset["action"] === "next" ? 1 : -1);
  }
});

keepDrawerOpenWhereWide();
offerImport();
offerCodeActions({ copy: word("copy-code"), copied: word("code-copied") });
chat.resume();
