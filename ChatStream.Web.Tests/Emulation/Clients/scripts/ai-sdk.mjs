// The package @ai-sdk/azure, without the package ai around it, which would retry and word errors anew.
import { createAzure } from '@ai-sdk/azure';

// The package addresses the hosts of Azure in another way than all others, so the emulator stands behind such a host.
const azure = (endpoint, key, options = {}) => createAzure({
  resourceName: 'emulated',
  apiKey: key,
  fetch: (url, init) => {
    const address = new URL(url);
    return fetch(new URL(address.pathname + address.search, endpoint), init);
  },
  ...options,
});

export const surfaces = {
  'dated chat': (endpoint, question) => ask(
    azure(endpoint, question.key, { useDeploymentBasedUrls: true, apiVersion: '2024-10-21' }).chat(question.deployment),
    question),
  'v1 chat': (endpoint, question) => ask(azure(endpoint, question.key).chat(question.deployment), question),
  'v1 responses': (endpoint, question) => ask(azure(endpoint, question.key).responses(question.deployment), question),
};

async function ask(model, { message, isStreamed, hasTools }) {
  const request = {
    prompt: [{ role: 'user', content: [{ type: 'text', text: message }] }],
    ...(hasTools ? {
      tools: [{
        type: 'function',
        name: 'weather',
        description: 'The weather of a city.',
        inputSchema: { type: 'object', properties: { city: { type: 'string' } } },
      }],
    } : {}),
  };
  const { content, finishReason, usage } = isStreamed
    ? await gather((await model.doStream(request)).stream)
    : await model.doGenerate(request);
  const textOf = (type) => content.filter((part) => part.type === type).map((part) => part.text).join('') || null;
  return {
    text: textOf('text'),
    reasoning: textOf('reasoning'),
    finish: finishReason.raw ?? finishReason.unified,
    usage: { input: usage.inputTokens.total, output: usage.outputTokens.total, reasoning: usage.outputTokens.reasoning },
    tools: content.filter((part) => part.type === 'tool-call')
      .map((call) => ({ id: call.toolCallId, name: call.toolName, arguments: call.input })),
  };
}

export const describe = (fault) => ({
  type: fault.name ?? fault.constructor.name,
  status: fault.statusCode ?? null,
  code: fault.data?.error?.code ?? fault.code ?? null,
  param: fault.data?.error?.param ?? null,
  requestId: fault.responseHeaders?.['apim-request-id'] ?? null,
  retryAfter: fault.responseHeaders?.['retry-after'] ?? null,
  message: fault.message,
});

async function gather(stream) {
  const content = [];
  let end;
  for await (const part of stream) {
    if (part.type === 'error') throw part.error;
    if (part.type === 'text-delta') content.push({ type: 'text', text: part.delta });
    else if (part.type === 'reasoning-delta') content.push({ type: 'reasoning', text: part.delta });
    else if (part.type === 'tool-call') content.push(part);
    else if (part.type === 'finish') end = part;
  }
  return { content, ...end };
}
