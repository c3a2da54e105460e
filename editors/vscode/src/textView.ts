// Read-only documents for what the program prints.
import * as vscode from 'vscode';
import { execFile } from 'node:child_process';

const scheme = 'claude-lsp';

export class TextView implements vscode.TextDocumentContentProvider, vscode.Disposable {
  private readonly texts = new Map<string, string>();
  private readonly changed = new vscode.EventEmitter<vscode.Uri>();
  readonly onDidChange = this.changed.event;
  private readonly registered = vscode.workspace.registerTextDocumentContentProvider(scheme, this);

  provideTextDocumentContent(uri: vscode.Uri): string {
    return this.texts.get(uri.path) ?? '';
  }

  /** Shows a text under a title. The same title takes the place of the former
   * text. */
  async show(title: string, text: string): Promise<void> {
    const uri = vscode.Uri.from({ scheme, path: `/${title}` });
    this.texts.set(uri.path, text);
    this.changed.fire(uri);
    await vscode.window.showTextDocument(await vscode.workspace.openTextDocument(uri), { preview: true, viewColumn: vscode.ViewColumn.Beside, preserveFocus: true });
  }

  dispose(): void {
    this.registered.dispose();
    this.changed.dispose();
  }
}

/** Runs the program and returns what it prints. */
export function run(program: string, args: string[], env: NodeJS.ProcessEnv, cwd: string | undefined): Promise<string> {
  return new Promise((resolve, reject) => {
    const child = execFile(program, args, { env, ...(cwd ? { cwd } : {}), maxBuffer: 64 << 20, timeout: 30_000 }, (error, stdout, stderr) => {
      if (error) reject(new Error(stderr.trim().split('\n').pop() || error.message));
      else resolve(stdout);
    });
    child.stdin?.end();
  });
}
