// The client library, held to the rules of the house: what goes wrong is told by
// us and once, and no text of a document gets into a log.
import * as vscode from 'vscode';
import { LanguageClient, type LanguageClientOptions } from 'vscode-languageclient/node';

export class QuietClient extends LanguageClient {
  constructor(program: string, env: NodeJS.ProcessEnv, log: vscode.LogOutputChannel, options: LanguageClientOptions) {
    super('claude-lsp', 'claude-lsp', { command: program, args: ['--stdio'], options: { env } }, { ...options, outputChannel: log, traceOutputChannel: untraced(log) });
  }

  /** It would show a message for each start that fails, beside ours. */
  override error(message: string, data?: unknown): void {
    super.error(message, data, false);
  }
}

/** A channel by which the library never traces. It would write down whole
 * messages, and the setting for that (`claude-lsp.trace.server`) may come from a
 * repository. What went over the wire is recorded by the server, with secrets masked. */
function untraced(log: vscode.LogOutputChannel): vscode.LogOutputChannel {
  const none = new vscode.EventEmitter<vscode.LogLevel>();
  return Object.create(log, { logLevel: { value: vscode.LogLevel.Off }, onDidChangeLogLevel: { value: none.event } }) as vscode.LogOutputChannel;
}
