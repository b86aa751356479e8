package dbtest

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/matryer/is"
)

// Ensure that without a server there is one line, and it says what to do.
func TestFindBinariesNone(t *testing.T) {
	t.Parallel()
	is := is.New(t)
	for _, path := range []string{"", t.TempDir()} {
		_, err := findBinaries(path, []string{filepath.Join(t.TempDir(), "*", "bin")})
		is.True(err != nil)
		is.Equal(err.Error(), "dbtest: no PostgreSQL: set PROM_TEST_POSTGRES to a DSN, "+
			"or install the server binaries (Debian: apt-get install postgresql)")
	}
}

func TestAvailable(t *testing.T) {
	is := is.New(t)
	t.Setenv(EnvPostgres, "postgres://somewhere")
	is.NoErr(Available())
}

func TestFindBinaries(t *testing.T) {
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
			got, err := findBinaries(strings.Join(path, string(os.PathListSeparator)), []string{
				filepath.Join(root, "lib", "*", "bin"),
				filepath.Join(root, "pgsql-*", "bin"),
			})
			is.NoErr(err)
			is.Equal(got, filepath.Join(root, filepath.FromSlash(tt.want)))
		})
	}
}
