package servers

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/matryer/is"
)

// Ensure that without a server the error says what to do.
func TestFindNone(t *testing.T) {
	t.Parallel()
	is := is.New(t)
	for _, path := range []string{"", t.TempDir()} {
		_, err := find(path, []string{filepath.Join(t.TempDir(), "*", "bin")}, t.TempDir())
		is.True(errors.Is(err, ErrNone))
		for _, word := range []string{"setup", "PROM_TEST_POSTGRES", "PROM_TEST_BIN"} {
			is.True(strings.Contains(err.Error(), word))
		}
	}
}

func TestFind(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name  string
		files string // of initdb and postgres; ! in front: not executable
		path  string
		want  string
	}{
		{"highest version", "lib/9.6/bin/initdb lib/9.6/bin/postgres lib/16/bin/initdb lib/16/bin/postgres " +
			"lib/15/bin/initdb lib/15/bin/postgres", "", "lib/16/bin"},
		{"highest of all packagers", "lib/15/bin/initdb lib/15/bin/postgres pgsql-17/bin/initdb pgsql-17/bin/postgres",
			"", "pgsql-17/bin"},
		{"minor version", "lib/9.6/bin/initdb lib/9.6/bin/postgres lib/9.5/bin/initdb lib/9.5/bin/postgres",
			"", "lib/9.6/bin"},
		{"path first", "lib/16/bin/initdb lib/16/bin/postgres own/initdb own/postgres", "none own", "own"},
		{"client only", "lib/16/bin/psql lib/15/bin/initdb lib/15/bin/postgres", "", "lib/15/bin"},
		{"half a server", "own/postgres lib/15/bin/initdb lib/15/bin/postgres", "own", "lib/15/bin"},
		{"not executable", "own/initdb !own/postgres lib/15/bin/initdb lib/15/bin/postgres", "own", "lib/15/bin"},
		{"cache", "cache/postgresql-9.6.1/bin/initdb cache/postgresql-9.6.1/bin/postgres " +
			"cache/postgresql-18.4.0-beta.17/bin/initdb cache/postgresql-18.4.0-beta.17/bin/postgres " +
			"cache/.fetch-99/bin/initdb cache/.fetch-99/bin/postgres", "", "cache/postgresql-18.4.0-beta.17/bin"},
		{"cache last", "lib/9.6/bin/initdb lib/9.6/bin/postgres cache/postgresql-18.4/bin/initdb " +
			"cache/postgresql-18.4/bin/postgres", "", "lib/9.6/bin"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			is := is.New(t)
			root := t.TempDir()
			for _, f := range strings.Fields(tt.files) {
				name, plain := strings.CutPrefix(f, "!")
				mode := os.FileMode(0o755)
				if plain {
					mode = 0o644
				}
				file := filepath.Join(root, filepath.FromSlash(name))
				is.NoErr(os.MkdirAll(filepath.Dir(file), 0o755))
				is.NoErr(os.WriteFile(file, nil, mode))
			}
			var path []string
			for _, dir := range strings.Fields(tt.path) {
				path = append(path, filepath.Join(root, dir))
			}
			got, err := find(strings.Join(path, string(os.PathListSeparator)), []string{
				filepath.Join(root, "lib", "*", "bin"),
				filepath.Join(root, "pgsql-*", "bin"),
			}, filepath.Join(root, "cache"))
			is.NoErr(err)
			is.Equal(got, filepath.Join(root, filepath.FromSlash(tt.want)))
		})
	}
}

// Ensure the folder that the environment names comes first, and that an unfit one is not passed over in silence.
func TestFindBin(t *testing.T) {
	is := is.New(t)
	dir := t.TempDir()
	t.Setenv(EnvBin, dir)
	_, err := Find()
	is.True(err != nil)
	is.True(strings.Contains(err.Error(), "PROM_TEST_BIN must be"))
	for _, name := range []string{"initdb", "postgres"} {
		is.NoErr(os.WriteFile(filepath.Join(dir, name), nil, 0o755))
	}
	got, err := Find()
	is.NoErr(err)
	is.Equal(got, dir)
}

// Ensure that the cache folder is the one that was asked for, and that root's is one which others can reach.
func TestCache(t *testing.T) {
	is := is.New(t)
	home := t.TempDir()
	t.Setenv("HOME", home)
	t.Setenv("XDG_CACHE_HOME", "")
	t.Setenv(EnvCache, "")
	got, err := Cache()
	is.NoErr(err)
	if os.Geteuid() == 0 {
		is.Equal(got, "/var/cache/prom-test")
	} else {
		is.True(strings.HasPrefix(got, home))
	}
	t.Setenv(EnvCache, filepath.Join(home, "mine"))
	got, err = Cache()
	is.NoErr(err)
	is.Equal(got, filepath.Join(home, "mine"))
}

// Ensure root is told when the user that PostgreSQL runs as could not reach the cache folder.
func TestReachable(t *testing.T) {
	t.Parallel()
	if os.Geteuid() != 0 {
		t.Skip("root alone runs PostgreSQL as another user")
	}
	is := is.New(t)
	root, err := os.MkdirTemp("/tmp", "servers-")
	is.NoErr(err)
	t.Cleanup(func() { _ = os.RemoveAll(root) })
	dir := filepath.Join(root, "cache")
	is.NoErr(os.Mkdir(dir, 0o755))
	is.NoErr(os.Chmod(dir, 0o755)) // whatever the umask
	err = reachable(dir)
	is.True(err != nil)
	is.True(strings.Contains(err.Error(), root+" is closed to others"))
	is.NoErr(os.Chmod(root, 0o755))
	is.NoErr(reachable(dir))
}
