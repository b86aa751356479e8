package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/matryer/is"
)

const version = "v0.99.0"

// Ensure that go install gets the command from what a release has, and that the go.sum of its modules fits. At full
// size it compiles and runs the command, which takes minutes where nothing is compiled yet.
func TestInstall(t *testing.T) {
	t.Parallel()
	is := is.New(t)
	dir := t.TempDir()
	tree, proxy := filepath.Join(dir, "tree"), filepath.Join(dir, "proxy")
	r, err := newRelease("../..", version, tree)
	is.NoErr(err)
	is.NoErr(r.write(false))
	is.NoErr(r.writeProxy(proxy))
	var tags []string
	for _, m := range r.modules {
		tags = append(tags, m.tag(version))
	}
	is.Equal(strings.Join(tags, " "), "v0.99.0 promcli/v0.99.0 promotel/v0.99.0 promseed/v0.99.0 promvector/v0.99.0 promvet/v0.99.0")

	// The modules of others come from the cache of this machine, and those of the release go to another one.
	cache, err := exec.CommandContext(t.Context(), "go", "env", "GOMODCACHE").Output()
	is.NoErr(err)
	run := func(folder, name string, args ...string) string {
		t.Helper()
		cmd := exec.CommandContext(t.Context(), name, args...)
		cmd.Dir = folder
		cmd.Env = append(os.Environ(), "GOBIN="+filepath.Join(dir, "bin"), "GOMODCACHE="+filepath.Join(dir, "cache"),
			"GOPROXY=file://"+proxy+",file://"+filepath.Join(strings.TrimSpace(string(cache)), "cache", "download"),
			"GOFLAGS=-modcacherw -trimpath", "GONOSUMDB=*", "GONOSUMCHECK=1", "GONOPROXY=none", "GOPRIVATE=", "GOWORK=off", "GOTOOLCHAIN=local")
		out, err := cmd.CombinedOutput()
		if err != nil {
			t.Fatal(name, args, string(out))
		}
		return string(out)
	}
	command := library + "/promcli/cmd/prom@" + version
	if os.Getenv("PROM_TEST_SIZE") == "full" {
		run(dir, "go", "install", command)
		is.True(strings.Contains(run(dir, filepath.Join(dir, "bin", "prom"), "ping", "--dsn", "sqlite://:memory:"), "answered"))
	} else {
		is.True(strings.Contains(run(dir, "go", "install", "-n", command), "/prom"))
	}
	for _, m := range []string{"promcli", "promotel", "promseed", "promvector"} { // -mod=readonly is the default
		run(filepath.Join(tree, m), "go", "list", "-deps", "./...")
	}
	firstProgram(t, dir, run)
}

// firstProgram types the lines of README.md: a new module with the program, which gets the library and prints what the
// page says. At less than full size it is not compiled.
func firstProgram(t *testing.T, dir string, run func(folder, name string, args ...string) string) {
	t.Helper()
	is := is.New(t)
	readme, err := os.ReadFile("../../README.md")
	is.NoErr(err)
	_, page, ok := strings.Cut(string(readme), "## The first program\n")
	is.True(ok)
	block := func(language string) string {
		_, rest, ok := strings.Cut(page, "```"+language+"\n")
		is.True(ok)
		text, rest, ok := strings.Cut(rest, "```\n")
		is.True(ok)
		page = rest
		return text
	}
	module, program, start, want := block("sh"), block("go"), block("sh"), block("")
	run(dir, "sh", "-ec", module)
	books := filepath.Join(dir, "books")
	is.NoErr(os.WriteFile(filepath.Join(books, "main.go"), []byte(program), 0o600))
	if os.Getenv("PROM_TEST_SIZE") != "full" {
		start = strings.Replace(start, "go run .", "go build -n . 2>/dev/null", 1)
		run(books, "sh", "-ec", start)
		return
	}
	if out := run(books, "sh", "-ec", start); !strings.HasSuffix(out, want) { // go get tells what it adds
		t.Errorf("the first program prints\n%s\nand should print\n%s", out, want)
	}
}

// Ensure that a release refuses what it cannot be made of.
func TestRefused(t *testing.T) {
	t.Parallel()
	is := is.New(t)
	for _, v := range []string{"", "1.0.0", "v1", "v0.1.0+build"} {
		_, err := newRelease("../..", v, filepath.Join(t.TempDir(), "tree"))
		is.True(err != nil)
	}
	_, err := newRelease("../..", version, t.TempDir()) // it exists
	is.True(err != nil)

	repo := t.TempDir()
	for name, text := range map[string]string{
		"LICENSE": "free\n", "go.mod": "module " + library + "\n", "a/a.go": "package a\n", "a/go.sum": "",
		"a/go.mod": "module " + library + "/a\n\nreplace example.com/x => ../x\n",
	} {
		is.NoErr(os.MkdirAll(filepath.Dir(filepath.Join(repo, name)), 0o750))
		is.NoErr(os.WriteFile(filepath.Join(repo, name), []byte(text), 0o600))
	}
	is.NoErr(exec.CommandContext(t.Context(), "git", "-C", repo, "init", "-q").Run())
	r, err := newRelease(repo, version, filepath.Join(t.TempDir(), "tree"))
	is.NoErr(err)
	is.True(strings.Contains(r.write(true).Error(), "not committed"))
	is.True(strings.Contains(r.write(false).Error(), "replaces example.com/x"))
}
