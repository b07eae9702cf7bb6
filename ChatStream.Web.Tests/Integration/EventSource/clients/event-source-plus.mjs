import { EventSourcePlus } from 'event-source-plus';

export default (url, headers, take) => new Promise((resolve) => {
  const controller = new EventSourcePlus(url, { headers }).listen({
    onMessage: ({ event, data }) => {
      take(event, data);
      if (event !== 'stop') return;
      controller.abort(); // inside the handler: it goes on after the end of a response, and after 204 and 404
      resolve();
    },
  });
});
