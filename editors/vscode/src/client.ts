// The server's process: starts it, says how it is, and starts it again when it
// dies, later each time.
import * as vscode from 'vscode';
import { accessSync, constants, statSync } from 'node:fs';
import { CloseAction, ErrorAction, type LanguageClient, type StaticFeature } from 'vscode-languageclient/node';
import { Backoff } from './backoff';
import { findBinary, type Found } from './binary';
import type { Configuration } from './configuration';
import type { Inline } from './inline';
import { QuietClient } from './languageClient';
import type { Secret } from './secret';
import { section } from './settings';
import type { Life, Status } from './status';

export const statusMethod = 'claude-lsp/status';

export class Server implements vscode.Disposable {
  life: Life = 'stopped';
  status: Status | undefined;
  private client: LanguageClient | undefined;
  private startedAt = 0;
  private timer: NodeJS.Timeout | undefined;
  private turn: Promise<unknown> = Promise.resolve(); // starts and stops, one after the other
  private readonly backoff = new Backoff();
  private readonly changed = new vscode.EventEmitter<void>();
  /** How it is or what it says of itself has changed. */
  readonly onDidChange = this.changed.event;

  constructor(
    private readonly context: vscode.ExtensionContext,
    private readonly configuration: Configuration,
    private readonly secret: Secret,
    private readonly inline: Inline,
    readonly log: vscode.LogOutputChannel,
  ) {}

  find(): Found {
    return findBinary({
      setting: this.configuration.path(),
      extension: this.context.extensionPath,
      path: process.env.PATH ?? '',
      platform: process.platform,
      runnable,
    });
  }

  /** The environment of the server and of what else runs its program. */
  async environment(): Promise<NodeJS.ProcessEnv> {
    const key = await this.secret.get();
    return { ...process.env, ...this.configuration.environment(), ...(key ? { ANTHROPIC_API_KEY: key } : {}) };
  }

  /** The client of a server that runs. */
  get running(): LanguageClient | undefined {
    return this.life === 'running' ? this.client : undefined;
  }

  /** Starts the server, or starts it anew, also when it was given up. */
  restart(): Promise<void> {
    this.backoff.reset();
    return this.queue(() => this.start());
  }

  /** Asks for the status: cost and counters alone are no news to the server. */
  async refresh(): Promise<void> {
    const client = this.running;
    const status = await client?.sendRequest<Status>(statusMethod, {}).catch(() => undefined);
    if (status && client === this.client) {
      this.status = status;
      this.changed.fire();
    }
  }

  /** The client of a server that runs, for what a person has asked for. */
  get needed(): LanguageClient {
    if (!this.running) throw new Error('The server is not running. Open the log for the reason, or restart it.');
    return this.running;
  }

  /** Runs one of the server's commands; those that change what is suggested
   * answer with the status that follows. */
  async execute(command: string, ...args: unknown[]): Promise<void> {
    const client = this.needed;
    const status = await client.sendRequest<Status | null>('workspace/executeCommand', { command, arguments: args });
    if (status?.state && client === this.client) {
      this.status = status;
      this.changed.fire();
    }
  }

  /** Has the server ask for the settings again. */
  settingsChanged(): void {
    void this.running?.sendNotification('workspace/didChangeConfiguration', { settings: null }).catch(() => undefined);
  }

  stop(): Promise<void> {
    clearTimeout(this.timer);
    return this.queue(() => this.end());
  }

  dispose(): void {
    clearTimeout(this.timer);
    this.changed.dispose();
  }

  private queue(step: () => Promise<void>): Promise<void> {
    const next = this.turn.then(step);
    this.turn = next.catch((e: unknown) => this.log.error(String(e)));
    return next;
  }

  private async start(): Promise<void> {
    clearTimeout(this.timer);
    await this.end();
    const found = this.find();
    if ('missing' in found) {
      this.become('missing');
      void this.offerToFind(found.missing);
      return;
    }
    this.log.info(`starting ${found.program} (from ${found.from})`);
    this.become('starting');
    this.startedAt = Date.now();
    const client = this.make(found.program, await this.environment());
    this.client = client;
    this.inline.attach(client);
    client.onNotification(statusMethod, (s: Status) => {
      if (client !== this.client) return;
      this.status = s;
      this.changed.fire();
    });
    try {
      await client.start();
    } catch (e) {
      this.log.error(`the server did not start: ${e instanceof Error ? e.message : String(e)}`);
      if (client === this.client) this.died();
      return;
    }
    if (client !== this.client) return; // it died in the moment it was ready
    this.become('running');
    void this.refresh();
  }

