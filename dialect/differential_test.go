package dialect_test

import (
	sqldriver "database/sql/driver"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/matryer/is"
	driver "modernc.org/sqlite"

	"github.com/prom-go/prom/dialect"
	"github.com/prom-go/prom/dialect/postgres"
	"github.com/prom-go/prom/dialect/sqlite"
	"github.com/prom-go/prom/internal/dbtest"
	"github.com/prom-go/prom/internal/match"
	"github.com/prom-go/prom/schema"
)

// register makes the functions of conn that match texts known to SQLite, which must happen before a connection is
// opened: the driver's map of them has no lock.
func register() error {
	for name, m := range map[string]*match.Matcher{
		sqlite.TextLike: match.New(match.Like, false), sqlite.TextLikeFold: match.New(match.Like, true),
		sqlite.TextEnds: match.New(match.Suffix, false), sqlite.TextEndsFold: match.New(match.Suffix, true),
		sqlite.TextHas: match.New(match.Contains, false), sqlite.TextHasFold: match.New(match.Contains, true),
	} {
		var mu sync.Mutex
		err := driver.RegisterDeterministicScalarFunction(name, 2,
			func(_ *driver.FunctionContext, args []sqldriver.Value) (sqldriver.Value, error) {
				text, ok := args[0].(string)
				if !ok {
					return nil, nil
				}
				mu.Lock()
				defer mu.Unlock()
				matches, _ := m.Match(text, args[1].(string), func() bool { return false })
				return matches, nil
			})
		if err != nil {
			return err
		}
	}
	return nil
}

// both returns an empty database of each engine.
func both(t *testing.T) []engine {
	t.Helper()
	return []engine{
		connect(t, sqlite.Dialect{}, "sqlite", "file::memory:?_dqs=0"),
		connect(t, postgres.Dialect{}, "pgx", dbtest.Postgres(t)),
	}
}

