// The tutorial's client, in Node.js: new EventSource('/chat/stream?message=Hello'), onmessage appends, 'stop' closes.
// The argument: {"sources": [{"name", "url", "headers", "closesOnStop"}]}. Prints what happens as JSON lines.
import { EventSource } from 'eventsource';

const print = (line) => process.stdout.write(`${JSON.stringify(line)}\n`);

// The package does not keep Node.js running while it waits to reconnect.
const running = setInterval(() => {}, 60_000);
let open = 0;
const closed = () => { if (--open === 0) clearInterval(running); };

for (const { name, url, headers, closesOnStop } of JSON.parse(process.argv[2]).sources) {
  const source = new EventSource(url, {
    fetch: (input, init) => fetch(input, { ...init, headers: { ...init.headers, ...headers } }),
  });
  open++;
  source.onmessage = (event) => print({ name, type: 'message', text: JSON.parse(event.data).text });
  source.addEventListener('stop', (event) => {
    print({ name, type: 'stop', text: event.data });
    if (!closesOnStop) return;
    source.close();
    closed();
  });
  source.onerror = (event) => {
    if (source.readyState !== EventSource.CLOSED) return print({ name, type: 'reconnecting' });
    print({ name, type: 'closed', status: event.code });
    closed();
  };
}
