import { Backoff } from "./backoff";
import { type Host, isTooLate, type Signal } from "./host";
import { isSignIn } from "./sign-in";

/**
 * Why the page cannot do what the user wants. If several are true, the first one is shown. `unreachable`: the last request got
 * no response. `signed-out`: a proxy in front wants a new sign-in. `cookies`: the browser does not send the identity cookie.
 * `deleted`: the conversation was deleted elsewhere.
 */
const troubles = ["offline", "unreachable", "signed-out", "cookies", "deleted"] as const;
export type Trouble = (typeof troubles)[number];

export interface ConnectionState {
  trouble: Trouble | undefined;
  /** Until the next attempt; undefined while one is under way. */
  seconds: number | undefined;
}

/**
 * Passes the page's requests to the browser, and knows from them whether the server can be reached. When nothing else tries
 * again, it does so itself. As soon as the server is reached again, everything that waits for it is woken.
 */
export class Connection implements Host {
  readonly #true = new Set<Trouble>();
  /** What a sign-in page has answered. A proxy may let other requests through. */
  readonly #signedOut = new Set<string>();
  readonly #listeners = new Set<(signal: Signal) => void>();
  readonly #waits = new Set<number>();
  readonly #backoff: Backoff;
  #delay: number;
  #underWay = 0;
  #probe: { timer: unknown; until: number } | undefined;
  #tick: unknown;
  #state: ConnectionState = { trouble: undefined, seconds: undefined };
  #doubtsCookie = false;

