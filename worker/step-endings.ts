/** Not failed, only too early: the step goes back to its queue without a try being counted. */
export class StepBusy extends Error {
  readonly retryAfterMs: number;

  constructor(message: string, retryAfterMs: number) {
    super(message);
    this.retryAfterMs = retryAfterMs;
  }
}

/** The work is not needed any more (a guest deleted since): the step is skipped with the reason. */
export class StepSkipped extends Error {}
