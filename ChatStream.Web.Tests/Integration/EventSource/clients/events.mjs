// For the clients that want a listener for each name of an event.
const names = ['start', 'status', 'reasoning', 'message', 'usage', 'failure', 'finish', 'snapshot', 'stop'];

export const listen = (source, take) => {
  for (const name of names) source.addEventListener(name, (event) => take(name, event.data));
};
