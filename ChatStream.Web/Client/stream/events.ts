/** The contract's events and closed sets, and one frame's event read from its name and data. */

export type Phase = "analyzing" | "thinking" | "using-tool" | "writing";

export type FinishReason = "completed" | "length" | "stopped" | "filtered" | "failed" | "interrupted";

export type FailureCode =
  | "rate_limited"
  | "content_filter"
  | "context_length_exceeded"
  | "model_unavailable"
  | "model_timeout"
  | "model_rejected"
  | "not_configured"
  | "malformed_response"
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
}

export interface Failure {
  code: FailureCode;
  message: string;
  retryAfter?: number;
}

export type StreamEvent =
  | ({ type: "start" } & Started)
  | { type: "status"; phase: Phase; detail?: string }
  | { type: "reasoning"; text: string }
  | { type: "text"; text: string }
  | ({ type: "usage" } & Usage)
  | ({ type: "failure" } & Failure)
  | { type: "finish"; reason: FinishReason }
  | { type: "snapshot"; text: string; reasoning?: string }
  | { type: "stop" };

const withPayload = new Set(["start", "status", "reasoning", "text", "usage", "failure", "finish", "snapshot"]);

/**
 * `unknown`: an event that this page does not know; its number counts, its content is skipped. `broken`: its data is not
 * what the contract says, so it was damaged on the way and has to be asked for again.
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
