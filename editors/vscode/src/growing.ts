// Ghost text that grows while the answer is being written. Pure: it knows what
// was asked and what is known of the answer, and says when the editor should
// ask again.
//
// VS Code's stable interface takes an answer once. So the first part that
// arrives is the answer, and with each further part the editor is told to ask
// again; it is answered from here, without a request. Each of those questions is
// expected exactly once, so that one that the person makes is never mistaken for
// it, and so that they can never go round in a circle.

/** Where a request was made: what it is about must not have moved. */
export interface Place {
  uri: string;
  version: number;
  line: number;
  character: number;
  selected: string; // the entry of an open menu that it continues, or ''
}

export function samePlace(a: Place, b: Place): boolean {
  return a.uri === b.uri && a.version === b.version && a.line === b.line && a.character === b.character && a.selected === b.selected;
}

/** How often the editor is told in vain before the rest of an answer waits for
 * the person's next key. */
const tries = 5;

export class Growing<Item> {
  private items: Item[] = [];
  private known = 0; // how many times more became known
  private served = 0; // how much of that the editor has
  private asking = false; // the editor was told to ask and has not asked yet
  private tried = 0; // how often it was told in vain
  private first: ((items: Item[]) => void) | undefined;
  private over = false;
  ended = false; // the answer is whole

  /** `again` has the editor ask again. */
  constructor(readonly place: Place, private readonly again: () => void) {}

  /** The first part of the answer that is worth showing. */
  readonly answer = new Promise<Item[]>((resolve) => { this.first = resolve; });

  /** More of the answer is known, or with `last` all of it. */
  grow(items: Item[], last: boolean): void {
    if (this.over || this.ended) return;
    this.ended = last;
    if (items.length === 0 && this.known > 0) return; // it takes nothing back that was shown
    this.items = items;
    this.known++;
    if (this.first) {
      this.served = this.known;
      this.first(items);
      this.first = undefined;
      return;
    }
    this.ask();
  }

  /** The editor asks for this place. If that was expected, what is known is the
   * answer; if not, the person asks and wants a request of his own. */
  expected(): Item[] | undefined {
    if (!this.asking || this.over) return undefined;
    this.asking = false;
    this.tried = 0;
    this.served = this.known;
    return this.items;
  }

  /** The editor has done as it was told. Where it took the question for the one
   * that it had just asked, it is told once more. */
  settle(): void {
    if (!this.asking || this.tried === tries) return;
    this.asking = false;
    this.tried++;
    this.ask();
  }

  /** The text or the cursor moved on, or the person wants none of it. */
  drop(): void {
    this.over = true;
    this.first?.([]);
    this.first = undefined;
  }

  /** Something of the answer was handed over. */
  get begun(): boolean {
    return this.known > 0;
  }

  private ask(): void {
    if (this.asking || this.over || this.served === this.known) return;
    this.asking = true;
    this.again();
  }
}
