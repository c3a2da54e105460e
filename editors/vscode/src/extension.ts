// Wires the parts together.
import * as vscode from 'vscode';
import { Server } from './client';
import { registerCommands } from './commands';
import { Configuration } from './configuration';
import { Inline } from './inline';
import { Secret } from './secret';
import { SentView } from './sentView';
import { section } from './settings';
import { StatusBar } from './statusBar';
import { TextView } from './textView';
import { watchTrouble } from './trouble';

let server: Server | undefined;

export function activate(context: vscode.ExtensionContext): void {
  const log = vscode.window.createOutputChannel('claude-lsp', { log: true });
  const configuration = new Configuration(context.workspaceState);
  const secret = new Secret(context.secrets);
  const inline = new Inline();
  const texts = new TextView();
  const running = server = new Server(context, configuration, secret, inline, log);
  const sent = new SentView(running);

  let environment = JSON.stringify([configuration.path(), configuration.environment()]);
  context.subscriptions.push(
    log, inline, texts, sent, running,
    new StatusBar(running, inline),
    registerCommands({ server: running, configuration, inline, secret, sent, texts }),
    watchTrouble(running),
    secret.onDidChange(() => void running.restart()),
    vscode.workspace.onDidGrantWorkspaceTrust(() => running.settingsChanged()),
    vscode.workspace.onDidChangeConfiguration((e) => {
      if (!e.affectsConfiguration(section)) return;
      const now = JSON.stringify([configuration.path(), configuration.environment()]);
      if (now === environment) return running.settingsChanged();
      environment = now; // an environment is given at the start alone
      void running.restart();
    }),
  );
  void running.restart();
}

/** VS Code waits for it when the window is closed. */
export function deactivate(): Promise<void> | undefined {
  return server?.stop();
}
