/** How the page is scrolled, in CSS pixels. */
export interface View {
  readonly top: number;
  /** The height of the whole page, and of the part that is seen. */
  readonly height: number;
  readonly seen: number;
}

/** This near to the end counts as at the end. */
const slack = 64;

/** Rounded values may differ by this much. */
const rounding = 1;

/**
 * Whether the page follows the end of the conversation. Any wish to go up ends that, however small the move. It begins again
 * when the reader comes back to the end.
 */
export class Following {
  #isOn = true;
  #isReturning = false;
  #last: View = { top: 0, height: 0, seen: 0 };

  constructor(private readonly view: () => View) {}

  get isOn(): boolean {
    return this.#isOn;
  }

  get isAtEnd(): boolean {
    return distance(this.view()) <= slack;
  }

  /** The reader wants to go up. On a page that is at its top there is no up. */
  up(): void {
    this.#isReturning = false;
    if (this.view().top > 0) this.#isOn = false;
  }

  /** The reader wants to go down. */
  down(): void {
    this.#isReturning = true;
    if (this.isAtEnd) this.#isOn = true;
  }

  /** The reader looks at something on the page that must not move. */
  stay(): void {
    this.#isReturning = false;
    this.#isOn = false;
  }

  resume(): void {
    this.#isOn = true;
  }

  /** Call it when the page itself has scrolled. */
  moved(): void {
    this.#last = this.view();
  }

  /** Call it for each event of scrolling. A scroll bar, a search or a link tells no wish before it. */
  scrolled(): void {
    const now = this.view();
    const { top, height } = this.#last;
    this.#last = now;
    // The browser moves the page by itself when something above changes its height: by as much.
    const grown = now.height - height;
    const isUp = top - now.top > Math.max(0, -grown) + rounding;
    const isDown = now.top - top > Math.max(0, grown) + rounding;
    // A page that has become shorter, or a larger window, leaves the reader at the end.
    if (isUp && distance(now) > rounding) this.stay();
    else if ((isDown || this.#isReturning) && distance(now) <= slack) this.#isOn = true;
  }
}

const distance = ({ top, height, seen }: View) => height - seen - top;
