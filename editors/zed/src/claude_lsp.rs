//! Tells Zed how to start claude-lsp: the binary that the settings name, or
//! else the one on the PATH. Nothing is downloaded.

use zed_extension_api::{
    self as zed, serde_json::json, serde_json::Value, settings::LspSettings, LanguageServerId,
    Result, Worktree,
};

const NAME: &str = "claude-lsp";

struct ClaudeLsp;

impl zed::Extension for ClaudeLsp {
    fn new() -> Self {
        ClaudeLsp
    }

    fn language_server_command(
        &mut self,
        _server: &LanguageServerId,
        worktree: &Worktree,
    ) -> Result<zed::Command> {
        let binary = LspSettings::for_worktree(NAME, worktree)?.binary;
        let (path, arguments, environment) = match binary {
            Some(b) => (b.path, b.arguments, b.env),
            None => (None, None, None),
        };
        let command = path.or_else(|| worktree.which(NAME)).ok_or_else(|| {
            format!("{NAME} is not on the PATH of your shell: put it there, or name it in lsp.{NAME}.binary.path")
        })?;
        // Where a key stands in the environment, it is the shell's.
        let mut env = worktree.shell_env();
        env.extend(environment.unwrap_or_default());
        let args = arguments.unwrap_or_else(|| vec!["--stdio".into()]);
        Ok(zed::Command { command, args, env })
    }

    fn language_server_initialization_options(
        &mut self,
        _server: &LanguageServerId,
        worktree: &Worktree,
    ) -> Result<Option<Value>> {
        Ok(LspSettings::for_worktree(NAME, worktree)?.initialization_options)
    }

    /// The server asks for the section of its name.
    fn language_server_workspace_configuration(
        &mut self,
        _server: &LanguageServerId,
        worktree: &Worktree,
    ) -> Result<Option<Value>> {
        let settings = LspSettings::for_worktree(NAME, worktree)?.settings;
        Ok(settings.map(|s| json!({ NAME: s })))
    }
}

zed::register_extension!(ClaudeLsp);
