// Reads VS Code's settings for settings.ts, and remembers where the user has
// switched suggestions off.
import * as vscode from 'vscode';
import { environment, section, told, withLanguages, type Inspect, type Levels } from './settings';
import { rows } from './settings.generated';

/** Where "disable in this workspace" is kept: in the editor's own state of the
 * workspace. In its settings it would be a change of the repository. */
const offHere = 'disabledHere';

export class Configuration {
  constructor(private readonly state: vscode.Memento) {}

  /** The program that the user has named, or ''. */
  path(): string {
    const { user } = this.inspect()('path');
    return typeof user === 'string' ? user.trim() : '';
  }

  credentialsSource(): string {
    const { user } = this.inspect()('credentials.source');
    return typeof user === 'string' ? user : 'env';
  }

  environment(): Record<string, string> {
    return environment(rows, this.inspect());
  }

  /** What the server is told when it asks for the settings of a folder, or for
   * those of all. */
  told(scope?: vscode.Uri): Record<string, unknown> {
    const all = withLanguages(told(rows, this.inspect(scope), vscode.workspace.isTrusted), this.offLanguages(scope));
    return this.disabledHere ? { ...all, enabled: false } : all;
  }

  get disabledHere(): boolean {
    return this.state.get(offHere, false);
  }

  async disableHere(off: boolean): Promise<void> {
    await this.state.update(offHere, off || undefined);
  }

  /** Reports whether the settings have suggestions in a language. */
  language(id: string, scope?: vscode.Uri): boolean {
    const { languages } = this.told(scope);
    return (languages as Record<string, { enabled?: boolean }> | undefined)?.[id]?.enabled !== false;
  }

  /** Switches a language on or off in the user's own settings. */
  async setLanguage(id: string, on: boolean): Promise<void> {
    const { user } = this.inspect()('languages');
    const languages = { ...(user as Record<string, unknown> | undefined) };
    if (on) delete languages[id];
    else languages[id] = { enabled: false };
    await vscode.workspace.getConfiguration(section)
      .update('languages', Object.keys(languages).length ? languages : undefined, vscode.ConfigurationTarget.Global);
  }

  private inspect(scope?: vscode.Uri): Inspect {
    const c = vscode.workspace.getConfiguration(section, scope ?? null);
    return (key): Levels => {
      const i = c.inspect(key);
      return { user: i?.globalValue, workspace: i?.workspaceValue, folder: i?.workspaceFolderValue };
    };
  }

  private offLanguages(scope?: vscode.Uri): string[] {
    const ids = vscode.workspace.getConfiguration(section, scope ?? null).inspect('enabled')?.languageIds ?? [];
    return ids.filter((languageId) => {
      const i = vscode.workspace.getConfiguration(section, scope ? { uri: scope, languageId } : { languageId }).inspect('enabled');
      return [i?.globalLanguageValue, i?.workspaceLanguageValue, i?.workspaceFolderLanguageValue].includes(false);
    });
  }
}
