// The view of what is sent: a page without scripts, drawn by sent.ts.
import * as vscode from 'vscode';
import type { Server } from './client';
import { page, type Report } from './sent';

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

  /** Of the document as it is open here, saved or not. Nothing is sent for it. */
  private async report(document: vscode.TextDocument, position: vscode.Position, full: boolean): Promise<Report> {
    const client = this.server.needed;
    const params = {
      textDocument: { uri: client.code2ProtocolConverter.asUri(document.uri) },
      position: client.code2ProtocolConverter.asPosition(position),
      full,
    };
    return (await client.sendRequest<{ report: Report }>('claude-lsp/context', params)).report;
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
