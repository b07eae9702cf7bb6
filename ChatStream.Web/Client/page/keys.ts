/**
 * Listens for keys. An input method has them first: a key belongs to it while it composes. In Safari the key that ended a
 * composition arrives after its end, with the code 229.
 */
export function onKey(target: EventTarget, listener: (event: KeyboardEvent) => void, until?: AbortSignal): void {
  target.addEventListener(
    "keydown",
    (event) => {
      const key = event as KeyboardEvent;
      if (!key.isComposing && key.keyCode !== 229) listener(key);
    },
    { signal: until! },
  );
}
