import { EventSource } from 'launchdarkly-eventsource';
import { listen } from './events.mjs';

export default (url, headers, take) => new Promise((resolve, reject) => {
  const source = new EventSource(url, { headers });
  let fault = null;
  listen(source, take);
  source.addEventListener('error', (event) => { fault = event; });
  source.addEventListener('stop', () => { resolve(); source.close(); }); // close() says 'closed' too
  source.addEventListener('closed', () => reject(new Error(`closed after ${fault?.status ?? fault?.message}`)));
});
