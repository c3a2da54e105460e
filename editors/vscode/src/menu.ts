// The menu behind the status bar's item.
import * as vscode from 'vscode';
import type { Server } from './client';
import type { Configuration } from './configuration';
import type { Secret } from './secret';
import { words } from './status';

interface Entry extends vscode.QuickPickItem {
  command?: string;
}

export async function showMenu(server: Server, configuration: Configuration, secret: Secret): Promise<void> {
  await server.refresh();
  const entries = await menu(server, configuration, secret);
  const title = server.status ? `claude-lsp ${words(server.status)}` : `claude-lsp is ${server.life === 'running' ? 'starting' : server.life}`;
  const picked = await vscode.window.showQuickPick(entries, { title, placeHolder: 'What would you like?', matchOnDescription: true });
  if (picked?.command) await vscode.commands.executeCommand(picked.command);
}

async function menu(server: Server, configuration: Configuration, secret: Secret): Promise<Entry[]> {
  const s = server.status;
  const document = vscode.window.activeTextEditor?.document;
  const off = configuration.disabledHere || s?.state === 'disabled' || s?.state === 'snoozed';
  const all: Entry[] = [];
  const add = (icon: string, label: string, command: string, description = ''): void => {
    all.push({ label: `$(${icon}) ${label}`, command: `claude-lsp.${command}`, description });
  };
  const separate = (label: string): void => { all.push({ label, kind: vscode.QuickPickItemKind.Separator }); };
  if (server.life !== 'running') {
    add('debug-restart', 'Start the server', 'restart');
    add('output', 'Open log', 'openLog');
    add('settings-gear', 'Settings', 'openSettings');
    return all;
  }
  separate('Suggestions');
  if (off) add('play', 'Enable in this workspace', 'enable');
  else add('circle-slash', 'Disable in this workspace', 'disable');
  if (document) {
    const on = configuration.language(document.languageId, document.uri);
    add(on ? 'circle-slash' : 'play', `${on ? 'Disable' : 'Enable'} for ${document.languageId}`, 'toggleLanguage', 'in all workspaces');
  }
  add('bell-slash', 'Snooze…', 'snooze');
  add('chip', 'Choose model…', 'chooseModel', s?.model);
  separate('What happens');
  add('list-tree', 'What is sent here', 'showContext');
  add('question', 'Why was nothing suggested', 'showWhy');
  add('graph', 'Figures of use', 'showStats', s ? `${s.shown} suggested and ${s.accepted} accepted in this session` : '');
  add('output', 'Open log', 'openLog');
  separate('Setting up');
  if (await secret.get()) {
    add('key', 'Set another API key…', 'setKey');
    add('trash', 'Clear the API key', 'clearKey');
  } else add('key', 'Set API key…', 'setKey');
  add('settings-gear', 'Settings', 'openSettings');
  add('debug-restart', 'Restart the server', 'restart');
  return all;
}

/** Asks for how many minutes suggestions shall stay away; 0 ends it. */
export async function pickSnooze(snoozed: boolean): Promise<number | undefined> {
  const minutes = [5, 15, 30, 60, 240];
  const entries = minutes.map((n) => ({ label: n < 60 ? `${n} minutes` : n === 60 ? 'an hour' : `${n / 60} hours`, minutes: n }));
  if (snoozed) entries.unshift({ label: 'Suggest again', minutes: 0 });
  return (await vscode.window.showQuickPick(entries, { title: 'Snooze suggestions for' }))?.minutes;
}

interface Models {
  models: { name: string; current: boolean }[];
}

/** Asks which model shall suggest from now on, until the editor is closed. */
export async function chooseModel(server: Server): Promise<void> {
  const { models } = await server.needed.sendRequest<Models>('claude-lsp/models', {});
  if (models.length === 0) throw new Error('The provider has no models to choose from.');
  const entries = models.map((m) => ({ label: m.name, description: m.current ? 'now' : '' }));
  const picked = await vscode.window.showQuickPick(entries, { title: 'Which model shall suggest, until the editor is closed?' });
  if (picked) await server.execute('claude-lsp.chooseModel', picked.label);
}
