import { fetchEventSource } from '@microsoft/fetch-event-source';

// The package expects a page, also in Node.js.
globalThis.window ??= globalThis;
globalThis.document ??= { hidden: false, addEventListener() {}, removeEventListener() {} };

class Refused extends Error {}

// With keepsId it goes on after the last whole event, and not after the last id line, as the package does by itself.
export const reader = (keepsId) => (url, headers, take) => {
  const end = new AbortController();
  let lastId = '';
  const fetchAfterLastId = (input, init) => {
    const { 'last-event-id': _, ...others } = init.headers;
    return fetch(input, { ...init, headers: lastId ? { ...others, 'last-event-id': lastId } : others });
  };
  return fetchEventSource(url, {
    headers,
    signal: end.signal,
    openWhenHidden: true,
    fetch: keepsId ? fetchAfterLastId : fetch,
    onopen: async (response) => {
      if (response.status === 204) end.abort(); // there is nothing more, and it would ask again each second
      else if (!response.ok) throw new Refused(`${response.status}`);
    },
    onmessage: ({ event, data, id }) => {
      if (!id) return; // a comment
      lastId = id;
      take(event || 'message', data);
      if (event === 'stop') end.abort();
    },
    onclose: () => { throw new Error('The response ended early.'); }, // otherwise that is an end
    onerror: (fault) => { if (fault instanceof Refused) throw fault; },
  });
};

export default reader(false);
