package promtest_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"github.com/matryer/is"

	"github.com/prom-go/prom"
	"github.com/prom-go/prom/internal/dbtest"
	"github.com/prom-go/prom/promtest"
)

// The models of the fixtures: a circle of which one end may be NULL, one that has none, and values of all kinds.
type (
	Team struct {
		prom.Model
		Name    string `prom:"unique"`
		Captain *prom.Ref[Player]
	}
	Player struct {
		prom.Model
		Team   prom.Ref[Team]
		Name   string
		Born   time.Time     `prom:"date"`
		Wakes  time.Duration `prom:"clock"`
		Seen   *time.Time
		Goals  int    `prom:"default=3"`
		Salary string `prom:"decimal=10.2"`
		Tags   []string
		Extra  map[string]int
		Level  Level
		Land   *string
		Area   *int
		Home   prom.CompositeRef[Ground] `prom:"on='land, area'"`
		Twin   prom.RefBy[Nation, string]
	}
	Ground struct {
		Land string `prom:"key"`
		Area int    `prom:"key"`
	}
	Nation struct {
		Code string                     `prom:"key"`
		Like prom.RefBy[Nation, string] `prom:"like_code"`
	}
	Left struct {
		prom.Model
		Right prom.Ref[Right] `prom:"right_id,deferrable=deferred"`
	}
	Right struct {
		prom.Model
		Left prom.Ref[Left] `prom:"left_id"`
	}
)

func fixtureRepos(db *prom.DB) []prom.AnyRepo {
	on := prom.Using(db)
	return []prom.AnyRepo{prom.NewRepo[Team](on), prom.NewRepo[Player](on), prom.NewRepo[Ground](on), prom.NewRepo[Nation](on),
		prom.NewRepo[Left](on), prom.NewRepo[Right](on)}
}

// Ensure that fixtures are stored with all that they refer to, whatever the order of the files, and are returned by
// label.
func TestFixtures(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, e dbtest.Engine) {
		is := is.New(t)
		db := database(t, e)
		files := fstest.MapFS{
			"a.json": {Data: []byte(`{
				"player": {
					"ada": {"team": "$reds", "name": "$ada", "born": "1815-12-10", "wakes": "06:30:00", "seen": "2024-01-02T03:04:05Z",
						"salary": 12.50, "tags": ["a", "b"], "extra": {"x": 1}, "level": "high", "Home": "$north", "twin": "$uk"},
					"bob": {"team": "$reds", "name": "Bob", "born": "1990-01-01T00:00:00Z", "wakes": "07:00:00", "goals": 7, "salary": "3",
						"tags": [], "extra": null, "level": "low", "twin": "$$x"}
				}
			}`)},
			"A/b.json": {Data: []byte(`{
				"team": {"reds": {"name": "Reds", "captain": "$ada"}},
				"ground": {"north": {"land": "uk", "area": 7}},
				"nation": {"uk": {"code": "uk", "like_code": "$uk"}, "x": {"code": "$x", "like_code": "uk"}}
			}`)},
			"notes.txt": {Data: []byte("not a fixture")},
		}
		rows := promtest.LoadedFixtures(t, t.Context(), files, fixtureRepos(db))
		is.Equal(rows.Len(), 6)
		ada, reds := promtest.Fixture[Player](rows, "ada"), promtest.Fixture[Team](rows, "reds")
		read, err := prom.NewRepo[Player](prom.Using(db)).Get(t.Context(), ada.ID)
		is.NoErr(err)
		is.Equal(read.Name, "$ada") // a text that is no reference
		is.Equal(read.Team.Key(), reds.ID)
		is.Equal(read.Born, time.Date(1815, 12, 10, 0, 0, 0, 0, time.UTC))
		is.Equal(read.Wakes, 6*time.Hour+30*time.Minute)
		is.True(read.Seen.Equal(time.Date(2024, 1, 2, 3, 4, 5, 0, time.UTC)))
		is.Equal(read.Goals, 3)
		is.Equal(read.Salary, "12.50")
		is.Equal(read.Tags, []string{"a", "b"})
		is.Equal(read.Extra, map[string]int{"x": 1})
		is.Equal(*read.Area, 7)
		is.Equal(read.Twin.Key(), "uk")
		is.Equal(promtest.Fixture[Player](rows, "bob").Twin.Key(), "$x")
		team, err := prom.NewRepo[Team](prom.Using(db)).Get(t.Context(), reds.ID)
		is.NoErr(err)
		is.Equal(team.Captain.Key(), ada.ID)

		_, err = promtest.LoadFixtures(t.Context(), files, fixtureRepos(db))
		is.True(errors.Is(err, prom.ErrUnique))
		n, err := prom.NewRepo[Player](prom.Using(db)).Count(t.Context())
		is.NoErr(err)
		is.Equal(n, 2) // nothing of the second attempt
		defer func() {
			text := fmt.Sprint(recover())
			is.True(strings.Contains(text, `no fixture of promtest_test.Player with the label "eve"; there are: ada, bob`))
		}()
		promtest.Fixture[Player](rows, "eve")
	})
}