// texts are both the stored values and the values to match them with.
var texts = []string{
	"", "a", "A", "ab", "AB", "aB", "abc", "xabcx", "b", "a%", "a%b", "%", "%%", "_", "a_b", "axb", `\`, `\\`, `a\b`, `\%`, `\_`,
	`a\`, `a\\`, `a\\\`, `\a`, "*", "?", "[", "]", "[a]", "[^a]", "[a-c]", "a*b", "a?b", "[[]", "^", "-", "\u00e9", "\u00c9", "a\u00e9", "e\u0301", "ß", "SS", "ſ", "s",
	"K", "k", "\u212a", "İ", "i", "I", "ı", "😀", "a😀b", "_😀_", "a\nb", "\n", "a\tb", " ", "a ", " a", "'", `"`, "a'b", "Σ", "σ", "ς",
	"z", "Z", "@", "`", "{", "5", "05", "a_%", `%\%%`, `\\%`, `_\`, `%_`, "日本", "日_", "a%c", "_b%",
}

// Ensure that every way of matching gives the same rows on both engines, those that it gives in Go.
// parity: Q10 Q11 Q12 B27
func TestMatchIsEqual(t *testing.T) {
	t.Parallel()
	plain := &schema.Column{Name: "s", Kind: schema.Text}
	folded := &schema.Column{Name: "f", Kind: schema.Text, NoCase: true}
	for _, e := range both(t) {
		e.exec(t, e.Prerequisites([]*schema.Column{folded})...)
		e.exec(t, fmt.Sprintf("CREATE TABLE t (n INTEGER, s %s, f %s)", e.ColumnType(plain), e.ColumnType(folded)),
			"INSERT INTO t VALUES (-1, NULL, NULL)")
		for i, s := range texts {
			if err := e.insert("t", []string{"n", "s", "f"}, i, s, s); err != nil {
				t.Fatal(err)
			}
		}
		for _, c := range []*schema.Column{plain, folded} {
			for _, fold := range []bool{false, true} {
				for _, not := range []bool{false, true} {
					for m := dialect.MatchLike; m <= dialect.MatchContains; m++ {
						query := "SELECT n FROM t WHERE " + e.Match(c, "t."+e.Quote(c.Name), m, fold, not) + " ORDER BY n"
						for _, value := range texts {
							var want []string
							for i, s := range texts {
								if goMatch(m, fold, s, value) != not {
									want = append(want, fmt.Sprint(i))
								}
							}
							got := e.rows(t, query, e.Pattern(m, fold, value))
							if strings.Join(got, " ") != strings.Join(want, " ") {
								t.Errorf("%s: %s: match %d of %q: got %v, want %v", e.Name(), query, m, value, got, want)
							}
						}
					}
				}
			}
		}
	}
}

func goMatch(m dialect.Match, fold bool, s, value string) bool {
	if fold {
		s, value = foldASCII(s), foldASCII(value)
	}
	switch m {
	case dialect.MatchPrefix:
		return strings.HasPrefix(s, value)
	case dialect.MatchSuffix:
		return strings.HasSuffix(s, value)
	case dialect.MatchContains:
		return strings.Contains(s, value)
	}
	return goLike([]rune(s), []rune(value))
}

// goLike is LIKE as PostgreSQL's manual describes it, with a \ at the end standing for itself.
func goLike(s, p []rune) bool {
	if len(p) == 0 {
		return len(s) == 0
	}
	switch {
	case p[0] == '%':
		return goLike(s, p[1:]) || len(s) > 0 && goLike(s[1:], p)
	case p[0] == '_':
		return len(s) > 0 && goLike(s[1:], p[1:])
	case p[0] == '\\' && len(p) > 1:
		p = p[1:]
	}
	return len(s) > 0 && s[0] == p[0] && goLike(s[1:], p[1:])
}

func foldASCII(s string) string {
	return strings.Map(func(r rune) rune {
		if r >= 'A' && r <= 'Z' {
			return r + 'a' - 'A'
		}
		return r
	}, s)
}

// goParts are the date parts of a time in Go.
func goParts(at time.Time) map[dialect.DatePart]int {
	_, week := at.ISOWeek()
	weekday := int(at.Weekday())
	if weekday == 0 {
		weekday = 7
	}
	return map[dialect.DatePart]int{
		dialect.Year: at.Year(), dialect.Quarter: (int(at.Month()) +
			2) / 3, dialect.Month: int(at.Month()), dialect.Week: week,
		dialect.Day: at.Day(), dialect.DayOfWeek: weekday, dialect.DayOfYear: at.YearDay(),
		dialect.Hour: at.Hour(), dialect.Minute: at.Minute(), dialect.Second: at.Second(),
	}
}

// Ensure that every part of a time and of a date is the same on both engines as in Go, to the last microsecond of a
// day, in years of 52 and 53 weeks, and whatever time zone the session has. parity: Q18 F28
func TestDatePartIsEqual(t *testing.T) {
	t.Parallel()
	var times []time.Time
	for year := 1996; year <= 2032; year++ {
		for _, day := range []int{-3, -2, -1, 0, 1, 2, 3, 4, 5, 59, 60, 90, 91, 181, 182, 273, 274} {
			at := time.Date(year, 1, 1, 0, 0, 0, 0, time.UTC).AddDate(0, 0, day)
			times = append(times, at, at.Add(24*time.Hour-time.Microsecond),
				at.Add(12*time.Hour+59*time.Minute+59*time.Second+999500*time.Microsecond))
		}
	}
	for _, s := range []string{"0001-01-01T00:00:00Z", "0001-12-31T23:59:59.999999Z", "1582-10-10T00:00:00Z",
		"1900-02-28T23:59:59.5Z",
		"1969-12-31T23:59:59.999999Z", "1970-01-01T00:00:00Z", "9999-12-31T23:59:59.999999Z", "9999-01-01T00:00:00.000001Z"} {
		at, err := time.Parse(time.RFC3339Nano, s)
		if err != nil {
			t.Fatal(err)
		}
		times = append(times, at)
	}
	atCol, dayCol := &schema.Column{Kind: schema.Time}, &schema.Column{Kind: schema.Date}
	for _, e := range both(t) {
		is := is.New(t)
		if e.Name() == "postgres" {
			e.exec(t, "SET TimeZone = 'Pacific/Kiritimati'") // +14
		}
		e.exec(t, fmt.Sprintf("CREATE TABLE t (n INTEGER, at %s, day %s)", e.ColumnType(atCol), e.ColumnType(dayCol)))
		for i, at := range times {
			is.NoErr(e.insert("t", []string{"n", "at", "day"}, i, schema.TimeValue(schema.Time, at),
				schema.TimeValue(schema.Date, at)))
		}
		for p := dialect.Year; p <= dialect.Second; p++ {
			got := e.rows(t, "SELECT "+e.DatePart(p, atCol, "t.at")+", "+e.DatePart(p, dayCol, "t.day")+" FROM t ORDER BY n")
			for i, at := range times {
				if want := fmt.Sprint(goParts(at)[p], goParts(at.Truncate(24 * time.Hour))[p]); got[i] != want {
					t.Errorf("%s: part %d of %s: got %s, want %s", e.Name(), p, at, got[i], want)
				}
			}
			cond := "SELECT count(*) FROM t WHERE " + e.DatePart(p, atCol, "at") + " = " + e.Arg(schema.Int64)
			for _, n := range []int{1, 4, 53} {
				want := 0
				for _, at := range times {
					if goParts(at)[p] == n {
						want++
					}
				}
				is.Equal(e.rows(t, cond, n), []string{fmt.Sprint(want)})
			}
		}
		e.exec(t, "DELETE FROM t", "INSERT INTO t (n) VALUES (1)")
		for p := dialect.Year; p <= dialect.Second; p++ {
			is.Equal(e.rows(t, "SELECT "+e.DatePart(p, atCol, "at")+", "+e.DatePart(p, dayCol, "day")+" FROM t"),
				[]string{"<nil> <nil>"})
		}
	}
}
