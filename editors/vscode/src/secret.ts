// The key, in the editor's secret storage. It goes to the server's environment
// and nowhere else: no setting, no log and no message holds it.
import * as vscode from 'vscode';

const name = 'anthropicApiKey';

export class Secret {
  constructor(private readonly storage: vscode.SecretStorage) {}

  readonly onDidChange = (listener: () => void): vscode.Disposable =>
    this.storage.onDidChange((e) => { if (e.key === name) listener(); });

  async get(): Promise<string | undefined> {
    try {
      return await this.storage.get(name);
    } catch {
      return undefined; // a locked keyring: the server finds the key elsewhere, or says that it has none
    }
  }

  /** Asks for the key and keeps it. It is false if the person changed his mind. */
  async ask(): Promise<boolean> {
    const key = await vscode.window.showInputBox({
      title: 'API key for Claude',
      prompt: 'Kept in the editor\'s secret storage, and handed to the server alone.',
      placeHolder: 'sk-ant-…',
      password: true,
      ignoreFocusOut: true,
      validateInput: (value) => wrongKey(value.trim()),
    });
    if (!key?.trim()) return false;
    await this.storage.store(name, key.trim());
    return true;
  }

  clear(): Thenable<void> {
    return this.storage.delete(name);
  }
}

/** What is wrong with a key, before anybody is asked; undefined: nothing. */
export function wrongKey(key: string): string | undefined {
  if (key === '') return 'Paste the key from your account in the Console.';
  if (/[^\x21-\x7e]/.test(key)) return 'A key has neither blanks nor letters beyond ASCII.';
  return undefined;
}
