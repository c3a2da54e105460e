package main

// A platform is a system and a processor that we build for, by its names in Go
// and in npm. .goreleaser.yaml names the same.
type platform struct {
	goos, goarch string
	os, cpu      string // process.platform and process.arch of Node
}

var platforms = []platform{
	{"linux", "amd64", "linux", "x64"},
	{"linux", "arm64", "linux", "arm64"},
	{"darwin", "amd64", "darwin", "x64"},
	{"darwin", "arm64", "darwin", "arm64"},
	{"windows", "amd64", "win32", "x64"},
	{"windows", "arm64", "win32", "arm64"},
}

// program is the binary's file name.
func (p platform) program() string {
	if p.goos == "windows" {
		return "claude-lsp.exe"
	}
	return "claude-lsp"
}

// String is as archives are called: linux_amd64.
func (p platform) String() string { return p.goos + "_" + p.goarch }
