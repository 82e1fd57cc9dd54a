import type { CastFrame } from '../pictures/cast-frame.js';
import type { ShownPage } from './shown-page.js';

/** A page as it looked at one moment. */
export interface Look {
  readonly frame: CastFrame;
  readonly page: ShownPage;
}

/**
 * Passes on the looks of a tab that tell something new. What looks as it did before the last change, as with a caret that
 * blinks, is told only once something else follows, or nothing does.
 */
export class Looks {
  readonly #onLook: (look: Look) => void;
  #last: Look | undefined;
  #beforeLast: Look | undefined;
  #again: Look | undefined;

  constructor(onLook: (look: Look) => void) {
    this.#onLook = onLook;
  }

  /** Whether nothing has changed since the last one that was passed on. */
  isLast(look: Look): boolean {
    return this.#again === undefined && isSame(look, this.#last);
  }

  add(look: Look): void {
    if (isSame(look, this.#last)) this.#again = undefined;
    else if (isSame(look, this.#beforeLast)) this.#again ??= look;
    else {
      this.end();
      this.#tell(look);
    }
  }

  /** Nothing else follows. */
  end(): void {
    if (this.#again !== undefined) this.#tell(this.#again);
  }

  #tell(look: Look): void {
    this.#beforeLast = this.#last;
    this.#last = look;
    this.#again = undefined;
    this.#onLook(look);
  }
}

function isSame(a: Look, b: Look | undefined): boolean {
  return b !== undefined && a.page.url === b.page.url && a.frame.jpeg.equals(b.frame.jpeg);
}
