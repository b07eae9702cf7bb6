// The beginning of a program whose other lines are what the emulator has sent. It is compiled and never run.
import type { ChatCompletion, ChatCompletionChunk } from 'openai/resources/index';
import type { Response, ResponseStreamEvent } from 'openai/resources/responses/responses';
import '@azure/openai/types';

declare function check<T>(sent: T): void;

// What services send, and neither package declares.
declare module 'openai/resources/index' {
  interface ChatCompletionMessage {
    reasoning_content?: string;
  }
  interface ChatCompletionChunk {
    obfuscation?: string;
  }
  namespace ChatCompletionChunk.Choice {
    interface Delta {
      reasoning_content?: string;
    }
  }
}

// Azure says null where OpenAI leaves a member out, and adds some. It has none of the three that are left out here.
type Sent = { [K in keyof Response]: Response[K] | null }
  & { content_filters: unknown; frequency_penalty: number; presence_penalty: number; store: boolean };
type WholeResponse = Omit<Sent, 'access_programs' | 'output_text' | 'usage'> & { usage: Usage | null };
type Usage = Omit<Required<Response>['usage'], 'input_tokens_details'> & { input_tokens_details: { cached_tokens: number } };
type EventOf<E> = E extends { response: Response }
  ? Omit<E, 'response'> & { response: WholeResponse }
  : E & { obfuscation?: string };
type ResponseEvent = EventOf<ResponseStreamEvent>;

