import { EventSource } from 'eventsource';
import { listen } from './events.mjs';

export default (url, headers, take) => new Promise((resolve, reject) => {
  const source = new EventSource(url, {
    fetch: (input, init) => fetch(input, { ...init, headers: { ...init.headers, ...headers } }),
  });
  listen(source, take);
  source.addEventListener('stop', () => { source.close(); resolve(); });
  source.addEventListener('error', (event) => {
    if (source.readyState === EventSource.CLOSED) reject(new Error(`closed after ${event.code}`));
  });
});