// Ensure that wrong fixtures are refused with the place of what is wrong, without a value, and store nothing.
func TestFixtureErrors(t *testing.T) {
	t.Parallel()
	is := is.New(t)
	db := promtest.DB(t, promtest.SQLite())
	const reds = `"team": {"reds": {"name": "Reds"}}`
	for _, tt := range []struct{ text, want string }{
		{`{`, "a.json"},
		{`[]`, "it must be an object"},
		{`{}`, "no fixtures"},
		{`{"teams": {}}`, `there is no repo of the table "teams"; there are repos of ground, left, nation, player, right, team`},
		{`{"team": {"reds": {"nam": "secret"}}}`, "fixture reds of team (a.json): nam: there is no such column; the columns are name"},
		{`{"team": {"reds": {"name": 17}}}`, "name: it is no JSON that a string takes"},
		{`{"team": {"reds": {"name": null}}}`, "name: it cannot be NULL"},
		{`{"team": {"reds": {"name": "a"}, "reds": {"name": "b"}}}`, `"reds" appears twice`},
		{`{"team": {"reds": {"name": "Reds", "captain": "$secret"}}}`, `captain: there is no row of player with the label "secret"`},
		{`{` + reds + `, "player": {"ada": {"team": "secret"}}}`, "team: it is neither a label nor a int64"},
		{`{` + reds + `, "player": {"ada": {"team": "$reds", "born": "secret"}}}`, "born: it is no JSON that a time.Time takes"},
		{`{` + reds + `, "player": {"ada": {"team": "$reds", "Home": 3}}}`, "Home: a relation of several columns is given by a label"},
		{`{"left": {"l": {"right_id": "$r"}}, "right": {"r": {"left_id": "$l"}}}`, "the rows r and l need each other"},
	} {
		_, err := promtest.LoadFixtures(t.Context(), fstest.MapFS{"a.json": {Data: []byte(tt.text)}}, fixtureRepos(db))
		if err == nil || !strings.Contains(err.Error(), tt.want) || strings.Contains(err.Error(), "secret") && !strings.Contains(tt.want, "secret") {
			t.Errorf("%s: %v lacks %q", tt.text, err, tt.want)
		}
	}
	n, err := prom.NewRepo[Team](prom.Using(db)).Count(t.Context())
	is.NoErr(err)
	is.Equal(n, 0)
	text := record(t, func(tb testing.TB) { promtest.LoadedFixtures(tb, t.Context(), fstest.MapFS{}, fixtureRepos(db)) })
	is.True(strings.Contains(text, "no fixtures"))
}

// Ensure that a database is filled with rows that refer to each other, that the same seed makes the same ones, and that
// it can be filled again; and that after an error nothing stays.
func TestFill(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, e dbtest.Engine) {
		is := is.New(t)
		ctx := t.Context()
		var names [2]string
		for i := range names {
			db, err := new(prom.Registry).Open(dsnOf(t, e))
			is.NoErr(err)
			defer db.Close()
			p := newPress(db)
			is.NoErr(promtest.Fill(ctx, 20, []prom.AnyRepo{p.essays, p.writers}))
			writers, err := p.writers.OrderBy(writerID.Asc()).All(ctx)
			is.NoErr(err)
			is.Equal(len(writers), 20)
			for _, w := range writers {
				names[i] += w.Name + ", "
			}
			by, err := prom.RawQuery[int](db, "SELECT count(DISTINCT by) FROM essay").First(ctx)
			is.NoErr(err)
			is.True(by > 5) // of many writers
			is.NoErr(promtest.Fill(ctx, 5, []prom.AnyRepo{p.essays, p.writers}))
			n, err := p.writers.Count(ctx)
			is.NoErr(err)
			is.Equal(n, 25)
			is.True(promtest.Fill(ctx, 5, []prom.AnyRepo{p.writers, prom.NewRepo[Left](prom.Using(db))}) != nil)
			n, err = p.writers.Count(ctx)
			is.NoErr(err)
			is.Equal(n, 25)
		}
		is.Equal(names[0], names[1])
	})
}
