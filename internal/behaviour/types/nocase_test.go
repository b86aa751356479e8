package types_test

import (
	"context"
	"errors"
	"slices"
	"strings"
	"testing"

	"github.com/matryer/is"

	"github.com/prom-go/prom"
	"github.com/prom-go/prom/internal/behaviour/kit"
	"github.com/prom-go/prom/internal/dbtest"
)

// Nickname is a model of texts whose case is ignored.
type Nickname struct {
	prom.Model
	Name string  `prom:"nocase,unique"`
	Nick *string `prom:"nocase,index"`
	No   int
}

var (
	nickname     = prom.Proto[Nickname]()
	nicknameName = prom.TextOf(nickname, &nickname.Name)
	nicknameNick = prom.NullTextOf(nickname, &nickname.Nick)
	nicknameNo   = prom.NumberOf(nickname, &nickname.No)
)

// asciiLower is what nocase makes of a text.
func asciiLower(s string) string {
	return strings.Map(func(r rune) rune {
		if r >= 'A' && r <= 'Z' {
			r += 'a' - 'A'
		}
		return r
	}, s)
}

// oddNames are texts that differ, for nocase, though some collations take them for equal.
var oddNames = []string{"Anna", "BEN", "_", "[", "Z", "\u00e9", "\u00c9", "e\u0301", "E\u0301x", "\ufb01", "FI", "2",
	"\u00b2", "\uff21", "\uff41", "ab", "a\u200bB", "Stra\u00dfe", "STRASSE",
	"\u0130", "i", "\u0131", "\u03c3", "\u03c2", "\u03a3", "a'b\\%", ""}

