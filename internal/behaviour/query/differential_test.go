package query_test

import (
	"context"
	"math/rand/v2"
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/matryer/is"

	"github.com/prom-go/prom"
	"github.com/prom-go/prom/internal/behaviour/kit"
	"github.com/prom-go/prom/internal/dbtest"
)

var note = prom.Proto[kit.Note]()

// seed returns the seed of a random test, printed so that it can be run again with PROM_TEST_SEED.
func seed(t *testing.T) *rand.Rand {
	t.Helper()
	n := uint64(time.Now().UnixNano())
	if s := os.Getenv("PROM_TEST_SEED"); s != "" {
		var err error
		if n, err = strconv.ParseUint(s, 10, 64); err != nil {
			t.Fatal(err)
		}
	}
	t.Logf("PROM_TEST_SEED=%d", n)
	return rand.New(rand.NewPCG(n, 0)) //nolint:gosec // not a secret
}

// truth is what a condition says of a row: SQL knows a third answer.
type truth int8

const (
	no truth = iota
	unknown
	yes
)

func truthOf(b bool) truth {
	if b {
		return yes
	}
	return no
}

// thought is a random condition, and what it means in Go.
type thought struct {
	cond prom.Cond[*kit.Note]
	of   func(*kit.Note) truth
	left bool // out: it is the zero condition
}

// nothing is the condition that is left out.
var nothing = thought{of: func(*kit.Note) truth { return yes }, left: true}

// thinker makes random rows, conditions and orders.
type thinker struct{ r *rand.Rand }

func (g thinker) number() int { return g.r.IntN(12) - 1 }

func (g thinker) numbers() []int {
	list := make([]int, g.r.IntN(5))
	for i := range list {
		list[i] = g.number()
	}
	return list
}

func (g thinker) text() string {
	letters := []rune("abAB%_é")
	s := make([]rune, g.r.IntN(4))
	for i := range s {
		s[i] = letters[g.r.IntN(len(letters))]
	}
	return string(s)
}

func (g thinker) time() time.Time {
	return time.Date(2023, 12, 28, 0, 0, 0, 0,
		time.UTC).Add(time.Duration(g.r.IntN(200)) * 41 * time.Minute).Add(time.Duration(g.r.IntN(2)) * 999_999 * time.Microsecond)
}

func (g thinker) note() kit.Note {
	n := kit.Note{Title: "t" + g.text(), Body: g.text(), Views: g.number(), At: g.time()}
	if g.r.IntN(3) > 0 {
		stars := g.number()
		n.Stars = &stars
	}
	return n
}

