/** The tables of cases, described in ChatStream.Web.Tests/Mirrored/README.md. A build of the web project alone lacks them. */

declare module "*/Mirrored/days.json" {
  const table: {
    days: { zone: string; now: string; time: string; day: string }[];
    headings: { day: string; language: string; month: string | null }[];
  };
  export default table;
}

declare module "*/Mirrored/endings.json" {
  import type { FailureCode, FinishReason } from "../stream/events";

  const table: {
    endings: { finish: FinishReason; code: FailureCode | null; of?: "prompt" | "answer"; withdrawn?: true; key: string }[];
  };
  export default table;
}

declare module "*/Mirrored/figures.json" {
  interface Shown {
    seconds: number;
    text: string;
    language?: string;
  }
  interface Answer {
    name: string;
    begin: number;
    firstOutput: number | null;
    firstText: number | null;
    waited: number;
    end: number;
    outputTokens: number | null;
    hasReasoning: boolean;
    took: number;
    firstWord: number | null;
    thought: number | null;
    speed: number | null;
  }
  const table: {
    language: string;
    inSeconds: string;
    numbers: { value: number; text: string; language?: string }[];
    costs: { amount: number; currency: string; text: string; language?: string }[];
    durations: Shown[];
    measured: Shown[];
    thoughts: Shown[];
    answers: Answer[];
  };
  export default table;
}

declare module "*/Mirrored/isolated.json" {
  const table: { titles: { title: string; shown: string }[] };
  export default table;
}

declare module "*/Mirrored/visible-signs.json" {
  const table: { texts: { text: string; shown: string }[] };
  export default table;
}

declare module "*/Mirrored/long.json" {
  const table: { texts: { part: string; times: number; isLong: boolean }[] };
  export default table;
}

declare module "*/Mirrored/versions.json" {
  const table: {
    versions: {
      id: string;
      ids: string[];
      number: number;
      count: number;
      hidden: boolean;
      hasPrevious: boolean;
      hasNext: boolean;
    }[];
  };
  export default table;
}

declare module "*/Mirrored/stacked-marks.json" {
  const table: { marks: { before: string; mark: string; count: number; after: string; hidden: number }[] };
  export default table;
}
