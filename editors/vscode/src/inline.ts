// Stands between VS Code and the language client where inline completions are
// asked for: shows what arrives of an answer, and notes what was offered.
import * as vscode from 'vscode';
import type { LanguageClient, Middleware } from 'vscode-languageclient/node';
import { Growing, samePlace, type Place } from './growing';
import { Offers } from './offers';

/** Of the server, while a request is pending; see docs/protocol.md. */
export const progressMethod = 'claude-lsp/inlineCompletionProgress';

interface Progress {
  textDocument: { uri: string; version: number };
  position: { line: number; character: number };
  item: { insertText: string; range?: WireRange; command?: { title: string; command: string; arguments?: unknown[] } };
}

type WireRange = { start: { line: number; character: number }; end: { line: number; character: number } };

/** How long a suggestion must have its place to itself before it counts as
 * shown, in milliseconds: VS Code draws it within a frame or two. */
const shownAfter = 150;

/** How far what we hear of the cursor may lag behind, in milliseconds. */
const lag = 100;

/** Our extension's name among the providers of inline completions, so that no
 * other is asked along with us. */
const provider = 'claude-lsp.claude-lsp:*';

export class Inline implements vscode.Disposable {
  readonly offers = new Offers<vscode.InlineCompletionItem>({
    shown: (item) => this.tell('textDocument/didShowCompletion', { item: wire(item) }),
    partly: (item, acceptedLength) => this.tell('textDocument/didPartiallyAcceptCompletion', { item: wire(item), acceptedLength }),
    rejected: (item) => this.tell('claude-lsp/didRejectCompletion', { item: wire(item) }),
  });
  private growing: Growing<vscode.InlineCompletionItem> | undefined;
  private stop: vscode.CancellationTokenSource | undefined; // of the request behind it
  private newcomer: vscode.Disposable | undefined; // see again
  private client: LanguageClient | undefined;
  private pending = 0;
  private offering = false;
  private readonly subscriptions: vscode.Disposable[];
  private readonly busyChanged = new vscode.EventEmitter<boolean>();
  readonly onBusy = this.busyChanged.event;
  private readonly answeredEmitter = new vscode.EventEmitter<void>();
  readonly onAnswered = this.answeredEmitter.event;

  constructor() {
    this.subscriptions = [
      vscode.workspace.onDidChangeTextDocument((e) => this.edited(e)),
      vscode.window.onDidChangeTextEditorSelection((e) => this.moved(e.textEditor)),
      vscode.window.onDidChangeActiveTextEditor(() => this.leave()),
      this.busyChanged, this.answeredEmitter,
    ];
  }

  /** Listens to a client, from its start on. */
  attach(client: LanguageClient): void {
    this.drop();
    this.client = client;
    client.onNotification(progressMethod, (p: Progress) => this.progress(client, p));
  }

  detach(): void {
    this.drop();
    this.client = undefined;
  }

  readonly middleware: NonNullable<Middleware['provideInlineCompletionItems']> = async (document, position, context, token, next) => {
    const place = placeOf(document, position, context);
    const known = this.growing && samePlace(this.growing.place, place) ? this.growing.expected() : undefined;
    if (known) {
      this.note(document, position, known);
      return known;
    }
    this.drop();
    const stop = new vscode.CancellationTokenSource();
    const growing = new Growing<vscode.InlineCompletionItem>(place, () => this.again(growing));
    this.growing = growing;
    this.stop = stop;
    // Until something is shown, the editor's word ends the request. Later it is
    // the editor's asking again that ends its token, and the request goes on.
    let waiting = true;
    token.onCancellationRequested(() => {
      if (!waiting) return;
      growing.drop();
      stop.cancel();
    });
    this.busy(1);
    const whole = Promise.resolve(next(document, position, context, stop.token)).then((result) => {
      growing.grow(itemsOf(result), true);
    }, () => growing.drop()).finally(() => {
      this.busy(-1);
      this.answeredEmitter.fire();
    });
    const items = await Promise.race([growing.answer, whole.then(() => growing.answer)]);
    waiting = false;
    if (!token.isCancellationRequested) this.note(document, position, items);
    return items;
  };

  /** The editor has hidden it because the person wanted that. */
  dismissed(): void {
    this.drop();
    this.offers.dismissed();
    this.showOffering();
  }

  accepted(): void {
    this.drop();
    this.offers.gone();
    this.showOffering();
  }

  dispose(): void {
    this.drop();
    this.newcomer?.dispose();
    for (const s of this.subscriptions) s.dispose();
  }

  private progress(client: LanguageClient, p: Progress): void {
    const growing = this.growing;
    if (!growing || client !== this.client) return;
    const { place } = growing;
    const uri = client.protocol2CodeConverter.asUri(p.textDocument.uri).toString();
    if (uri !== place.uri || p.textDocument.version !== place.version || p.position.line !== place.line || p.position.character !== place.character) return;
    growing.grow([itemOf(p.item)], false);
  }

