// Says what to do about trouble that does not pass by itself. All other trouble
// is seen in the status bar alone.
import * as vscode from 'vscode';
import type { Server } from './client';

/** The kinds that the user can do something about, with what to do first. */
export const remedies: Readonly<Record<string, { label: string; command: string }>> = {
  no_key: { label: 'Set API Key', command: 'claude-lsp.setKey' },
  unauthorized: { label: 'Set API Key', command: 'claude-lsp.setKey' },
  unknown_model: { label: 'Choose Model', command: 'claude-lsp.chooseModel' },
  billing: { label: 'Open Log', command: 'claude-lsp.openLog' },
  config: { label: 'Settings', command: 'claude-lsp.openSettings' },
};

/** Shows each kind once, and again only after it was well in between. */
export function watchTrouble(server: Server): vscode.Disposable {
  let told = '';
  return server.onDidChange(() => {
    const status = server.status;
    if (!status) return;
    if (status.state === 'ready') told = '';
    const kind = status.trouble?.kind ?? '';
    const remedy = remedies[kind];
    if (!remedy || kind === told || status.state !== 'trouble') return;
    told = kind;
    void vscode.window.showWarningMessage(`claude-lsp: ${status.trouble?.message}`, remedy.label)
      .then((picked) => picked && vscode.commands.executeCommand(remedy.command));
  });
}