// Ensure that nocase ignores the case of A to Z and nothing else, in conditions, orders, pages, groups and unique
// indexes.
// parity: X6
func TestNoCase(t *testing.T) {
	t.Parallel()
	dbtest.EachMode(t, func(t *testing.T, e dbtest.Engine) {
		is := is.New(t)
		ctx := context.Background()
		db := kit.Open(t, e.DSN)
		repo := prom.NewRepo[Nickname](prom.Using(db))
		for i, name := range oddNames {
			nick := strings.Map(swapASCII, oddNames[i/2*2]) // of two rows each
			if i%2 == 0 {
				nick = name
			}
			v := Nickname{Name: name, Nick: &nick, No: i}
			is.NoErr(repo.Create(ctx, &v))
		}
		for _, name := range oddNames {
			if other := strings.Map(swapASCII, name); other != name {
				is.True(errors.Is(repo.Create(ctx, &Nickname{Name: other}), prom.ErrUnique))
			}
		}
		names := func(q *prom.Query[Nickname]) (list []string) {
			rows, err := q.All(ctx)
			is.NoErr(err)
			for _, v := range rows {
				list = append(list, v.Name)
			}
			return list
		}
		byFold := func(a, b string) int { return strings.Compare(asciiLower(a), asciiLower(b)) }
		sorted := slices.SortedFunc(slices.Values(oddNames), byFold)
		is.Equal(names(repo.OrderBy(nicknameName.Asc())), sorted)
		reversed := slices.Clone(sorted)
		slices.Reverse(reversed)
		is.Equal(names(repo.OrderBy(nicknameName.Desc())), reversed)
		for i, name := range sorted {
			ask := strings.Map(swapASCII, name)
			is.Equal(names(repo.Where(nicknameName.Eq(ask))), []string{name})
			is.Equal(names(repo.Where(nicknameName.In(ask, "none"))), []string{name})
			is.Equal(len(names(repo.Where(nicknameName.NotIn(ask)))), len(oddNames)-1)
			is.Equal(len(names(repo.Where(nicknameName.Ne(ask)))), len(oddNames)-1)
			is.Equal(len(names(repo.Where(nicknameName.Lt(ask)))), i)
			is.Equal(len(names(repo.Where(nicknameName.Gte(ask)))), len(oddNames)-i)
			is.Equal(len(names(repo.Where(nicknameName.Between(ask, ask)))), 1)
			v := Nickname{Name: ask, No: -1}
			created, err := repo.GetOrCreate(ctx, &v, nicknameName)
			is.NoErr(err)
			is.True(!created)
			is.Equal(v.Name, name)
			w := Nickname{Name: ask, Nick: v.Nick, No: v.No}
			is.NoErr(repo.Upsert(ctx, &w, nicknameName))
			is.Equal(w.ID, v.ID)
		}
		is.Equal(kit.Count(t, repo.Query()), len(oddNames))
		var paged []string
		for v, err := range repo.OrderBy(nicknameName.Asc()).Each(ctx) {
			is.NoErr(err)
			paged = append(paged, v.Name)
		}
		is.Equal(paged, sorted)

		var nicks []string
		for i := 0; i < len(oddNames); i += 2 {
			nicks = append(nicks, oddNames[i])
		}
		fold := func(list []string) []string {
			for i := range list {
				list[i] = asciiLower(list[i])
			}
			slices.Sort(list)
			return list
		}
		nicks = fold(nicks)
		least, err := prom.Scalar(ctx, repo.Query(), prom.Min(nicknameNick))
		is.NoErr(err)
		most, err := prom.Scalar(ctx, repo.Query(), prom.Max(nicknameNick))
		is.NoErr(err)
		is.Equal(fold([]string{least, most}), []string{nicks[0], nicks[len(nicks)-1]})
		n, err := prom.Scalar(ctx, repo.Query(), prom.CountDistinct(nicknameNick))
		is.NoErr(err)
		is.Equal(int(n), len(nicks))
		distinct, err := prom.Pluck(repo.OrderBy(nicknameNick.Asc()), nicknameNick).Distinct().All(ctx)
		is.NoErr(err)
		is.Equal(fold(distinct), nicks)
		groups, err := prom.Pluck2(repo.OrderBy(nicknameNick.Desc()), nicknameNick, prom.Count(nickname)).All(ctx)
		is.NoErr(err)
		is.Equal(len(groups), len(nicks))
		for i, g := range groups {
			is.Equal(asciiLower(g.A), nicks[len(nicks)-1-i])
			is.True(g.B == 2 || i == len(nicks)-1-slices.Index(nicks, asciiLower(oddNames[len(oddNames)-1])))
		}
		is.Equal(kit.Count(t, repo.Where(prom.InQuery(nicknameName, prom.Pluck(repo.Query(), nicknameNick)))), len(nicks))
		is.Equal(kit.Count(t, repo.Where(prom.Eq(nicknameNick, nicknameName))), len(nicks))
		ranks, err := prom.Pluck2(repo.Query(), nicknameName, prom.Over(prom.Count(nickname),
			prom.PartitionBy[*Nickname](nicknameNick))).All(ctx)
		is.NoErr(err)
		two := 0
		for _, r := range ranks {
			two += int(r.B) / 2
		}
		is.Equal(two, len(oddNames)/2*2)
		listed := names(repo.OrderBy(prom.ByList(nicknameName, "ben", "anna"), nicknameNo.Asc()))
		is.Equal(listed[:2], []string{"BEN", "Anna"})
	})
}