// comparison is a condition of one field.
func (g thinker) comparison() thought {
	n, list, s, at := g.number(), g.numbers(), g.text(), g.time()
	plain := func(c prom.Cond[*kit.Note], of func(*kit.Note) bool) thought {
		return thought{cond: c, of: func(n *kit.Note) truth { return truthOf(of(n)) }}
	}
	stars := func(c prom.Cond[*kit.Note], of func(int) bool) thought {
		return thought{cond: c, of: func(n *kit.Note) truth {
			if n.Stars == nil {
				return unknown
			}
			return truthOf(of(*n.Stars))
		}}
	}
	choices := []func() thought{
		func() thought { return plain(kit.NoteViews.Gt(n), func(v *kit.Note) bool { return v.Views > n }) },
		func() thought { return plain(kit.NoteViews.Ne(n), func(v *kit.Note) bool { return v.Views != n }) },
		func() thought {
			return plain(kit.NoteViews.In(list...), func(v *kit.Note) bool { return slices.Contains(list, v.Views) })
		},
		func() thought {
			return plain(kit.NoteViews.Between(n, n+3), func(v *kit.Note) bool { return v.Views >= n && v.Views <= n+3 })
		},
		func() thought { return stars(kit.NoteStars.Eq(n), func(v int) bool { return v == n }) },
		func() thought { return stars(kit.NoteStars.Lte(n), func(v int) bool { return v <= n }) },
		func() thought {
			if len(list) == 0 { // not unknown, even for NULL
				return plain(kit.NoteStars.NotIn(), func(*kit.Note) bool { return true })
			}
			return stars(kit.NoteStars.NotIn(list...), func(v int) bool { return !slices.Contains(list, v) })
		},
		func() thought { return plain(kit.NoteStars.IsNull(), func(v *kit.Note) bool { return v.Stars == nil }) },
		func() thought {
			return plain(kit.NoteStars.Is(&n), func(v *kit.Note) bool { return v.Stars != nil && *v.Stars == n })
		},
		func() thought {
			return plain(kit.NoteStars.IsNot(&n), func(v *kit.Note) bool { return v.Stars == nil || *v.Stars != n })
		},
		func() thought { return plain(kit.NoteBody.Eq(s), func(v *kit.Note) bool { return v.Body == s }) },
		func() thought { return plain(kit.NoteBody.Lt(s), func(v *kit.Note) bool { return v.Body < s }) },
		func() thought {
			return plain(kit.NoteBody.Like(s), func(v *kit.Note) bool { return like([]rune(v.Body), []rune(s)) })
		},
		func() thought {
			return plain(kit.NoteTitle.Contains(s), func(v *kit.Note) bool { return strings.Contains(v.Title, s) })
		},
		func() thought {
			return plain(prom.Fold(kit.NoteBody).HasPrefix(s),
				func(v *kit.Note) bool { return strings.HasPrefix(lower(v.Body), lower(s)) })
		},
		func() thought { return plain(kit.NoteAt.Gte(at), func(v *kit.Note) bool { return !v.At.Before(at) }) },
		func() thought {
			return plain(prom.DayOfWeek(kit.NoteAt).In(list...),
				func(v *kit.Note) bool { return slices.Contains(list, (int(v.At.Weekday())+6)%7+1) })
		},
		func() thought {
			return plain(prom.Week(kit.NoteAt).Lt(n), func(v *kit.Note) bool { _, w := v.At.ISOWeek(); return w < n })
		},
		func() thought {
			return plain(prom.Hour(kit.NoteAt).Gt(n), func(v *kit.Note) bool { return v.At.Hour() > n })
		},
		func() thought {
			return thought{cond: prom.Raw(note, "stars + ? > views", n), of: func(v *kit.Note) truth {
				if v.Stars == nil {
					return unknown
				}
				return truthOf(*v.Stars+n > v.Views)
			}}
		},
		func() thought { return nothing },
		func() thought { return thought{cond: prom.If(false, kit.NoteViews.Gt(n)), of: nothing.of, left: true} },
	}
	return choices[g.r.IntN(len(choices))]()
}

// tree is a condition of any depth.
func (g thinker) tree(depth int) thought {
	if depth == 0 || g.r.IntN(3) == 0 {
		return g.comparison()
	}
	if g.r.IntN(4) == 0 {
		kid := g.tree(depth - 1)
		if kid.left {
			return thought{cond: prom.Not(kid.cond), of: kid.of, left: true}
		}
		return thought{cond: prom.Not(kid.cond), of: func(n *kit.Note) truth { return yes - kid.of(n) }}
	}
	conds, kids := make([]prom.Cond[*kit.Note], g.r.IntN(5)), []thought{}
	for i := range conds {
		kid := g.tree(depth - 1)
		if conds[i] = kid.cond; !kid.left {
			kids = append(kids, kid)
		}
	}
	if g.r.IntN(2) == 0 {
		return thought{left: len(kids) == 0, cond: prom.And(conds...), of: func(n *kit.Note) truth {
			least := yes
			for _, kid := range kids {
				least = min(least, kid.of(n))
			}
			return least
		}}
	}
	return thought{cond: prom.Or(conds...), of: func(n *kit.Note) truth {
		most := no
		for _, kid := range kids {
			most = max(most, kid.of(n))
		}
		return most
	}}
}

