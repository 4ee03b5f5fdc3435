type Waiting = { start: () => void };

/** Lets so many pieces of work go at a time, in the order they came. */
export class Lane {
  readonly #waiting: Waiting[] = [];
  #limit: number;
  #runningCount = 0;

  constructor(limit: number) {
    this.#limit = limit;
  }

  /** A raised limit takes effect at once, a lowered one as work ends. */
  setLimit(limit: number): void {
    this.#limit = limit;
    this.#startNext();
  }

  async run<Result>(work: () => Promise<Result>): Promise<Result> {
    await new Promise<void>((resolve) => {
      this.#waiting.push({ start: resolve });
      this.#startNext();
    });
    try {
      return await work();
    } finally {
      this.#runningCount -= 1;
      this.#startNext();
    }
  }

  #startNext(): void {
    while (this.#runningCount < this.#limit) {
      const next = this.#waiting.shift();
      if (!next) return;
      this.#runningCount += 1;
      next.start();
    }
  }
}
