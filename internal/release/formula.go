package main

import (
	"fmt"
	"path/filepath"
	"strings"
)

// makeFormula writes claude-lsp.rb for the tap. It installs the binaries that
// were released, whose archives and checksums it names.
func makeFormula(from, to string) error {
	d, err := openDist(from)
	if err != nil {
		return err
	}
	formula, err := d.formula()
	if err != nil {
		return err
	}
	return put(filepath.Join(to, "claude-lsp.rb"), []byte(formula), 0o644)
}

func (d dist) formula() (string, error) {
	var b strings.Builder
	fmt.Fprintf(&b, `# Written by a release of claude-lsp; changes here are lost with the next one.
class ClaudeLsp < Formula
  desc "Code completion by Claude for any editor that speaks LSP"
  homepage "https://github.com/claude-lsp/claude-lsp"
  version "%s"
  license "Apache-2.0"
`, d.version)
	for _, system := range []struct{ goos, block string }{{"darwin", "on_macos"}, {"linux", "on_linux"}} {
		fmt.Fprintf(&b, "\n  %s do\n", system.block)
		for _, cpu := range []struct{ goarch, block string }{{"arm64", "on_arm"}, {"amd64", "on_intel"}} {
			name := d.archive(platform{goos: system.goos, goarch: cpu.goarch})
			sum, ok := d.sums[name]
			if !ok {
				return "", fmt.Errorf("checksums.txt does not name %s", name)
			}
			fmt.Fprintf(&b, "    %s do\n      url \"https://github.com/claude-lsp/claude-lsp/releases/download/v%s/%s\"\n      sha256 \"%s\"\n    end\n",
				cpu.block, d.version, name, sum)
		}
		b.WriteString("  end\n")
	}
	b.WriteString(`
  def install
    bin.install "claude-lsp"
    man1.install "man/claude-lsp.1"
    bash_completion.install "completions/claude-lsp.bash" => "claude-lsp"
    zsh_completion.install "completions/_claude-lsp"
    fish_completion.install "completions/claude-lsp.fish"
    doc.install "THIRD-PARTY-NOTICES"
  end

  test do
    assert_match "claude-lsp v#{version} (", shell_output("#{bin}/claude-lsp version")
  end
end
`)
	return b.String(), nil
}