// order is a random order that ends in the key, and what it means.
func (g thinker) order() ([]prom.Order[*kit.Note], func(a, b kit.Note) int) {
	null := func(n *int) int {
		if n == nil {
			return 1 << 30
		}
		return *n
	}
	terms := []struct {
		asc, desc prom.Order[*kit.Note]
		cmp       func(a, b kit.Note) int
	}{
		{kit.NoteViews.Asc(), kit.NoteViews.Desc(), func(a, b kit.Note) int { return a.Views - b.Views }},
		{kit.NoteStars.Asc(), kit.NoteStars.Desc(), func(a, b kit.Note) int { return null(a.Stars) - null(b.Stars) }},
		{kit.NoteBody.Asc(), kit.NoteBody.Desc(), func(a, b kit.Note) int { return strings.Compare(a.Body, b.Body) }},
		{kit.NoteAt.Asc(), kit.NoteAt.Desc(), func(a, b kit.Note) int { return a.At.Compare(b.At) }},
		{prom.Day(kit.NoteAt).Asc(), prom.Day(kit.NoteAt).Desc(), func(a, b kit.Note) int { return a.At.Day() - b.At.Day() }},
	}
	orders, cmps := []prom.Order[*kit.Note]{}, []func(a, b kit.Note) int{}
	for range g.r.IntN(3) {
		term := terms[g.r.IntN(len(terms))]
		if g.r.IntN(2) == 0 {
			orders, cmps = append(orders, term.asc), append(cmps, term.cmp)
		} else {
			orders, cmps = append(orders, term.desc), append(cmps, func(a, b kit.Note) int { return term.cmp(b, a) })
		}
	}
	return append(orders, kit.NoteID.Asc()), func(a, b kit.Note) int {
		for _, cmp := range cmps {
			if c := cmp(a, b); c != 0 {
				return c
			}
		}
		return int(a.ID - b.ID)
	}
}

// Ensure that random queries find the same rows on both engines as a reading of the conditions in Go does. TARGETS: 31
// (short)
func TestDifferential(t *testing.T) {
	t.Parallel()
	is := is.New(t)
	ctx := context.Background()
	g := thinker{seed(t)}
	lite, pg := kit.Notes(kit.Open(t, dbtest.SQLite(t))), kit.Notes(kit.Open(t, dbtest.Postgres(t)))
	rows := make([]kit.Note, 120)
	for i := range rows {
		rows[i] = g.note()
	}
	other := slices.Clone(rows)
	is.NoErr(lite.CreateMany(ctx, rows))
	is.NoErr(pg.CreateMany(ctx, other))
	for i := range dbtest.Size(600, 2000) {
		th := g.tree(4)
		orders, cmp := g.order()
		page := func(q *prom.Query[kit.Note]) *prom.Query[kit.Note] { return q }
		var want []kit.Note
		for j := range rows {
			if th.of(&rows[j]) == yes {
				want = append(want, rows[j])
			}
		}
		slices.SortFunc(want, cmp)
		total := len(want)
		if g.r.IntN(2) == 0 {
			limit, offset := g.r.IntN(40), g.r.IntN(40)
			page = func(q *prom.Query[kit.Note]) *prom.Query[kit.Note] { return q.Limit(limit).Offset(offset) }
			want = want[min(offset, total):]
			want = want[:min(limit, len(want))]
		}
		for engine, repo := range map[string]*prom.Repo[kit.Note]{"sqlite": lite, "postgres": pg} {
			q := page(repo.Where(th.cond).OrderBy(orders...))
			got, err := q.All(ctx)
			if err != nil {
				t.Fatalf("query %d on %s: %v", i, engine, err)
			}
			if a, b := ids(got), ids(want); !slices.Equal(a, b) {
				text, args, _ := q.SQL()
				t.Fatalf("query %d on %s: %v, not %v\n%s\n%v", i, engine, a, b, text, args)
			}
			if n := kit.Count(t, q); n != len(want) {
				t.Fatalf("query %d on %s: the count is %d, not %d", i, engine, n, len(want))
			}
		}
	}
}

func ids(list []kit.Note) []int64 {
	keys := make([]int64, len(list))
	for i := range list {
		keys[i] = list[i].ID
	}
	return keys
}
