# `make` alone lists what there is. `make test` is the one command that says
# whether everything is in order; .ci/run calls it.
#
# All of it needs Go and Node, git and a POSIX shell. What else is needed is
# fetched into .cache/, which may be deleted at any time.

GO          ?= go
GOVERSION   := $(shell GOTOOLCHAIN=$(GOTOOLCHAIN) $(GO) env GOVERSION)
CACHE       := $(CURDIR)/.cache
# Tools are built with the toolchain that compiles the code they read: an older
# one cannot read a newer one's export data.
TOOLS       := $(CACHE)/tools/$(GOVERSION)
EDITORS     := $(CACHE)/editors
VSCODE      := $(CURDIR)/editors/vscode
# The toolchains which test-toolchains tries, beside the one at hand.
TOOLCHAINS  ?= go1.26.8 go1.27.1
VERSION     ?= $(shell git describe --tags --always --dirty 2>/dev/null || echo unknown)
COMMIT      ?= $(shell git log -1 --format='-X main.commit=%H -X main.date=%cI' 2>/dev/null)
LDFLAGS     := -s -w -X main.version=$(VERSION) $(COMMIT)
STEP        := scripts/step
# The race detector needs a C compiler. Without one the tests run without it,
# but not in CI, where go then says what is missing.
HAVE_CC     := $(shell command -v $$($(GO) env CC) 2>/dev/null)
RACE        := $(if $(CI)$(HAVE_CC),-race)
TEST         = $(TOOLS)/gotestsum --format pkgname-and-test-fails --format-hide-empty-pkg --
FUZZTIME    ?= 5s
MINUTES     ?= 10

space       := $(subst ,, )
CODE        ?=

.DEFAULT_GOAL := help
# The steps share two cores and a build cache: side by side they only mix their
# output.
.NOTPARALLEL:
.PHONY: help try build test test-go test-sdk test-install test-release test-faults test-metrics test-redact test-soak test-vault test-editors test-editors-quick test-vscode test-rows test-toolchains \
	fmt format vet vet-linux vet-windows vet-darwin lint floors poison fuzz \
	editors editors-all editor-vscode editor-neovim-0.10 editor-emacs editor-kakoune vsix shells picture soak bench bench-go generate notices \
	dist release release-packages clean

help: ## list the targets
	@awk -F ':.*## ' '/^[a-z0-9.-]+:.*## / { printf "  %-16s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

# Use

try: build ## complete a hole in a real file, streaming into the terminal
	@scripts/try bin/claude-lsp $(FILE)

build: ## build the server, stripped, into bin/
	CGO_ENABLED=0 $(GO) build -trimpath -ldflags '$(LDFLAGS)' -o bin/ ./cmd/claude-lsp

# Check

test: format vet lint floors test-go poison test-sdk test-install test-redact test-metrics test-vscode test-soak test-editors-quick ## everything: format, vet, lint, floors, tests with -race, redaction, a minute's soak, real editors
	@printf '\nmake test: every step passed (%s)\n' '$(GOVERSION)'

format: $(TOOLS)/gofumpt
	@$(STEP) 'format (gofumpt)' sh -c 'wrong=$$($(TOOLS)/gofumpt -l .); \
		test -z "$$wrong" || { echo "run make fmt for:"; echo "$$wrong"; exit 1; }'

fmt: $(TOOLS)/gofumpt ## format the sources
	$(TOOLS)/gofumpt -w .

vet: vet-linux vet-windows vet-darwin ## go vet and a build for each system we ship for

vet-linux vet-windows vet-darwin: vet-%:
	@$(STEP) 'vet and build for $*' sh -c 'GOOS=$* $(GO) vet ./... && \
		GOOS=$* $(GO) build -o /dev/null ./cmd/claude-lsp'

