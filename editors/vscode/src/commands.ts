// The commands, one line each where that is all there is to them.
import * as vscode from 'vscode';
import type { Server } from './client';
import type { Configuration } from './configuration';
import type { Inline } from './inline';
import { chooseModel, pickSnooze, showMenu } from './menu';
import type { Secret } from './secret';
import type { SentView } from './sentView';
import { run, type TextView } from './textView';

export interface Parts {
  server: Server;
  configuration: Configuration;
  inline: Inline;
  secret: Secret;
  sent: SentView;
  texts: TextView;
}

/** The minutes of a snooze that ask nobody. */
type Minutes = number | undefined;

export function registerCommands(p: Parts): vscode.Disposable {
  const editor = (command: string) => () => vscode.commands.executeCommand(`editor.action.inlineSuggest.${command}`);
  const all: Record<string, (...args: never[]) => unknown> = {
    trigger: editor('trigger'),
    acceptSuggestion: editor('commit'),
    acceptWord: () => editor('acceptNextWord')().then(() => p.inline.offers.took()),
    acceptLine: () => editor('acceptNextLine')().then(() => p.inline.offers.took()),
    next: editor('showNext'),
    previous: editor('showPrevious'),
    dismiss: () => editor('hide')().then(() => p.inline.dismissed()),
    // Behind the editor's own commands, which our keys run first: a key must not
    // wait for us.
    took: () => p.inline.offers.took(),
    dismissed: () => p.inline.dismissed(),
    // Of the item itself: VS Code runs it when something was accepted.
    accept: (...args: unknown[]) => {
      p.inline.accepted();
      return p.server.running && p.server.execute('claude-lsp.accept', ...args);
    },

    menu: () => showMenu(p.server, p.configuration, p.secret),
    showContext: () => p.sent.show(false),
    showContextFull: () => p.sent.show(true),
    showWhy: () => print(p, 'why'),
    showStats: () => print(p, 'stats'),

    setKey: () => setKey(p),
    clearKey: () => p.secret.clear(),
    enable: () => switchHere(p, true),
    disable: () => switchHere(p, false),
    toggleLanguage: () => toggleLanguage(p),
    snooze: async (minutes: Minutes) => {
      const n = typeof minutes === 'number' ? minutes : await pickSnooze(p.server.status?.state === 'snoozed');
      if (n !== undefined) await p.server.execute('claude-lsp.snooze', n);
    },
    chooseModel: () => chooseModel(p.server),

    restart: () => p.server.restart(),
    openLog: () => p.server.log.show(),
    openSettings: () => vscode.commands.executeCommand('workbench.action.openSettings', '@ext:claude-lsp.claude-lsp'),
  };
  return vscode.Disposable.from(...Object.entries(all).map(([name, does]) =>
    vscode.commands.registerCommand(`claude-lsp.${name}`, async (...args: never[]) => {
      try {
        return await does(...args);
      } catch (e) {
        const message = e instanceof Error ? e.message : String(e);
        p.server.log.error(`claude-lsp.${name}: ${message}`);
        void vscode.window.showErrorMessage(`claude-lsp: ${message}`);
        return undefined;
      }
    })));
}

/** Shows what the program prints, in the server's own environment. */
async function print(p: Parts, subcommand: 'why' | 'stats'): Promise<void> {
  const found = p.server.find();
  if ('missing' in found) throw new Error(found.missing);
  const folder = vscode.workspace.workspaceFolders?.[0]?.uri.fsPath;
  await p.texts.show(`claude-lsp ${subcommand}`, await run(found.program, [subcommand], await p.server.environment(), folder));
}

async function setKey(p: Parts): Promise<void> {
  if (!await p.secret.ask()) return;
  const source = p.configuration.credentialsSource();
  if (source !== 'env') {
    void vscode.window.showWarningMessage(`The key is kept, but not used: claude-lsp.credentials.source is "${source}", and only "env" takes it.`);
  }
}

async function switchHere(p: Parts, on: boolean): Promise<void> {
  await p.configuration.disableHere(!on);
  if (!p.server.running) return; // it is told when it starts
  p.server.settingsChanged();
  await p.server.execute(on ? 'claude-lsp.enable' : 'claude-lsp.disable');
  if (on && p.configuration.told().enabled === false) {
    void vscode.window.showInformationMessage('Suggestions stay off: the setting claude-lsp.enabled is false.', 'Settings')
      .then((picked) => picked && vscode.commands.executeCommand('workbench.action.openSettings', 'claude-lsp.enabled'));
  }
}

async function toggleLanguage(p: Parts): Promise<void> {
  const document = vscode.window.activeTextEditor?.document;
  if (!document) throw new Error('Open a file of the language first.');
  const { languageId } = document;
  await p.configuration.setLanguage(languageId, !p.configuration.language(languageId, document.uri));
}
