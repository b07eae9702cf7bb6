import polyfill from 'event-source-polyfill';
import { listen } from './events.mjs';

export default (url, headers, take) => new Promise((resolve, reject) => {
  const source = new polyfill.EventSourcePolyfill(url, { headers });
  listen(source, take);
  source.addEventListener('stop', () => { source.close(); resolve(); });
  source.addEventListener('error', (event) => {
    if (source.readyState === polyfill.EventSourcePolyfill.CLOSED) reject(new Error(`closed after ${event.status}`));
  });
});