lint: $(TOOLS)/golangci-lint $(TOOLS)/actionlint ## golangci-lint, with a reason beside each rule that is off in .golangci.yml; workflows
	@GOLANGCI_LINT_CACHE=$(CACHE)/golangci $(STEP) 'lint (golangci-lint)' $(TOOLS)/golangci-lint run
	@$(STEP) 'workflows (actionlint)' $(TOOLS)/actionlint .github/workflows/*.yaml

floors: ## what may import what, and the other rules of the house
	@$(STEP) 'floors (internal/arch)' $(GO) test -count=1 ./internal/arch

test-go: shells $(TOOLS)/gotestsum ## unit and story tests, with the race detector
	@$(if $(RACE),,echo 'note: no C compiler here, so the tests run without the race detector')
	@$(STEP) 'tests$(if $(RACE), with the race detector)' \
		$(TEST) $(RACE) -timeout 10m $$($(GO) list ./... | grep -v '/editors$$')

poison: $(TOOLS)/gotestsum ## the protocol's tests once with poisoned request buffers
	@$(STEP) 'tests with -tags jsonrpc2poison' \
		$(TEST) -tags jsonrpc2poison ./lsp/... ./cmd/...

test-sdk: $(TOOLS)/gotestsum ## the official Go SDK against our fake of the Messages API
	@cd internal/fake/sdk && $(CURDIR)/$(STEP) 'the official SDK against the fake API' $(TEST) ./...

test-install: $(TOOLS)/gotestsum ## go install through a module proxy, licences of what is linked, what packages are made of
	@cd internal/release && $(CURDIR)/$(STEP) 'go install, licences, packages' $(TEST) ./...

# goreleaser needs some 350 modules. Its first build takes many minutes.
DIST := $(CURDIR)/out/dist
# A clone of a clone may know no remote, without which goreleaser knows no commit.
ORIGIN := GIT_CONFIG_COUNT=1 GIT_CONFIG_KEY_0=remote.origin.url GIT_CONFIG_VALUE_0=https://github.com/claude-lsp/claude-lsp

test-release: dist $(TOOLS)/gotestsum ## every archive and package of a release, built and installed; the first run builds goreleaser for many minutes
	@cd internal/release && RELEASE_DIST=$(DIST) $(CURDIR)/$(STEP) 'archives and packages' $(TEST) -count=1 -run '^Test(Dist|Formula|NPM)' ./...

dist: $(TOOLS)/goreleaser $(TOOLS)/cyclonedx-gomod ## all archives and packages of a release as this work tree would make it, in out/
	@PATH=$(TOOLS):$$PATH $(ORIGIN) $(STEP) 'goreleaser' $(TOOLS)/goreleaser release --snapshot --clean --parallelism 2
	@$(MAKE) --no-print-directory release-packages

release: $(TOOLS)/goreleaser $(TOOLS)/cyclonedx-gomod # what the workflow runs on a tag: builds and publishes
	@PATH=$(TOOLS):$$PATH $(TOOLS)/goreleaser release --clean

release-packages: # npm packages and the formula, of what is in out/dist
	@cd internal/release && $(GO) run . npm $(DIST) $(CURDIR)/out/npm && $(GO) run . formula $(DIST) $(CURDIR)/out/formula

test-redact: ## secrets that gitleaks knows, and lines of ordinary code that are taken for one; CODE='FOLDER...' names the code
	@cd internal/redact/oracle && REDACT_CODE='$(subst $(space),:,$(strip $(CODE)))' $(CURDIR)/$(STEP) 'redaction against gitleaks and public code' \
		$(GO) test -count=1 -v ./...

test-metrics: $(TOOLS)/gotestsum ## Prometheus' own parser and linter on the figures of the built server
	@cd internal/metrics/oracle && $(CURDIR)/$(STEP) "figures against Prometheus' parser and linter" $(TEST) ./...

EDITOR_TESTS = $(TEST) -count=1 -timeout 10m -parallel 4 ./editors

test-editors-quick: editors editor-neovim-0.10 $(TOOLS)/gotestsum ## real Neovim and Helix against the built server
	@$(STEP) 'real editors, the quick ones' $(EDITOR_TESTS)

test-editors: editors-all $(TOOLS)/gotestsum ## every real editor against the built server
	@EDITORS=all $(STEP) 'real editors' $(EDITOR_TESTS)

test-rows: ## the drop-in table: each capability of copilot-language-server, against the built server; builds it for six platforms
	@$(GO) test -c -o $(CACHE)/rows.test ./internal/dropin
	@cd internal/dropin && ROWS_BUILD=all $(CURDIR)/$(STEP) 'the drop-in table' $(CACHE)/rows.test -test.run '^(TestRows|TestTenThings)$$'

test-faults: build ## everything that can go wrong, against the built server, as a table
	@$(STEP) 'fault matrix' $(GO) run ./internal/bench faults -binary bin/claude-lsp

test-soak: MINUTES = 1
test-soak soak: build ## type in 20 documents while the upstream breaks at random: nothing is lost, nothing grows; MINUTES=10
	@$(STEP) 'soak' $(GO) run ./internal/bench soak -binary bin/claude-lsp -minutes $(MINUTES)

test-vault: $(CACHE)/vault ## keys from a real Vault; its first build takes many minutes
	@CLAUDE_LSP_TEST_VAULT=$(CACHE)/vault $(STEP) 'keys from a real Vault' \
		$(GO) test -count=1 -timeout 10m -v ./internal/credentials/vaulttest

# One package at a time: it is a server of many hundred modules, and the machine
# shall stay usable meanwhile.
VAULT := internal/credentials/vaulttest/server
$(CACHE)/vault: $(VAULT)/go.mod $(VAULT)/go.sum $(VAULT)/main.go
	@mkdir -p $(CACHE)
	@cd $(VAULT) && $(CURDIR)/$(STEP) 'build Vault' nice -n 19 $(GO) build -p 1 -o $@ .

test-toolchains: ## vet, build and short tests with the other Go releases we support
	@for toolchain in $(filter-out $(GOVERSION),$(TOOLCHAINS)); do \
		GOTOOLCHAIN=$$toolchain $(STEP) "vet, build and short tests with $$toolchain" \
			sh -c '$(GO) vet ./... && $(GO) build ./... && $(GO) test -short $$($(GO) list ./... | grep -v /editors$$)' || exit 1; \
	done

fuzz: ## look for new inputs with every fuzz target; FUZZTIME=5s each
	@$(STEP) 'fuzz targets' scripts/fuzz $(FUZZTIME)

bench: build ## one table: the built server's figures beside their budgets
	@$(GO) run ./internal/bench table -binary bin/claude-lsp

bench-go: ## the Go benchmarks of every package
	$(GO) test -run '^$$' -bench . -benchmem ./...

# Make

editors: ## fetch Neovim, Helix and tmux into .cache/editors
	@$(STEP) 'fetch the editors' scripts/fetch-editors $(EDITORS) nvim hx tmux || $(SKIPPED)

editor-vscode: $(VSCODE)/node_modules ## fetch VS Code, a browser and what the extension is built with
	@$(STEP) 'fetch VS Code' scripts/fetch-vscode $(CACHE)/vscode || $(SKIPPED)

test-vscode: $(VSCODE)/node_modules ## the extension for VS Code: types, settings, unit tests and a build
	@cd $(VSCODE) && $(CURDIR)/$(STEP) 'the extension for VS Code' sh -c 'npm run --silent check && npm run --silent build && npm run --silent test'

vsix: test-vscode ## pack the extension: a .vsix for each platform with the server inside, and one without
	@cd $(VSCODE) && GO='$(GO)' $(CURDIR)/$(STEP) 'pack the extension' node scripts/vsix.mjs --version '$(VERSION)'

$(VSCODE)/node_modules: $(VSCODE)/package.json $(VSCODE)/package-lock.json
	@cd $(VSCODE) && $(CURDIR)/$(STEP) 'fetch what the extension is built with' npm ci --no-audit --no-fund --loglevel=error
	@touch $@

editors-all: editors editor-neovim-0.10 editor-emacs editor-kakoune editor-vscode ## fetch every editor that is tested

editor-neovim-0.10: ## fetch the oldest Neovim that the plugin is for
	@SUITE=trixie $(STEP) 'fetch Neovim 0.10' scripts/fetch-editors $(CACHE)/$@ nvim || $(SKIPPED)

editor-emacs: ## fetch Emacs into .cache/editor-emacs
	@$(STEP) 'fetch Emacs' scripts/fetch-editors $(CACHE)/editor-emacs emacs || $(SKIPPED)

editor-kakoune: ## fetch Kakoune into .cache/editor-kakoune
	@$(STEP) 'fetch Kakoune' scripts/fetch-editors $(CACHE)/editor-kakoune kak || $(SKIPPED)

shells: ## fetch zsh, fish and mandoc into .cache/shells
	@$(STEP) 'fetch the shells' scripts/fetch-editors $(CACHE)/shells zsh fish mandoc || $(SKIPPED)

# What cannot be had on this machine is skipped by its tests, but not in CI.
SKIPPED = { [ $$? -eq 3 ] && [ -z "$(CI)" ] && echo '    so its tests are skipped'; }

picture: editors ## draw docs/img/ghost.svg from a real Neovim's screen
	$(GO) test -count=1 -run '^TestPicture$$' ./editors -picture $(CURDIR)/docs/img/ghost.svg

generate: ## write again what programs write: settings page and schema, and the extension's settings
	$(GO) generate ./...
	node editors/vscode/scripts/settings.mjs

notices: ## write THIRD-PARTY-NOTICES again, of what the binary links
	@cd internal/release && $(GO) run . notices $(CURDIR)/THIRD-PARTY-NOTICES

clean: ## delete what was built; .cache/ stays (delete it by hand)
	rm -rf bin out editors/vscode/out editors/vscode/bin

# Every tool comes from a go.mod in tools/, so that its version is written down once.
$(TOOLS)/gofumpt $(TOOLS)/golangci-lint $(TOOLS)/gotestsum: tools/go.mod tools/go.sum
	@mkdir -p $(TOOLS)
	@cd tools && $(CURDIR)/$(STEP) 'build $(notdir $@)' $(GO) build -o $@ $(TOOL_$(notdir $@))
	@touch $@

# These agree with no others on the versions of what they need.
$(TOOLS)/actionlint: tools/actionlint/go.mod tools/actionlint/go.sum
	@mkdir -p $(TOOLS)
	@cd tools/actionlint && $(CURDIR)/$(STEP) 'build actionlint' $(GO) build -o $@ github.com/rhysd/actionlint/cmd/actionlint
	@touch $@

$(TOOLS)/goreleaser $(TOOLS)/cyclonedx-gomod: tools/release/go.mod tools/release/go.sum
	@mkdir -p $(TOOLS)
	@cd tools/release && $(CURDIR)/$(STEP) 'build $(notdir $@)' nice -n 19 $(GO) build -p 1 -o $@ $(TOOL_$(notdir $@))
	@touch $@

TOOL_gofumpt         := mvdan.cc/gofumpt
TOOL_golangci-lint   := github.com/golangci/golangci-lint/v2/cmd/golangci-lint
TOOL_gotestsum       := gotest.tools/gotestsum
TOOL_goreleaser      := github.com/goreleaser/goreleaser/v2
TOOL_cyclonedx-gomod := github.com/CycloneDX/cyclonedx-gomod/cmd/cyclonedx-gomod
