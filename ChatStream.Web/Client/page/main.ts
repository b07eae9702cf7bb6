import { Chat } from "./chat";

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
    case "edit":
      return article && chat.edit(article);
  }
});

chat.resume();
