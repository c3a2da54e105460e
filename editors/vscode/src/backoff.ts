// How long to wait before a server that has died is started again.

/** How often in a row it is started again before the user is asked, ... */
const most = 5;
/** ... and how long it must have run to be taken for well, in milliseconds. */
const well = 60_000;

export class Backoff {
  private deaths = 0;

  /** The wait in milliseconds before the next start, given how long the last
   * one has lived; undefined: enough was tried. */
  died(lived: number): number | undefined {
    if (lived >= well) this.deaths = 0;
    if (this.deaths === most) return undefined;
    return 500 * 2 ** this.deaths++; // half a second to eight
  }

  reset(): void {
    this.deaths = 0;
  }
}
