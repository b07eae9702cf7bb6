import type { Failure, FinishReason, Phase, StreamEvent, Usage } from "./events";

/** What is known of an answer so far. */
export interface Answer {
  text: string;
  reasoning: string;
  phase?: Phase;
  model?: string;
  usage?: Usage;
  failure?: Failure;
  finish?: FinishReason;
}

export const nothing: Answer = { text: "", reasoning: "" };

export function fold(answer: Answer, event: StreamEvent): Answer {
  switch (event.type) {
    case "start":
      return { ...answer, model: event.model };
    case "status":
      return { ...answer, phase: event.phase };
    case "reasoning":
      return { ...answer, reasoning: answer.reasoning + event.text };
    case "text":
      return { ...answer, text: answer.text + event.text };
    case "snapshot":
      return { ...answer, text: event.text, reasoning: event.reasoning ?? "" };
    case "usage": {
      const { type: _, ...usage } = event;
      return { ...answer, usage };
    }
    case "failure": {
      const { type: _, ...failure } = event;
      return { ...answer, failure };
    }
    case "finish":
      return { ...answer, finish: event.reason };
    case "stop":
      return answer;
  }
}
