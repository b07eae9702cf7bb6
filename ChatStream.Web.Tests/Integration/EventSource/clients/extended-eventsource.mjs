import { EventSource } from 'extended-eventsource';
import { listen } from './events.mjs';

// With keepsId it goes on after the last whole event, and not after the last id line, as the package does by itself.
export const reader = (keepsId) => (url, headers, take) => new Promise((resolve, reject) => {
  let lastId = '';
  const fetchAfterLastId = (request) => {
    request.headers.delete('Last-Event-ID');
    if (lastId) request.headers.set('Last-Event-ID', lastId);
    return fetch(request);
  };
  const source = new EventSource(url, { headers, disableLogger: true, fetch: keepsId ? fetchAfterLastId : fetch });
  listen({
    addEventListener: (name, on) => source.addEventListener(name, (event) => {
      if (!event.data) return; // a comment
      lastId = event.lastEventId;
      on(event);
    }),
  }, take);
  source.addEventListener('stop', () => { source.close(); resolve(); });
  source.addEventListener('error', (event) => {
    if (source.readyState !== source.CLOSED) return;
    if (event.response?.status === 204) resolve(); // there is nothing more
    else reject(new Error(`closed after ${event.response?.status}`));
  });
});

export default reader(false);
