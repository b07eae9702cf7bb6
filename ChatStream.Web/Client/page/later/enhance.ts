import { offerReading } from "./aloud";
import { mindContents } from "./contents";
import { offerCopying } from "./copy-selection";
import { addStyle, markdownExtras } from "./given";
import { mindQuotes } from "./quote";
import { styled } from "./style";
import { mindTables } from "./tables";
import { showTyped } from "./typed";

let answersStyled: Promise<void> | undefined;

/** Adds to messages what need not be there at first. Call it again when an answer has ended. */
export function enhance(articles: readonly HTMLElement[]): void {
  if (!answersStyled) {
    answersStyled = addStyle("answers-style");
    mindTables();
    mindQuotes();
    offerCopying();
  }
  // A page that had no files has no style for them.
  if (articles.some((article) => article.querySelector(".files:not([hidden])"))) void styled("files");
  for (const article of articles) {
    if (article.dataset["role"] === "user")
      markdownExtras.turns.run(() => {
        showTyped(article);
        return false;
      });
    else {
      mindContents(article);
      void answersStyled.then(() => offerReading(article));
    }
  }
}
