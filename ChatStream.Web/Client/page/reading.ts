import { offerCodeActions } from "./code-actions";
import { upgradeAll } from "./message-text";

/** The page of a shared conversation. It can be read without this script, as plain text. */
const articles = [...document.querySelectorAll<HTMLElement>("article.message")];
upgradeAll(articles, articles[0]);
offerCodeActions();
for (const time of document.querySelectorAll("time"))
  time.textContent = new Intl.DateTimeFormat(document.documentElement.lang, { dateStyle: "long" }).format(
    new Date(time.dateTime),
  );
