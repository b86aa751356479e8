package main

import (
	"bytes"
	"crypto/sha256"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/matryer/is"
)

// checkout returns a clone of this repository with an entry in its changelog.
func checkout(t *testing.T) string {
	t.Helper()
	is := is.New(t)
	repo := filepath.Join(t.TempDir(), "repo")
	_, err := git("../..", "clone", "-q", ".", repo)
	is.NoErr(err)
	name := filepath.Join(repo, "CHANGELOG.md")
	text, err := os.ReadFile(name)
	is.NoErr(err)
	entry := []byte("## [Unreleased]\n\n### Added\n\n- An entry.\n")
	is.NoErr(os.WriteFile(name, bytes.Replace(text, []byte("## [Unreleased]\n"), entry, 1), 0o600))
	for _, args := range [][]string{{"checkout", "-q", "-B", "trunk"}, {"config", "user.name", "Tester"},
		{"config", "user.email", "tester@example.org"}, {"commit", "-q", "-a", "-m", "changelog: add an entry"}} {
		_, err := git(repo, args...)
		is.NoErr(err)
	}
	return repo
}

// state tells everything of a repository that a release may change.
func state(t *testing.T, repo string) string {
	t.Helper()
	refs, err := git(repo, "for-each-ref")
	is.New(t).NoErr(err)
	status, err := git(repo, "status", "--porcelain")
	is.New(t).NoErr(err)
	return refs + status
}

// Ensure that a release changes nothing without apply, and with it has a commit with the changelog on the branch, and
// tags on a commit whose modules require each other at the version. At full size the command is compiled, and
// once more from the tag, with the same checksum.
func TestCut(t *testing.T) {
	t.Parallel()
	is := is.New(t)
	repo := checkout(t)
	before := state(t, repo)
	var out bytes.Buffer
	c := cut{repo: repo, version: version, now: time.Date(2026, 5, 4, 23, 0, 0, 0, time.UTC), out: &out}
	is.NoErr(c.run())
	is.Equal(state(t, repo), before)
	is.True(strings.Contains(out.String(), "Dry run: nothing has changed."))

	full, host, sums := os.Getenv("PROM_TEST_SIZE") == "full", []string{runtime.GOOS + "/" + runtime.GOARCH}, ""
	if full {
		dry := c
		dry.platforms, dry.dist = host, filepath.Join(t.TempDir(), "dist")
		is.NoErr(dry.run())
		b, err := os.ReadFile(filepath.Join(dry.dist, "SHA256SUMS"))
		is.NoErr(err)
		sums = string(b)
		sum, name, _ := strings.Cut(strings.TrimSpace(sums), "  ")
		archive, err := os.ReadFile(filepath.Join(dry.dist, name))
		is.NoErr(err)
		is.Equal(fmt.Sprintf("%x", sha256.Sum256(archive)), sum)
	}

	c.apply = true
	is.NoErr(c.run())
	tags, err := git(repo, "tag", "--list", "*"+version)
	is.NoErr(err)
	is.Equal(strings.Join(strings.Fields(tags), " "),
		"promcli/v0.99.0 promotel/v0.99.0 promseed/v0.99.0 promvector/v0.99.0 promvet/v0.99.0 v0.99.0")
	is.True(strings.Contains(out.String(), "git push --atomic origin trunk v0.99.0 promcli/v0.99.0 "))
	show := func(what string) string {
		t.Helper()
		text, err := git(repo, "show", what)
		is.NoErr(err)
		return text
	}
	notes, err := notesOf(show(version+":CHANGELOG.md"), version)
	is.NoErr(err)
	is.True(strings.HasPrefix(notes, "### Added\n\n- An entry.\n"))
	is.True(!strings.Contains(notes, "[0.99.0]: "))
	for _, at := range []string{"HEAD", version} {
		log := show(at + ":CHANGELOG.md")
		is.True(strings.Contains(log, "## [Unreleased]\n\n## [0.99.0] - 2026-05-04\n\n### Added\n\n- An entry.\n"))
		is.True(strings.Contains(log, "[Unreleased]: "+web+"/compare/v0.99.0...main\n[0.99.0]: "+web+"/releases/tag/v0.99.0"))
	}
	is.True(strings.Contains(show("HEAD:promcli/go.mod"), "replace ")) // the branch goes on as before
	is.True(!strings.Contains(show(version+":promcli/go.mod"), "replace "))
	is.True(strings.Contains(show(version+":promcli/go.mod"), library+" "+version))
	is.True(strings.Contains(show(version), "- An entry.")) // the notes are in the tag
	one, err := git(repo, "rev-parse", version+"^{commit}^")
	is.NoErr(err)
	head, err := git(repo, "rev-parse", "HEAD")
	is.NoErr(err)
	is.Equal(one, head)
	status, err := git(repo, "status", "--porcelain")
	is.NoErr(err)
	is.Equal(status, "")
	if full { // from the tag there are the same bytes
		tagged := filepath.Join(t.TempDir(), "tagged")
		_, err := git(repo, "clone", "-q", "--branch", version, ".", tagged)
		is.NoErr(err)
		again := cut{repo: tagged, version: version, platforms: host, dist: filepath.Join(t.TempDir(), "dist"), out: &out}
		is.NoErr(again.rebuild())
		b, err := os.ReadFile(filepath.Join(again.dist, "SHA256SUMS"))
		is.NoErr(err)
		is.Equal(string(b), sums)
	}

	is.True(strings.Contains(c.run().Error(), "the version has tags: "))
	c.version = "v0.99.1"
	is.True(strings.Contains(c.run().Error(), "Unreleased of CHANGELOG.md is empty"))
	is.NoErr(os.WriteFile(filepath.Join(repo, "new.txt"), nil, 0o600))
	is.True(strings.Contains(c.run().Error(), "not committed"))
}

// Ensure that an archive of the same files has the same bytes, and that a module without a licence is refused.
func TestArchive(t *testing.T) {
	t.Parallel()
	is := is.New(t)
	files := []file{{"prom", 0o755, []byte("program")}, {"LICENSE", 0o644, []byte("free")}}
	for _, archive := range []func([]file) ([]byte, error){tarGz, zipped} {
		a, err := archive(files)
		is.NoErr(err)
		b, err := archive(files)
		is.NoErr(err)
		is.True(bytes.Equal(a, b))
	}
	dir := t.TempDir()
	_, err := licences([]string{"example.com/x v1.0.0\t" + dir})
	is.True(err != nil)
	is.NoErr(os.WriteFile(filepath.Join(dir, "LICENSE.txt"), []byte("free\n"), 0o600))
	text, err := licences([]string{"example.com/x v1.0.0\t" + dir, "", "example.com/x v1.0.0\t" + dir})
	is.NoErr(err)
	is.Equal(strings.Count(string(text), "example.com/x v1.0.0\n\nfree\n"), 1)
}
