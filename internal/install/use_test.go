package install

import (
	"runtime/debug"
	"testing"
	"time"

	"github.com/matryer/is"

	"github.com/prom-go/prom/dialect"
	"github.com/prom-go/prom/internal/db"
)

// Ensure that builds are told apart by the versions that Go notes in them, and that it is known where these say too
// little.
func TestBuildOf(t *testing.T) {
	t.Parallel()
	vcs := func(revision, modified string) []debug.BuildSetting {
		return []debug.BuildSetting{{Key: "vcs.revision", Value: revision}, {Key: "vcs.modified", Value: modified}}
	}
	info := func(version string, settings ...debug.BuildSetting) *debug.BuildInfo {
		return &debug.BuildInfo{Path: "example.com/shop/cmd/server",
			Main: debug.Module{Path: "example.com/shop", Version: version}, Settings: settings}
	}
	const revision = "0123456789abcdef0123456789abcdef01234567"
	for name, c := range map[string]struct {
		info  *debug.BuildInfo
		want  string
		exact bool
	}{
		"installed by version":    {info("v1.2.3"), "example.com/shop/cmd/server v1.2.3", true},
		"built in a repository":   {info("(devel)", vcs(revision, "false")...), "example.com/shop/cmd/server 0123456789ab", true},
		"changed":                 {info("(devel)", vcs(revision, "true")...), "example.com/shop/cmd/server 0123456789ab", false},
		"changed, by the version": {info("v1.2.3+dirty"), "example.com/shop/cmd/server v1.2.3+dirty", false},
		"without a repository":    {info("(devel)"), "example.com/shop/cmd/server", false},
		"a test":                  {info(""), "example.com/shop/cmd/server", false},
		"no modules":              {nil, "unknown", false},
	} {
		t.Run(name, func(t *testing.T) {
			is := is.New(t)
			got, exact := buildOf(c.info)
			is.Equal(got, c.want)
			is.Equal(exact, c.exact)
		})
	}
	is := is.New(t)
	is.Equal(build(), build())
	is.True(build() != "")
}

// Ensure that the columns of a use are read as they were written, whatever their names are.
func TestUsersOf(t *testing.T) {
	t.Parallel()
	is := is.New(t)
	names := []string{"id", `a"b`, "c, d", `e", "f`, "größe"}
	at := time.Date(2026, 11, 30, 23, 0, 0, 0, time.UTC)
	u := users{uses: []db.Use{
		{Statement: inUse + "shop v1: " + dialect.QuoteList([]string{"id"}), At: at.Add(-time.Hour)},
		{Statement: inUse + "shop v2: " + dialect.QuoteList(names), At: at},
	}}
	for _, name := range []string{"id", `a"b`, "c, d", "größe"} {
		is.Equal(u.of(name), "shop v2, seen on 2026-11-30")
	}
	for _, name := range []string{"", "a", "b", "c", "i"} {
		is.Equal(u.of(name), "")
	}
}