  constructor(
    private readonly browser: Host,
    /** What is requested to find out whether the server can be reached, and whether it knows this browser. */
    private readonly probeUrl: string,
    private readonly show: (state: ConnectionState) => void,
  ) {
    this.#backoff = new Backoff(browser.random);
    this.#delay = this.#backoff.next();
    browser.onSignal((kind) => this.#signal(kind));
  }

  now = () => this.browser.now();
  date = () => this.browser.date();
  random = () => this.browser.random();
  setTimeout = (callback: () => void, milliseconds: number) => this.browser.setTimeout(callback, milliseconds);
  clearTimeout = (timer: unknown) => this.browser.clearTimeout(timer);

  get hidden(): boolean {
    return this.browser.hidden;
  }

  get online(): boolean {
    return this.browser.online;
  }

  get trouble(): Trouble | undefined {
    return troubles.find((trouble) => this.#true.has(trouble));
  }

  /** True if the last request got no response, or the browser has no network. */
  get isLost(): boolean {
    return this.#true.has("offline") || this.#true.has("unreachable");
  }

  async fetch(url: string, init: RequestInit): Promise<Response> {
    this.#underWay++;
    this.#update();
    let response: Response | undefined;
    try {
      response = await this.browser.fetch(url, init);
      return response;
    } finally {
      this.#underWay--;
      if (response) this.#answered(url, response);
      else if (!init.signal?.aborted || isTooLate(init.signal)) this.lost();
      else this.#update();
    }
  }

  onSignal(listener: (signal: Signal) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  noteWait(milliseconds: number): () => void {
    // Each wait has a number of its own, also if two end at the same time.
    let until = this.now() + milliseconds;
    while (this.#waits.has(until)) until += 0.001;
    this.#waits.add(until);
    this.#update();
    return () => {
      this.#waits.delete(until);
      this.#update();
    };
  }

  tryNow(): void {
    this.#wake();
    this.#update();
  }

  /** Call it when something came from the server. */
  reached(): void {
    if (!this.isLost) return;
    this.#forgetLoss();
    this.#update();
    this.#wake();
  }

  /** Call it when a request got no response. */
  lost(): void {
    if (this.online) this.#true.delete("offline");
    this.#true.add(this.online ? "unreachable" : "offline");
    this.#update();
  }

  /** Says whether the shown conversation was deleted elsewhere. */
  deleted(isDeleted: boolean): void {
    this.#mark("deleted", isDeleted);
    this.#update();
  }

  /** Says whether a sign-in page came in the place of what was asked for. */
  signedOut(asked: string, isSignedOut: boolean): void {
    this.#signedOutOf(asked, isSignedOut);
    this.#update();
  }

  #signal(kind: Signal): void {
    if (kind === "offline") this.#true.add("offline");
    if (kind === "wake") {
      // The network is back. Whether the server can be reached is not known before the next response.
      if (this.online && this.#true.delete("offline")) this.#forgetLoss();
      this.#wake();
    } else for (const listener of [...this.#listeners]) listener(kind);
    this.#update();
  }

  #forgetLoss(): void {
    this.#true.delete("offline");
    this.#true.delete("unreachable");
    this.#backoff.reset();
    this.#delay = this.#backoff.next();
  }

  #wake(): void {
    const probe = this.#probe;
    for (const listener of [...this.#listeners]) listener("wake");
    if (probe && probe === this.#probe) this.#try();
  }

  #answered(url: string, response: Response): void {
    const isElsewhere = isSignIn(response);
    if (!isElsewhere && isGateway(response)) return this.lost();
    this.#signedOutOf(kindOf(url), isElsewhere);
    if (!isElsewhere) this.#mindCookie(response);
    if (this.isLost) this.reached();
    else this.#update();
  }

  /** The page has its cookie before it asks for anything. Twice in a row without it, the browser does not send it. */
  #mindCookie(response: Response): void {
    if (!isNewcomer(response)) {
      if (response.ok) this.#mark("cookies", (this.#doubtsCookie = false));
    } else if (this.#doubtsCookie) {
      this.#mark("cookies", true);
    } else this.checkCookie();
  }

  /** Call it when the server did not know this browser. */
  checkCookie(): void {
    if (this.#doubtsCookie) return;
    this.#doubtsCookie = true;
    this.#try();
  }

  #signedOutOf(asked: string, isSignedOut: boolean): void {
    if (isSignedOut) this.#signedOut.add(asked);
    else this.#signedOut.delete(asked);
    this.#mark("signed-out", this.#signedOut.size > 0);
  }

  #mark(trouble: Trouble, isThere: boolean): void {
    if (isThere) this.#true.add(trouble);
    else this.#true.delete(trouble);
  }

  #try(): void {
    this.#endProbe();
    this.#delay = this.#backoff.next();
    const init = { headers: { "Accept": "application/json" }, cache: "no-store" as const };
    this.fetch(this.probeUrl, init).catch(() => {});
  }

  #endProbe(): void {
    this.clearTimeout(this.#probe?.timer);
    this.#probe = undefined;
  }

  /** Plans the next attempt if nothing else does, and shows what has changed. */
  #update(): void {
    const isIdle = this.#waits.size === 0 && this.#underWay === 0;
    if (!this.isLost || !isIdle || this.hidden) this.#endProbe();
    else this.#probe ??= { timer: this.setTimeout(() => this.#try(), this.#delay), until: this.now() + this.#delay };

    this.clearTimeout(this.#tick);
    const { trouble } = this;
    const left = trouble === "unreachable" && this.#underWay === 0 ? this.#next() - this.now() : 0;
    const seconds = left > 0 && left < Infinity ? Math.ceil(left / 1_000) : undefined;
    if (seconds !== undefined) this.#tick = this.setTimeout(() => this.#update(), left - (seconds - 1) * 1_000);
    if (trouble === this.#state.trouble && seconds === this.#state.seconds) return;
    this.#state = { trouble, seconds };
    this.show(this.#state);
  }

  #next(): number {
    return Math.min(this.#probe?.until ?? Infinity, ...this.#waits);
  }
}

/** What a request asks for: all requests about answers are of one kind, and so are those about the list. */
const kindOf = (url: string) => /\/(chat\/stream|conversations|models)\b/.exec(url)?.[1] ?? url;

/** True for the response of a proxy whose server does not answer. The server's own errors are JSON. */
function isGateway({ status, headers }: Response): boolean {
  const isJson = /^application\/(problem\+)?json/i.test(headers.get("Content-Type") ?? "");
  return [502, 503, 504].includes(status) && !isJson;
}

/** True if the server did not know the browser, and has given it a new identity. */
export const isNewcomer = (response: Response) => response.headers.get("X-ChatStream-Identity") === "new";
