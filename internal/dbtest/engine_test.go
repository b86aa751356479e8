package dbtest

import (
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/matryer/is"
)

func TestEngineWith(t *testing.T) {
	t.Parallel()
	tests := []struct{ dsn, options, want string }{
		{"sqlite:///tmp/a.db", "", "sqlite:///tmp/a.db"},
		{"sqlite:///tmp/a.db", "#blog", "sqlite:///tmp/a.db#blog"},
		{"sqlite:///tmp/a.db", "install=off", "sqlite:///tmp/a.db?install=off"},
		{"sqlite://:memory:", "a=1&b=2#x", "sqlite://:memory:?a=1&b=2#x"},
		{"postgres://h/db?search_path=s", "install=off#blog", "postgres://h/db?search_path=s&install=off#blog"},
		{"postgres://h/db?a=1&search_path=s&b=2", "b=3&a=4", "postgres://h/db?search_path=s&b=3&a=4"},
		{"postgres://h/db?a=1#old", "b=2", "postgres://h/db?a=1&b=2#old"},
		{"postgres://h/db?a=1#old", "#new", "postgres://h/db?a=1#new"},
		{"postgres://h/db?a=1#old", "#", "postgres://h/db?a=1"},
	}
	for _, tt := range tests {
		is := is.New(t)
		is.Equal(Engine{DSN: tt.dsn}.With(tt.options), tt.want)
	}
}

func TestSQLite(t *testing.T) {
	t.Parallel()
	is := is.New(t)
	a, b := SQLite(t), SQLite(t)
	is.True(a != b)
	path, ok := strings.CutPrefix(a, "sqlite://")
	is.True(ok)
	is.True(filepath.IsAbs(path))
	is.Equal(filepath.Ext(path), ".db")
	is.Equal(Memory(), "sqlite://:memory:")
}

// Ensure each engine comes once, in each of its modes, on a database of its own.
func TestEach(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name string
		each func(*testing.T, func(*testing.T, Engine))
		want []string
	}{
		{"Each", Each, []string{"postgres postgres/", "sqlite sqlite/file"}},
		{"EachMode", EachMode, []string{"sqlite/file sqlite/file", "sqlite/memory sqlite/memory"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			is := is.New(t)
			var mu sync.Mutex
			var got []string
			dsns := map[string]bool{}
			want := tt.want
			t.Run("all", func(t *testing.T) {
				prefix := t.Name() + "/"
				if tt.name == "EachMode" {
					for _, mode := range modesOf(t.Name()) {
						want = append(want, "postgres/"+mode+" postgres/"+mode)
					}
				}
				tt.each(t, func(t *testing.T, e Engine) {
					mu.Lock()
					defer mu.Unlock()
					got = append(got, strings.TrimPrefix(t.Name(), prefix)+" "+e.Name+"/"+e.Mode)
					dsns[e.DSN] = true
				})
			})
			slices.Sort(got)
			slices.Sort(want)
			is.Equal(got, want)
			is.Equal(len(dsns), len(want))
		})
	}
}

// Ensure that an engine can be left out, and that the run says so.
func TestEachLeavesOut(t *testing.T) {
	for _, only := range []string{NameSQLite, NamePostgres} {
		t.Setenv(envEngine, only)
		for _, each := range []func(*testing.T, func(*testing.T, Engine)){Each, EachMode} {
			var mu sync.Mutex
			got := map[string]bool{}
			t.Run(only, func(t *testing.T) {
				each(t, func(_ *testing.T, e Engine) {
					mu.Lock()
					defer mu.Unlock()
					got[e.Name] = true
				})
			})
			is := is.New(t)
			is.Equal(got, map[string]bool{only: true})
		}
	}
}

// Ensure tests together run in all modes, each in the default one, and in all of them when that is asked for.
func TestModesOf(t *testing.T) {
	is := is.New(t)
	t.Setenv(envModes, "")
	seen := map[string]bool{}
	for i := range 100 {
		modes := modesOf("Test" + string(rune('A'+i)))
		is.Equal(len(modes), 2)
		is.Equal(modes[0], "cache_statement")
		is.True(modes[1] != modes[0])
		seen[modes[1]] = true
	}
	is.Equal(len(seen), 4)
	t.Setenv(envModes, "all")
	is.Equal(modesOf("Test"), execModes)
}

// Ensure pgx understands the exec modes that the DSN asks for.
func TestEachModeIsUsed(t *testing.T) {
	t.Parallel()
	EachMode(t, func(t *testing.T, e Engine) {
		if e.Name != NamePostgres {
			return
		}
		is := is.New(t)
		c := connect(t, e.DSN)
		is.Equal(strings.ReplaceAll(c.Config().DefaultQueryExecMode.String(), " ", "_"), e.Mode)
	})
}
