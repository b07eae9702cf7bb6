/** A page that is not seen draws no frames. It goes on after so many milliseconds without one. */
const withoutFrames = 200;

/** Calls back once the browser has drawn the next frame, with the milliseconds that it was busy with it. */
export function afterFrame(then: (busy: number) => void): void {
  const timer = setTimeout(() => {
    cancelAnimationFrame(frame);
    then(0);
  }, withoutFrames);
  const frame = requestAnimationFrame(() => {
    clearTimeout(timer);
    const began = performance.now();
    const { port1, port2 } = new MessageChannel();
    // The browser lays out and paints before it takes the message.
    port1.onmessage = () => {
      port1.close();
      then(performance.now() - began);
    };
    port2.postMessage(undefined);
  });
}