  private async end(): Promise<void> {
    const client = this.client;
    this.client = this.status = undefined;
    this.inline.detach();
    this.become('stopped');
    await client?.dispose(2000).catch(() => undefined); // it ended by itself
  }

  private make(program: string, env: NodeJS.ProcessEnv): LanguageClient {
    const client: LanguageClient = new QuietClient(program, env, this.log, {
      documentSelector: [{ scheme: 'file' }, { scheme: 'untitled' }, { scheme: 'vscode-notebook-cell' }],
      progressOnInitialization: false,
      initializationFailedHandler: () => false, // it is started again, or given up, as after any other end
      errorHandler: {
        error: (_error, _message, count) => ({ action: (count ?? 0) < 4 ? ErrorAction.Continue : ErrorAction.Shutdown, handled: true }),
        closed: () => {
          if (client === this.client && this.life === 'running') setTimeout(() => { if (client === this.client) this.died(); });
          return { action: CloseAction.DoNotRestart, handled: true, message: 'the server has ended' };
        },
      },
      middleware: {
        provideInlineCompletionItems: this.inline.middleware,
        workspace: {
          configuration: (params) => params.items.map((item) =>
            item.section === section ? this.configuration.told(item.scopeUri ? client.protocol2CodeConverter.asUri(item.scopeUri) : undefined) : null),
        },
      },
    });
    client.registerFeature(ownWays);
    client.registerFeature(ownCommands);
    return client;
  }

  private died(): void {
    this.client = this.status = undefined;
    this.inline.detach();
    const wait = this.backoff.died(Date.now() - this.startedAt);
    if (wait === undefined) {
      this.become('stopped');
      void this.giveUp();
      return;
    }
    this.log.warn(`the server has ended; it is started again in ${wait} ms`);
    this.become('waiting');
    this.timer = setTimeout(() => void this.queue(() => this.start()), wait);
  }

  private become(life: Life): void {
    this.life = life;
    void vscode.commands.executeCommand('setContext', 'claude-lsp.running', life === 'running');
    this.changed.fire();
  }

  private async giveUp(): Promise<void> {
    const picked = await vscode.window.showErrorMessage('The claude-lsp server ends again and again. It is not started any more.', 'Restart', 'Open Log');
    if (picked === 'Restart') await this.restart();
    if (picked === 'Open Log') this.log.show();
  }

  private async offerToFind(missing: string): Promise<void> {
    const picked = await vscode.window.showErrorMessage(missing, 'Choose the Program…', 'How to Install', 'Try Again');
    if (picked === 'Try Again') await this.restart();
    if (picked === 'How to Install') await vscode.env.openExternal(vscode.Uri.parse('https://github.com/claude-lsp/claude-lsp#readme'));
    if (picked === 'Choose the Program…') {
      const [file] = await vscode.window.showOpenDialog({ title: 'The program claude-lsp', canSelectMany: false }) ?? [];
      if (file) await vscode.workspace.getConfiguration(section).update('path', file.fsPath, vscode.ConfigurationTarget.Global);
    }
  }
}

/** Says what we show that other clients do not: text as it grows, and trouble. */
const ownWays: StaticFeature = {
  fillClientCapabilities: (capabilities) => {
    capabilities.experimental = { ...(capabilities.experimental as object | undefined), claudeLsp: { inlineCompletionProgress: true, trouble: true } };
  },
  initialize: () => undefined,
  getState: () => ({ kind: 'static' }),
  clear: () => undefined,
};

/** The client would make a command of the editor's of each that the server
 * announces. Ours of the same names do more, and stay when the server is gone. */
const ownCommands: StaticFeature = {
  preInitialize: (capabilities) => { delete capabilities.executeCommandProvider; },
  fillClientCapabilities: () => undefined,
  initialize: () => undefined,
  getState: () => ({ kind: 'static' }),
  clear: () => undefined,
};

function runnable(file: string): boolean {
  try {
    if (!statSync(file).isFile()) return false;
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
