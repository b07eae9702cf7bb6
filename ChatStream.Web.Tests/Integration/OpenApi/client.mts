// A client made from the document: it starts answers in all three shapes. The argument: the address of the app.
// Prints one JSON object.
import createClient from 'openapi-fetch';
import type { components, paths } from './api.mjs';

type Schemas = components['schemas'];

let cookie = '';
const client = createClient<paths>({
  baseUrl: process.argv[2]!,
  fetch: async (request) => {
    if (cookie) request.headers.set('Cookie', cookie);
    const response = await fetch(request);
    cookie ||= response.headers.get('set-cookie')?.split(';')[0] ?? '';
    return response;
  },
});

const models: Schemas['ModelList'] = (await client.GET('/models')).data!;

const streamed = await client.POST('/chat/stream', {
  body: { message: 'Hello', model: models.models[0]!.name },
  headers: { Accept: 'text/event-stream' },
  parseAs: 'text',
});
const frames = (streamed.data as unknown as string).split('\n\n').map((frame) => frame.split('\n'));
const dataOf = (event: string) => frames.find((lines) => lines.includes(`event: ${event}`))!
  .find((line) => line.startsWith('data: '))!.slice('data: '.length);
const start: Schemas['StartEvent'] = JSON.parse(dataOf('start'));
const finish: Schemas['FinishEvent'] = JSON.parse(dataOf('finish'));

const whole = await client.POST('/chat/stream', {
  body: { message: 'And now?', conversationId: start.conversationId },
  headers: { Accept: 'application/json' },
});
const answer = whole.data as Schemas['Answer'];

const begun = await client.POST('/chat/stream', {
  body: { message: 'Later', conversationId: start.conversationId },
  params: { header: { Prefer: 'respond-async' } },
});
const running = begun.data as Schemas['Answer'];
let later: Schemas['Answer'];
do {
  later = (await client.GET('/chat/stream/{generationId}', {
    params: { path: { generationId: running.generationId } },
    headers: { Accept: 'application/json' },
  })).data as Schemas['Answer'];
} while (later.state === 'running');

const refused = await client.POST('/chat/stream', { body: { message: ' ' } });
const problem = refused.error as Schemas['Problem'];

const tree: Schemas['ConversationTree'] = (await client.GET('/conversations/{id}', {
  params: { path: { id: start.conversationId } },
})).data!;

process.stdout.write(JSON.stringify({
  streamed: finish.reason,
  whole: [whole.response.status, answer.text],
  begun: [begun.response.status, begun.response.headers.get('location')],
  later: later.text,
  refused: [refused.response.status, problem.code],
  messages: tree.messages.map((message) => message.text),
}));