// Ensure that texts which are computed of nocase columns heed case, and the known differences: on PostgreSQL a union
// is case-sensitive, and a window has no least text that ignores it.
func TestNoCaseDiffers(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, e dbtest.Engine) {
		is := is.New(t)
		ctx := context.Background()
		db := kit.Open(t, e.DSN)
		repo := prom.NewRepo[Nickname](prom.Using(db))
		nick := "ANNA"
		kit.MustCreate(t, repo, Nickname{Name: "Anna", Nick: &nick})
		type Loose struct { // without a key, by which all rows would differ
			Name string `prom:"nocase"`
		}
		loose := prom.NewRepo[Loose](prom.Using(db))
		kit.MustCreate(t, loose, Loose{"Anna"})
		kit.MustCreate(t, loose, Loose{"ANNA"})
		all, err := prom.Union(loose.Query(), loose.Query()).All(ctx)
		is.NoErr(err)
		is.Equal(len(all), map[string]int{dbtest.NameSQLite: 1, dbtest.NamePostgres: 2}[e.Name])
		computed := prom.Replace(nicknameName, "n", "m")
		err = kit.ErrOf(prom.Pluck(repo.Query(), prom.Over(prom.Min(nicknameName),
			prom.PartitionBy[*Nickname](nicknameNo))).All(ctx))
		is.Equal(err != nil, e.Name == dbtest.NamePostgres)
		kit.MustCreate(t, repo, Nickname{Name: "anNo"})
		least, err := prom.Scalar(ctx, repo.Query(), prom.Min(computed))
		is.NoErr(err)
		is.Equal(least, "Amma")
		groups, err := prom.Pluck2(repo.OrderBy(computed.Desc()), computed, prom.Count(nickname)).All(ctx)
		is.NoErr(err)
		is.True(len(groups) == 2 && groups[0].A == "amNo")
		is.Equal(kit.Count(t, repo.Where(prom.Eq(computed, prom.Val(nickname, "AMMA")))), 0)
		is.Equal(kit.Count(t, repo.Where(prom.Eq(prom.Val(nickname, "ANNA"), nicknameName))), 1)
		is.Equal(kit.Count(t, repo.Where(prom.Eq(prom.Coalesce(nicknameNick, prom.Val(nickname, "")),
			prom.Val(nickname, "anna")))), 0)
	})
}

// Ensure that a column and its index of an earlier version, which ignore case by a collation, stay as they are: nothing
// is planned, and upserts find the existing row, in the words of that index.
func TestNoCaseOfBefore(t *testing.T) {
	t.Parallel()
	is := is.New(t)
	ctx := context.Background()
	db := kit.Open(t, dbtest.Postgres(t))
	kit.RunSQL(t, db, `CREATE COLLATION prom_nocase (provider = icu, locale = 'und-u-ks-level2', deterministic = false)`,
		`CREATE TABLE nickname (_id bigint GENERATED BY DEFAULT AS IDENTITY PRIMARY KEY, _created timestamptz NOT NULL, _updated timestamptz NOT NULL,
			name text COLLATE prom_nocase NOT NULL, nick text COLLATE prom_nocase, no bigint NOT NULL)`,
		"CREATE UNIQUE INDEX nickname_name ON nickname (name)", "CREATE INDEX nickname_nick ON nickname (nick)")
	repo := prom.NewRepo[Nickname](prom.Using(db))
	plan, err := prom.Plan(ctx, repo)
	is.NoErr(err)
	is.Equal(len(plan.Steps), 0)
	is.NoErr(prom.Check(ctx, repo))
	anna := kit.MustCreate(t, repo, Nickname{Name: "Anna"})
	for _, in := range []func(func(context.Context) error) error{
		func(fn func(context.Context) error) error { return fn(ctx) },
		func(fn func(context.Context) error) error { return db.Tx(ctx, fn) },
	} {
		is.NoErr(in(func(ctx context.Context) error {
			v := Nickname{Name: "ANNA", No: 1}
			created, err := repo.GetOrCreate(ctx, &v, nicknameName)
			is.True(!created && v.ID == anna.ID)
			w := Nickname{Name: "aNNa", No: 2}
			err = errors.Join(err, repo.Upsert(ctx, &w, nicknameName))
			is.Equal(w.ID, anna.ID)
			return err
		}))
	}
	is.Equal(kit.Count(t, repo.Where(nicknameName.In("anna", "x"))), 1)
	kit.MustCreate(t, repo, Nickname{Name: "\ufb01"})
	is.True(errors.Is(repo.Create(ctx, &Nickname{Name: "FI"}), prom.ErrUnique)) // for the collation
	is.Equal(kit.Count(t, repo.Where(nicknameName.Eq("FI"))), 0)
	is.NoErr(prom.Install(ctx, repo))
	is.NoErr(prom.Check(ctx, repo))
}

