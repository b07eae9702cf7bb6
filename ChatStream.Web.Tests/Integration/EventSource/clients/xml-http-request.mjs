// The part of XMLHttpRequest that sse.js uses, for Node.js, which has none.
export class FetchRequest extends EventTarget {
  static HEADERS_RECEIVED = 2;

  readyState = 0;
  status = 0;
  responseText = '';
  #method = '';
  #url = '';
  #headers = {};
  #responseHeaders = new Headers();
  #aborted = new AbortController();

  open(method, url) {
    this.#method = method;
    this.#url = url;
  }

  setRequestHeader(name, value) {
    this.#headers[name] = value;
  }

  getAllResponseHeaders() {
    return [...this.#responseHeaders].map(([name, value]) => `${name}: ${value}`).join('\r\n');
  }

  abort() {
    this.#aborted.abort();
    this.dispatchEvent(new Event('abort'));
  }

  async send() {
    try {
      const response = await fetch(this.#url, {
        method: this.#method, headers: this.#headers, signal: this.#aborted.signal,
      });
      this.status = response.status;
      this.#responseHeaders = response.headers;
      this.readyState = FetchRequest.HEADERS_RECEIVED;
      this.dispatchEvent(new Event('readystatechange'));
      for await (const text of response.body?.pipeThrough(new TextDecoderStream()) ?? []) {
        this.responseText += text;
        this.dispatchEvent(new Event('progress'));
      }
      this.dispatchEvent(new Event('load'));
    } catch {
      if (!this.#aborted.signal.aborted) this.dispatchEvent(new Event('error'));
    }
  }
}
