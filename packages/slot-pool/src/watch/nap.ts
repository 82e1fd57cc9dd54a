/** A pause that others can cut short. */
export class Nap {
  #wake: () => void = () => {};

  async take(ms: number): Promise<void> {
    let timer: NodeJS.Timeout | undefined;
    await new Promise<void>((resolve) => {
      this.#wake = resolve;
      timer = setTimeout(resolve, ms);
    });
    clearTimeout(timer);
  }

  cut(): void {
    this.#wake();
  }
}
