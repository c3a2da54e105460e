package lsp

import (
	"context"
	"math"
	"runtime"
	"strings"
	"time"

	"go.lsp.dev/jsonrpc2"
	"go.lsp.dev/uri"
)

// What a client of Copilot's server shows its user: models, quota, files,
// versions.

// A copilotModel is an entry of copilot/models.
type copilotModel struct {
	ID      string   `json:"id"`
	Name    string   `json:"modelName"`
	Family  string   `json:"modelFamily"`
	Vendor  string   `json:"vendor"`
	Preview bool     `json:"preview"`
	Default bool     `json:"default"` // it answers at the moment
	Scopes  []string `json:"scopes"`
}

// copilotModels lists what selectedCompletionModel may name. Where the embedded
// model answers, there is no choice.
func (s *Server) copilotModels(*call) (any, error) {
	st := s.snapshot()
	var names []string
	if s.opts.Models != nil {
		names = s.opts.Models()
	}
	vendor := "Anthropic"
	if st.Provider == embeddedProvider {
		names, vendor = []string{embeddedProvider}, s.opts.Name
	}
	all := make([]copilotModel, 0, len(names))
	for _, name := range names {
		family, _, _ := strings.Cut(name, "-")
		all = append(all, copilotModel{
			ID: name, Name: name, Family: family, Vendor: vendor, Default: name == st.Model, Scopes: []string{"completion"},
		})
	}
	return all, nil
}

// A quota is what is left of something.
type quota struct {
	PercentRemaining float64 `json:"percentRemaining"`
	Unlimited        bool    `json:"unlimited"`
	OveragePermitted bool    `json:"overagePermitted"`
}

// quotas are the answer to checkQuota, and the notification copilot/quotaChange.
// Completions have what is left of the budget of the day; what is not served has
// nothing.
type quotas struct {
	Chat        quota  `json:"chat"`
	Completions quota  `json:"completions"`
	Premium     quota  `json:"premiumInteractions"`
	PremiumToo  quota  `json:"premium_interactions"` // the same by the name that copilot.el reads
	ResetDate   string `json:"resetDate"`            // when the budget is whole again, RFC 3339
	Plan        string `json:"copilotPlan"`
}

// quotasOf says how much of a budget is left; nil is without bounds.
func quotasOf(b *Budget, now time.Time) quotas {
	q := quotas{Completions: quota{PercentRemaining: 100, Unlimited: true}, Plan: "claude-lsp"}
	y, m, d := now.Date()
	q.ResetDate = time.Date(y, m, d+1, 0, 0, 0, 0, now.Location()).Format(time.RFC3339)
	if b != nil {
		q.Completions = quota{}
		if b.SpentUSD == nil && b.Step == "whole" {
			q.Completions.PercentRemaining = 100 // nobody has looked yet: the first request does
		}
		if b.SpentUSD != nil && b.DailyUSD > 0 {
			left := 100 * (1 - *b.SpentUSD/b.DailyUSD)
			q.Completions.PercentRemaining = math.Round(10*max(0, left)) / 10
		}
	}
	return q
}

func (s *Server) checkQuota(*call) (any, error) {
	return quotasOf(s.snapshot().Budget, time.Now()), nil
}

// publishQuota tells a client when another percent of the budget is spent, and
// warns when something is given up for it.
func (s *Server) publishQuota(b *Budget) {
	step := b.step()
	if step == "" {
		return // it is unlimited, as clients take for granted
	}
	q := quotasOf(b, time.Now())
	told := &s.copilot.quota
	if left := math.Ceil(q.Completions.PercentRemaining); step != told.step || left != told.left {
		told.left = left
		s.notify("copilot/quotaChange", q)
	}
	if step == told.step {
		return
	}
	told.step = step
	if words, ok := budgetWords[step]; ok {
		s.notify("copilot/quotaWarning", struct {
			Type    string `json:"type"`
			Message string `json:"message"`
		}{"warning", words})
	}
}

// budgetWords say what a step of the budget means to whoever types.
var budgetWords = map[string]string{
	"small_window": "claude-lsp: 80 % of budget.dailyUSD is spent; prompts are smaller",
	"invoked_only": "claude-lsp: 95 % of budget.dailyUSD is spent; only asking by hand is answered",
	"used_up":      "claude-lsp: budget.dailyUSD is used up until midnight",
}

// checkFileStatus says whether a file gets suggestions, and if not, why. It need
// not be open.
func (s *Server) checkFileStatus(c *call) (any, error) {
	var p struct {
		URI uri.URI `json:"uri"`
	}
	if err := c.decode(&p); err != nil {
		return nil, err
	}
	type status struct {
		Status string `json:"status"`
		Reason string `json:"reason,omitempty"`
	}
	why := ""
	if open := s.get(p.URI); open != nil {
		why = s.forbidden(open, s.opts.Settings.For(open.folder))
	} else if file, dir, _ := s.placed(p.URI); !s.opts.Settings.For(dir).Enabled {
		why = "disabled"
	} else if ok, reason := s.opts.Workspace.Allowed(file); !ok {
		why = reason
	}
	if why != "" {
		return status{"not included", why}, nil
	}
	return status{"included", ""}, nil
}

func (s *Server) getVersion(*call) (any, error) {
	return struct {
		Version   string `json:"version"`
		BuildType string `json:"buildType"`
		Runtime   string `json:"runtimeVersion"`
	}{s.opts.Version, "prod", strings.Replace(runtime.Version(), "go", "go/", 1)}, nil
}

// diagnoseWithin bounds the time that looking at everything takes.
const diagnoseWithin = 10 * time.Second

// debugDiagnostics is the doctor's report, as Markdown.
func (s *Server) debugDiagnostics(c *call) (any, error) {
	if s.opts.Diagnose == nil {
		return nil, jsonrpc2.NewError(jsonrpc2.MethodNotFound, "run claude-lsp doctor")
	}
	asked := c.async(nil)
	ctx, cancel := context.WithTimeout(asked, diagnoseWithin)
	defer cancel()
	report := s.opts.Diagnose(ctx)
	if asked.Err() != nil {
		return nil, wireError(context.Cause(asked))
	}
	return map[string]string{"report": report}, nil
}

// inlineEdit asks for next edit suggestions, of which there are none yet.
func (s *Server) inlineEdit(*call) (any, error) {
	return map[string][]struct{}{"edits": {}}, nil
}
