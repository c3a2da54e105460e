// What became of what was offered, as far as an editor can tell. Pure.
//
// VS Code's stable interface says neither that a suggestion was drawn nor that a
// part of it was taken nor that it was dismissed. So: it counts as shown when
// its place still held a moment after it was handed over; behind the
// editor's commands for a word and a line our keys run one of ours, which looks at
// what was inserted; and so they do behind the one that hides it. The rest the server infers
// from the edits.

export interface Offer {
  id: string; // of the item's accept command
  uri: string;
  offset: number; // in UTF-16 units, where the cursor stood
  text: string; // what it would insert from there on
}

export interface Change {
  offset: number;
  removed: number; // UTF-16 units
  text: string;
}

export class Offers<Item> {
  private offer: (Offer & { item: Item }) | undefined;
  private done = 0; // UTF-16 units of its text that stand in the document by now
  private inserted = 0; // and of the document, whose line ends may be longer
  private reported = false;
  private told = 0; // how much of that was reported as taken

  constructor(private readonly tell: {
    shown(item: Item): void;
    partly(item: Item, length: number): void;
    rejected(item: Item): void;
  }) {}

  /** Something is offered, in the place of what was. A later one that begins as
   * the former did, with the same name, is the same one grown. */
  made(offer: Offer, item: Item): void {
    if (this.offer?.id === offer.id) {
      this.offer = { ...offer, item };
      return;
    }
    this.offer = { ...offer, item };
    this.done = this.inserted = this.told = 0;
    this.reported = false;
  }

  get present(): boolean {
    return this.offer !== undefined;
  }

  get id(): string | undefined {
    return this.offer?.id;
  }

  /** It has stood for a moment. */
  stood(id: string): void {
    if (this.offer?.id !== id || this.reported) return;
    this.reported = true;
    this.tell.shown(this.offer.item);
  }

  /** The document was edited: typing along keeps the offer, all else ends it. */
  edited(uri: string, changes: readonly Change[]): void {
    if (!this.offer || this.offer.uri !== uri || changes.length === 0) return;
    const { offset, text } = this.offer;
    const [c] = changes;
    const typed = c && changes.length === 1 && c.removed === 0 && c.offset === offset + this.inserted ? begins(text.slice(this.done), c.text) : 0;
    if (!c || typed === 0) {
      this.offer = undefined;
      return;
    }
    this.done += typed;
    this.inserted += c.text.length;
    if (this.done >= text.length) this.offer = undefined;
  }

  /** A command of the editor's has taken a part: that is what stands there by
   * now. Of all that was there it says nothing, for then the accept command runs. */
  took(): void {
    if (!this.offer || this.done === this.told) return;
    this.told = this.done;
    this.stood(this.offer.id);
    this.tell.partly(this.offer.item, this.done);
  }

  dismissed(): void {
    if (!this.offer) return;
    this.stood(this.offer.id); // who dismisses it has seen it
    this.tell.rejected(this.offer.item);
    this.offer = undefined;
  }

  /** The cursor went elsewhere, or it was accepted. */
  gone(): void {
    this.offer = undefined;
  }
}

/** How much of `text` an inserted text is the beginning of, whatever their line
 * ends; 0: it is something else. */
function begins(text: string, inserted: string): number {
  if (text.startsWith(inserted)) return inserted.length;
  const plain = inserted.replaceAll('\r\n', '\n');
  return text.startsWith(plain) ? plain.length : 0;
}
