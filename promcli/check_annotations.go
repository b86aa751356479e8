package promcli

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
)

// annotations write findings in the forms of CI services.
var annotations = map[string]func(e *env, w io.Writer, found []finding) error{
	"text":   textAnnotations,
	"github": githubAnnotations,
	"gitlab": gitlabAnnotations,
}

// workspace is the folder to which a CI service wants the files relative.
func workspace(form string) string {
	dir := ""
	switch form {
	case "github":
		dir = os.Getenv("GITHUB_WORKSPACE")
	case "gitlab":
		dir = os.Getenv("CI_PROJECT_DIR")
	}
	if dir == "" {
		dir, _ = os.Getwd()
	}
	return dir
}

// relative returns a file relative to a folder that has it.
func relative(dir, file string) string {
	if rel, err := filepath.Rel(dir, file); err == nil && file != "" && filepath.IsLocal(rel) {
		return filepath.ToSlash(rel)
	}
	return file
}

// textAnnotations writes lines as compilers do.
func textAnnotations(e *env, w io.Writer, found []finding) error {
	for _, f := range found {
		colour, at := red, ""
		if f.Severity == "warning" {
			colour = yellow
		}
		if f.File != "" {
			at = fmt.Sprintf("%s:%d: ", f.File, f.Line)
		}
		if _, err := fmt.Fprintf(w, "%s%s %s\n", at, e.paint(colour, f.Severity+":"), f.Message); err != nil {
			return err
		}
	}
	return nil
}

var (
	githubText  = strings.NewReplacer("%", "%25", "\r", "%0D", "\n", "%0A")
	githubValue = strings.NewReplacer("%", "%25", "\r", "%0D", "\n", "%0A", ":", "%3A", ",", "%2C")
)

// githubAnnotations writes the commands of GitHub Actions, by which it shows a text at a line of the pull request.
func githubAnnotations(_ *env, w io.Writer, found []finding) error {
	for _, f := range found {
		at := ""
		if f.File != "" {
			at = fmt.Sprintf("file=%s,line=%d,", githubValue.Replace(f.File), f.Line)
		}
		_, err := fmt.Fprintf(w, "::%s %stitle=prom check::%s\n", f.Severity, at, githubText.Replace(f.Message))
		if err != nil {
			return err
		}
	}
	return nil
}

// gitlabIssue is one of a report of code quality.
type gitlabIssue struct {
	Description string         `json:"description"`
	CheckName   string         `json:"check_name"`
	Fingerprint string         `json:"fingerprint"`
	Severity    string         `json:"severity"`
	Location    gitlabLocation `json:"location"`
}

type gitlabLocation struct {
	Path  string `json:"path"`
	Lines struct {
		Begin int `json:"begin"`
	} `json:"lines"`
}

// gitlabAnnotations writes GitLab's report of code quality. What has no file is told as the file go.mod, since each
// issue needs one.
func gitlabAnnotations(_ *env, w io.Writer, found []finding) error {
	report := []gitlabIssue{}
	for _, f := range found {
		sum := sha256.Sum256([]byte(strings.Join([]string{f.Connection, f.Message}, "\x00")))
		issue := gitlabIssue{
			Description: f.Message, CheckName: "prom-" + strings.ReplaceAll(string(f.Object), " ", "-"),
			Fingerprint: hex.EncodeToString(sum[:16]), Severity: "major",
			Location: gitlabLocation{Path: "go.mod"},
		}
		if f.Severity == "warning" {
			issue.Severity = "minor"
		}
		issue.Location.Lines.Begin = 1
		if f.File != "" {
			issue.Location.Path, issue.Location.Lines.Begin = f.File, f.Line
		}
		report = append(report, issue)
	}
	j := json.NewEncoder(w)
	j.SetEscapeHTML(false)
	j.SetIndent("", "  ")
	return j.Encode(report)
}
