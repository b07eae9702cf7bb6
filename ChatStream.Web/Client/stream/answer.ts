import type { Failure, FinishReason, StreamEvent, Usage } from "./events";

/** What the end of an answer is shown from. Its text and phase go from the events straight to the page. */
export interface Answer {
  hasText: boolean;
  usage?: Usage;
  failure?: Failure;
  finish?: FinishReason;
}

export const nothing: Answer = { hasText: false };

/** The answer after one more event. */
export function fold(answer: Answer, event: StreamEvent): Answer {
  switch (event.type) {
    case "text":
      return answer.hasText || event.text === "" ? answer : { ...answer, hasText: true };
    case "snapshot":
      return { ...answer, hasText: event.text !== "" };
    case "usage": {
      const { type: _, ...usage } = event;
      return { ...answer, usage };
    }
    case "failure": {
      const { type: _, ...failure } = event;
      return { ...answer, failure, hasText: answer.hasText && !failure.withdrawn };
    }
    case "finish":
      return { ...answer, finish: event.reason };
    default:
      return answer;
  }
}
