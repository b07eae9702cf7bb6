import { EventSource } from 'eventsource';
import ReconnectingEventSource from 'reconnecting-eventsource';
import { listen } from './events.mjs';

export default (url, headers, take) => new Promise((resolve) => {
  class WithHeaders extends EventSource {
    constructor(address) {
      super(address, { fetch: (input, init) => fetch(input, { ...init, headers: { ...init.headers, ...headers } }) });
    }
  }
  const source = new ReconnectingEventSource(url, { eventSourceClass: WithHeaders, max_retry_time: 500 });
  listen(source, take); // a listener, because onmessage does not keep the id of an unnamed event
  source.addEventListener('stop', () => { source.close(); resolve(); });
});
