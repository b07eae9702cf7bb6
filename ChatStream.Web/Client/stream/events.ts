/** The events of the contract, and how a frame becomes an event. */

export type Phase = "analyzing" | "thinking" | "using-tool" | "writing";

export type FinishReason = "completed" | "length" | "stopped" | "filtered" | "failed" | "interrupted";

export type FailureCode =
  | "rate_limited"
  | "quota_exhausted"
  | "content_filter"
  | "context_length_exceeded"
  | "model_unavailable"
  | "model_timeout"
  | "model_rejected"
  | "not_configured"
  | "malformed_response"
  | "too_long"
  | "interrupted"
  | "internal";

export interface Started {
  generationId: string;
  conversationId: string;
  messageId: string;
  parentId: string;
  model: string;
  title: string;
}

export interface Usage {
  inputTokens: number;
  outputTokens: number;
  reasoningTokens?: number;
  cachedTokens?: number;
  /** The server counted the tokens itself. */
  estimated?: boolean;
  cost?: Cost;
}

export interface Cost {
  amount: number;
  /** Three letters, such as `USD`. */
  currency: string;
}

export interface Failure {
  code: FailureCode;
  message: string;
  /** What the content filter found, by the names of the contract, such as `self_harm`. */
  categories?: string[];
  /** How severe it found them, by category. */
  severities?: Record<string, string>;
  /** What the content filter stopped. */
  of?: "prompt" | "answer";
  /** The text shown so far must be removed. */
  withdrawn?: boolean;
  /** Seconds. */
  retryAfter?: number;
}

export type ToolState = "asked" | "running" | "done" | "failed" | "denied";

/** A call of a tool, and how it stands. */
export interface Tool {
  callId: string;
  name: string;
  state: ToolState;
  arguments?: string;
  result?: string;
  /** The tool server that needs the user's permission first. */
  permission?: string;
  /** The ids of the images that are part of the result. */
  files?: string[];
}

export type StreamEvent =
  | ({ type: "start" } & Started)
  | { type: "status"; phase: Phase; detail?: string }
  | { type: "reasoning"; text: string }
  | { type: "text"; text: string }
  | ({ type: "usage" } & Usage)
  | ({ type: "failure" } & Failure)
  | { type: "finish"; reason: FinishReason }
  | ({ type: "tool" } & Tool)
  | { type: "snapshot"; text: string; reasoning?: string; tools?: Tool[] }
  | { type: "stop" };

/** What the content filter found; empty if the server did not say. */
export function categoriesOf(failure: Failure | undefined): string[] {
  const categories: unknown = failure?.categories;
  return Array.isArray(categories) ? categories.filter((name) => typeof name === "string") : [];
}

const withPayload = new Set(["start", "status", "reasoning", "text", "usage", "failure", "finish", "snapshot", "tool"]);

/**
 * Reads the event of a frame from its name and data. `unknown`: this page does not know the event; the frame counts, its
 * content is skipped. `broken`: the data is damaged, and the frame must be requested again.
 */
export function readEvent(name: string | undefined, data: string): StreamEvent | "unknown" | "broken" {
  if (name === "stop") return { type: "stop" };
  const type = name === undefined || name === "message" ? "text" : name;
  if (!withPayload.has(type)) return "unknown";
  try {
    return { ...JSON.parse(data), type };
  } catch {
    return "broken";
  }
}
