// The view of what is sent: a page without scripts, drawn by sent.ts.
import * as vscode from 'vscode';
import { basename, dirname } from 'node:path';
import type { Server } from './client';
import { page, type Report } from './sent';
import { run } from './textView';

export class SentView implements vscode.Disposable {
  private panel: vscode.WebviewPanel | undefined;
  private at: { document: vscode.TextDocument; position: vscode.Position } | undefined;

  constructor(private readonly server: Server) {}

  /** Shows it for the cursor, or with `full` the texts too, for the place that
   * was shown last. */
  async show(full: boolean): Promise<void> {
    const editor = vscode.window.activeTextEditor;
    if (!full && editor) this.at = { document: editor.document, position: editor.selection.active };
    if (!this.at) {
      void vscode.window.showInformationMessage('Put the cursor into a document first: what is sent depends on the place.');
      return;
    }
    const report = await this.report(this.at.document, this.at.position, full);
    this.panel ??= this.open();
    this.panel.webview.html = page(report, full ? '' : 'command:claude-lsp.showContextFull');
    this.panel.reveal(undefined, true);
  }

  dispose(): void {
    this.panel?.dispose();
  }

  /** Of the document as it is open here, where the server can tell it; else of
   * the text alone, by a process of its own. */
  private async report(document: vscode.TextDocument, position: vscode.Position, full: boolean): Promise<Report> {
    const client = this.server.running;
    if (client) {
      const params = { textDocument: { uri: client.code2ProtocolConverter.asUri(document.uri) }, position, full };
      try {
        return (await client.sendRequest<{ report: Report }>('claude-lsp/context', params)).report;
      } catch (e) {
        if ((e as { code?: number }).code !== methodNotFound) throw e;
      }
    }
    const found = this.server.find();
    if ('missing' in found) throw new Error(found.missing);
    if (document.uri.scheme !== 'file') throw new Error('What is sent can be shown of files alone.');
    const line = document.lineAt(position.line).text.slice(0, position.character);
    const place = `${basename(document.fileName)}:${position.line + 1}:${[...line].length + 1}`; // columns in characters
    const args = ['context', '--json', '--stdin', ...(full ? ['--full'] : []), place];
    return JSON.parse(await run(found.program, args, await this.server.environment(), dirname(document.fileName), document.getText())) as Report;
  }

  private open(): vscode.WebviewPanel {
    const panel = vscode.window.createWebviewPanel('claude-lsp.sent', 'What is sent', { viewColumn: vscode.ViewColumn.Beside, preserveFocus: true }, {
      enableScripts: false,
      enableCommandUris: ['claude-lsp.showContextFull'],
      localResourceRoots: [],
    });
    panel.onDidDispose(() => { this.panel = undefined; });
    return panel;
  }
}

const methodNotFound = -32601;
