import { SSE } from 'sse.js';
import { listen } from './events.mjs';
import { FetchRequest } from './xml-http-request.mjs';

globalThis.XMLHttpRequest ??= FetchRequest;

export default (url, headers, take) => new Promise((resolve) => {
  const source = new SSE(url, { headers, autoReconnect: true });
  listen(source, take);
  source.addEventListener('stop', () => { source.close(); resolve(); });
});