  /** Has the editor ask again, if it still stands where the answer belongs. VS
   * Code asks nobody twice about one place, but a provider that it did not know
   * yet: so there is a new one each time, which knows what we know. It is not asked
   * as by hand, or VS Code would keep what it shows in front of what is new. */
  private again(growing: Growing<vscode.InlineCompletionItem>): void {
    const editor = vscode.window.activeTextEditor;
    if (growing !== this.growing || !editor || !standsAt(editor, growing.place)) {
      growing.drop();
      return;
    }
    const former = this.newcomer;
    this.newcomer = vscode.languages.registerInlineCompletionItemProvider({ scheme: editor.document.uri.scheme, language: editor.document.languageId }, {
      provideInlineCompletionItems: (document, position, context) => {
        const items = samePlace(growing.place, placeOf(document, position, context)) ? growing.expected() : undefined;
        if (items) this.note(document, position, items);
        return items;
      },
    });
    former?.dispose();
    void vscode.commands.executeCommand('editor.action.inlineSuggest.trigger', { explicit: false, providerId: provider })
      .then(undefined, () => vscode.commands.executeCommand('editor.action.inlineSuggest.trigger')) // before there were arguments
      .then(() => growing.settle(), () => growing.drop());
  }

  /** Notes what is handed to the editor. */
  private note(document: vscode.TextDocument, position: vscode.Position, items: readonly vscode.InlineCompletionItem[]): void {
    const [item] = items;
    const id = item && idOf(item);
    if (!item || !id || typeof item.insertText !== 'string') {
      this.offers.gone();
      this.showOffering();
      return;
    }
    const start = item.range?.start ?? position;
    const ahead = document.getText(new vscode.Range(start, position)); // text of the item that stands there already
    const text = item.insertText.startsWith(ahead) ? item.insertText.slice(ahead.length) : item.insertText;
    this.offers.made({ id, uri: document.uri.toString(), offset: document.offsetAt(position), text }, item);
    this.showOffering();
    setTimeout(() => this.offers.stood(id), shownAfter);
  }

  private edited(e: vscode.TextDocumentChangeEvent): void {
    if (e.contentChanges.length === 0) return;
    const uri = e.document.uri.toString();
    if (this.growing?.place.uri === uri) this.drop();
    this.offers.edited(uri, e.contentChanges.map((c) => ({ offset: c.rangeOffset, removed: c.rangeLength, text: c.text })));
    this.showOffering();
  }

  /** A cursor that moved without an edit. Until something is shown the editor
   * itself ends what it does not want. What we hear of the cursor lags behind the
   * edits and the questions, so that a look at once would see an old one. */
  private moved(editor: vscode.TextEditor): void {
    const growing = this.growing;
    if (!growing?.begun || editor.document.uri.toString() !== growing.place.uri) return;
    setTimeout(() => {
      if (growing === this.growing && !standsAt(editor, growing.place)) this.drop();
    }, lag);
  }

  private leave(): void {
    this.drop();
    this.offers.gone();
    this.showOffering();
  }

  private drop(): void {
    this.growing?.drop();
    if (!this.growing?.ended) this.stop?.cancel();
    this.growing = this.stop = undefined;
  }

  private showOffering(): void {
    if (this.offering === this.offers.present) return;
    this.offering = this.offers.present;
    void vscode.commands.executeCommand('setContext', 'claude-lsp.offering', this.offering);
  }

  private busy(by: number): void {
    this.pending += by;
    this.busyChanged.fire(this.pending > 0);
  }

  private tell(method: string, params: object): void {
    void this.client?.sendNotification(method, params).catch(() => undefined); // a server that has ended needs no news
  }
}

function placeOf(document: vscode.TextDocument, position: vscode.Position, context: vscode.InlineCompletionContext): Place {
  return { uri: document.uri.toString(), version: document.version, line: position.line, character: position.character, selected: context.selectedCompletionInfo?.text ?? '' };
}

function standsAt(editor: vscode.TextEditor, place: Place): boolean {
  const { document, selection } = editor;
  return document.uri.toString() === place.uri && document.version === place.version && selection.isEmpty &&
    selection.active.line === place.line && selection.active.character === place.character;
}

function itemsOf(result: vscode.InlineCompletionItem[] | vscode.InlineCompletionList | null | undefined): vscode.InlineCompletionItem[] {
  return !result ? [] : Array.isArray(result) ? result : result.items;
}

function itemOf(item: Progress['item']): vscode.InlineCompletionItem {
  const r = item.range;
  return new vscode.InlineCompletionItem(item.insertText,
    r && new vscode.Range(r.start.line, r.start.character, r.end.line, r.end.character),
    item.command && { title: item.command.title, command: item.command.command, arguments: item.command.arguments ?? [] });
}

function idOf(item: vscode.InlineCompletionItem): string | undefined {
  const id: unknown = item.command?.arguments?.[0];
  return typeof id === 'string' ? id : undefined;
}

/** Only the command's argument is read of an item that is reported. */
function wire(item: vscode.InlineCompletionItem): object {
  return { command: { title: item.command?.title ?? '', command: item.command?.command ?? '', arguments: item.command?.arguments ?? [] } };
}
