/** When the parts of an answer came. All in seconds, from any origin. */
export interface Times {
  begin: number;
  /** The first reasoning or text. */
  firstOutput?: number | undefined;
  firstText?: number | undefined;
  /** How long calls of tools were decided about and made, since the first output. */
  waited: number;
  end: number;
}

/** All in seconds, except `speed` (tokens per second). Undefined: there is nothing to show. */
export interface AnswerFigures {
  took: number;
  firstWord: number | undefined;
  /** From the first reasoning to the first text. */
  thought: number | undefined;
  speed: number | undefined;
}

/** A speed measured over less time than this, in seconds, says nothing. */
const leastTime = 0.2;

/** The figures of an answer. Same as `MessageViews.Of`. @param hasReasoning Whether reasoning came before the text. */
export function figuresOf(times: Times, outputTokens: number | undefined, hasReasoning: boolean): AnswerFigures {
  const { begin, firstOutput, firstText, waited, end } = times;
  const writing = firstOutput === undefined ? 0 : end - firstOutput - waited;
  return {
    took: end - begin,
    firstWord: firstText === undefined ? undefined : firstText - begin,
    thought: hasReasoning && firstText !== undefined && firstOutput !== undefined ? firstText - firstOutput : undefined,
    speed: outputTokens !== undefined && writing >= leastTime ? outputTokens / writing : undefined,
  };
}

/** The whole seconds of "Thought for": at least 1. */
export const thoughtSeconds = (thought: number) => Math.max(1, Math.round(thought));
