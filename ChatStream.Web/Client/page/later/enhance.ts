import { offerReading } from "./aloud";
import { mindContents } from "./contents";
import { offerCopying } from "./copy-selection";
import { addStyle, markdownExtras } from "./given";
import { mindQuotes } from "./quote";
import { mindTables } from "./tables";
import { showTyped } from "./typed";

let styled: Promise<void> | undefined;

/** Adds to messages what need not be there at first. Call it again when an answer has ended. */
export function enhance(articles: readonly HTMLElement[]): void {
  if (!styled) {
    styled = addStyle("answers-style");
    mindTables();
    mindQuotes();
    offerCopying();
  }
  for (const article of articles) {
    if (article.dataset["role"] === "user")
      markdownExtras.turns.run(() => {
        showTyped(article);
        return false;
      });
    else {
      mindContents(article);
      void styled.then(() => offerReading(article));
    }
  }
}
