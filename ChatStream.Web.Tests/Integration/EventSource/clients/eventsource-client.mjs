import { createEventSource } from 'eventsource-client';

export default (url, headers, take) => new Promise((resolve) => {
  const source = createEventSource({
    url,
    headers,
    onMessage: ({ event, data }) => {
      take(event ?? 'message', data);
      if (event !== 'stop') return;
      source.close();
      resolve();
    },
  });
});
