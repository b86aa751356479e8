package promcli_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/matryer/is"

	"github.com/prom-go/prom"
	"github.com/prom-go/prom/internal/dbtest"
	"github.com/prom-go/prom/promcli"
	"github.com/prom-go/prom/promcli/testdata/shop"
)

// Ensure which words may follow others.
func TestCompletion(t *testing.T) {
	t.Parallel()
	repos := shop.Models(prom.Using(open(t, dbtest.Memory()+"#stock")))
	for line, want := range map[string]string{
		"pl":                             "plan",
		"completion z":                   "zsh",
		"plan ":                          "author book shelf",
		"plan author b":                  "book",
		"--json plan s":                  "shelf",
		"plan --mar":                     "--markdown",
		"plan --on ":                     "stock",
		"plan --on stock a":              "author",
		"--on=st":                        "--on=stock",
		"check --annotations git":        "github gitlab",
		"check --annotations = gitl":     "gitlab", // as bash splits it
		"apply --allow additive,l":       "additive,locking additive,lossy",
		"apply --allow=r":                "--allow=rewriting",
		"apply --allow additive -y shel": "shelf",
		"ping --wait ":                   "", // the shell's own
		"nothing --of ":                  "",
	} {
		r := run(t, repos, append([]string{"complete-words"}, strings.Split(line, " ")...)...)
		var words []string
		for l := range strings.Lines(r.out) {
			word, help, _ := strings.Cut(strings.TrimSpace(l), "\t")
			words = append(words, word)
			is.New(t).True(help != "")
		}
		if got := strings.Join(words, " "); got != want || r.code != promcli.CodeDone {
			t.Errorf("%q: %q, and not %q %s", line, got, want, r.err)
		}
	}
	is := is.New(t)
	is.True(!strings.Contains(run(t, repos, "complete-words", "").out, "complete-words")) // it is hidden
	is.True(!strings.Contains(run(t, repos, "--help").out, "complete-words"))
	is.Equal(run(t, repos).out, run(t, repos, "--help").out) // no command
	is.Equal(run(t, repos, "completion", "csh").code, promcli.CodeUsage)
}

// completionOfBinary ensures that shells take the scripts, and complete by them; those that are not installed are left
// out, but for bash.
func completionOfBinary(t *testing.T, p program) {
	t.Parallel()
	is := is.New(t)
	scripts := map[string]string{}
	for _, shell := range []string{"bash", "zsh", "fish"} {
		r := finish(t, p.command(t, "sqlite://:memory:", nil, "completion", shell))
		is.Equal(r.code, promcli.CodeDone)
		is.True(strings.Contains(r.out, "complete-words"))
		scripts[shell] = filepath.Join(t.TempDir(), shell)
		is.NoErr(os.WriteFile(scripts[shell], []byte(r.out), 0o600))
		if path, err := exec.LookPath(shell); err == nil {
			out, err := exec.CommandContext(t.Context(), path, "-n", scripts[shell]).CombinedOutput()
			is.Equal(string(out), "")
			is.NoErr(err)
		}
	}
	for words, want := range map[string]string{"pl": "plan", "plan auth": "author", "apply --allow = loss": "lossy"} {
		cmd := exec.CommandContext(t.Context(), "bash", "-c", `source "$1"; shift; complete -p shop >&2; COMP_WORDS=(shop "$@"); COMP_CWORD=$#
"$(complete -p shop | sed 's/.*-F \([^ ]*\) .*/\1/')"; echo "${COMPREPLY[*]}"`, "bash", scripts["bash"])
		cmd.Args = append(cmd.Args, strings.Fields(words)...)
		cmd.Env = append(os.Environ(), "PATH="+filepath.Dir(string(p))+":"+os.Getenv("PATH"), "PROM_DSN=sqlite://:memory:")
		out, err := cmd.Output()
		is.NoErr(err)
		is.Equal(strings.TrimSpace(string(out)), want)
	}
}