// Ensure that nocase can be given to a column that is there, and taken from it, by a plan, with its index.
func TestNoCasePlanned(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, e dbtest.Engine) {
		is := is.New(t)
		ctx := context.Background()
		db := kit.Open(t, e.DSN)
		type Badge struct {
			prom.Model
			Name string `prom:"unique"`
		}
		exact := prom.NewRepo[Badge](prom.Using(db))
		kit.MustCreate(t, exact, Badge{Name: "Anna"})
		folded := badges(db)
		for _, to := range []prom.AnyRepo{folded, exact, folded} {
			plan, err := prom.Plan(ctx, to)
			is.NoErr(err)
			is.True(len(plan.Steps) > 0)
			is.NoErr(kit.ErrOf(prom.Apply(ctx, plan, prom.Additive, prom.Locking, prom.Rewriting, prom.Lossy)))
			plan, err = prom.Plan(ctx, to)
			is.NoErr(err)
			is.Equal(len(plan.Steps), 0)
			err = exact.Create(ctx, &Badge{Name: "ANNA"})
			is.Equal(errors.Is(err, prom.ErrUnique), to == folded)
			_, err = prom.DeleteReturning(ctx, exact.WithoutWhere())
			is.NoErr(err)
			kit.MustCreate(t, exact, Badge{Name: "Anna"})
		}
	})
}

func badges(db *prom.DB) prom.AnyRepo {
	type Badge struct {
		prom.Model
		Name string `prom:"unique,nocase"`
	}
	return prom.NewRepo[Badge](prom.Using(db))
}

func swapASCII(r rune) rune {
	switch {
	case r >= 'A' && r <= 'Z':
		return r + 'a' - 'A'
	case r >= 'a' && r <= 'z':
		return r - 'a' + 'A'
	}
	return r
}

// Heard is a case-sensitive text beside one that is not.
type Heard struct {
	prom.Model
	Plain string
	Any   string `prom:"nocase"`
}

var (
	heard      = prom.Proto[Heard]()
	heardPlain = prom.TextOf(heard, &heard.Plain)
	heardAny   = prom.TextOf(heard, &heard.Any)
)

// Ensure that a term is in a subquery's values when it equals one of them: what is computed ignores case beside a
// column that does, as by Eq, and a column is compared as it is by itself.
func TestNoCaseInQuery(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, e dbtest.Engine) {
		is := is.New(t)
		ctx := context.Background()
		repo := prom.NewRepo[Heard](prom.Using(kit.Open(t, e.DSN)))
		is.NoErr(repo.CreateMany(ctx, []Heard{{Plain: "Apple", Any: "Apple"}, {Plain: "pear", Any: "PEAR"},
			{Plain: "FIG", Any: "none"}}))
		values := prom.Pluck(repo.Query(), heardAny)
		count := func(c prom.Cond[*Heard]) int { return kit.Count(t, repo.Where(c)) }
		is.Equal(count(prom.InQuery(prom.Lower(heardPlain), values)), 2)
		is.Equal(count(prom.Not(prom.InQuery(prom.Upper(heardPlain), values))), 1)
		is.Equal(count(prom.InQuery(prom.Val(heard, "APPLE"), values)), 3)
		is.Equal(count(prom.InQuery(prom.Coalesce(heardPlain, heardPlain), values)), 2)
		is.Equal(count(prom.InQuery(heardPlain, values)), 1)
		is.Equal(count(prom.InQuery(heardAny, prom.Pluck(repo.Query(), heardPlain))), 2)
	})
}
