// The package openai. Its stream helpers are the strictest readers that it has: they refuse an event out of order, and a part
// that was never begun or never ended.
import OpenAI, { AzureOpenAI } from 'openai';

const dated = (endpoint, apiKey, apiVersion) => new AzureOpenAI({ endpoint, apiKey, apiVersion, maxRetries: 0 });
const v1 = (endpoint, apiKey) => new OpenAI({ baseURL: new URL('openai/v1', endpoint).href, apiKey, maxRetries: 0 });

export const surfaces = {
  'dated chat': (endpoint, question) => askChat(dated(endpoint, question.key, '2024-10-21'), question),
  'dated responses': (endpoint, question) => askResponses(dated(endpoint, question.key, '2025-04-01-preview'), question),
  'v1 chat': (endpoint, question) => askChat(v1(endpoint, question.key), question),
  'v1 responses': (endpoint, question) => askResponses(v1(endpoint, question.key), question),
};

const weather = {
  name: 'weather',
  description: 'The weather of a city.',
  parameters: { type: 'object', properties: { city: { type: 'string' } } },
};

async function askChat(openai, { message, isStreamed, deployment, hasTools }) {
  const body = {
    model: deployment,
    messages: [{ role: 'user', content: message }],
    ...(hasTools ? { tools: [{ type: 'function', function: weather }] } : {}),
  };
  const completion = isStreamed
    ? await openai.chat.completions.stream({ ...body, stream_options: { include_usage: true } }).finalChatCompletion()
    : await openai.chat.completions.create(body);
  const { message: answer, finish_reason: finish } = completion.choices[0];
  return {
    text: answer.content || null,
    refusal: answer.refusal,
    finish,
    usage: {
      input: completion.usage.prompt_tokens,
      output: completion.usage.completion_tokens,
      reasoning: completion.usage.completion_tokens_details.reasoning_tokens,
    },
    tools: (answer.tool_calls ?? []).map((call) => ({ id: call.id, ...pick(call.function) })),
  };
}

async function askResponses(openai, { message, isStreamed, deployment, hasTools }) {
  const body = {
    model: deployment,
    input: message,
    ...(hasTools ? { tools: [{ type: 'function', strict: false, ...weather }] } : {}),
  };
  const response = isStreamed
    ? await openai.responses.stream(body).finalResponse()
    : await openai.responses.create(body);
  const parts = response.output.flatMap((item) => item.content ?? []);
  const summaries = response.output.flatMap((item) => item.summary ?? []);
  return {
    text: response.output_text || null,
    refusal: parts.find((part) => part.type === 'refusal')?.refusal ?? null,
    reasoning: summaries.map((part) => part.text).join('') || null,
    finish: response.incomplete_details?.reason ?? response.status,
    usage: {
      input: response.usage.input_tokens,
      output: response.usage.output_tokens,
      reasoning: response.usage.output_tokens_details.reasoning_tokens,
    },
    tools: response.output.filter((item) => item.type === 'function_call')
      .map((call) => ({ id: call.call_id, ...pick(call) })),
  };
}

export const describe = (fault) => ({
  type: fault.constructor.name,
  status: fault.status ?? null,
  code: fault.code ?? null,
  param: fault.param ?? null,
  requestId: fault.headers?.get('apim-request-id') ?? null,
  retryAfter: fault.headers?.get('retry-after') ?? null,
  message: fault.message,
});

const pick = ({ name, arguments: text }) => ({ name, arguments: text });
