package prom_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/Masterminds/squirrel"
	"github.com/matryer/is"

	"github.com/prom-go/prom"
	"github.com/prom-go/prom/internal/dbtest"
)

// tiles fills a repo of notes: views 0 to n-1, and stars the views divided by 2, or NULL when they are divisible by 3.
func tiles(t *testing.T, db *prom.DB, n int) *prom.Repo[Note] {
	t.Helper()
	list := make([]Note, n)
	for i := range list {
		list[i] = Note{Title: fmt.Sprintf("n%04d", i), Views: i, At: time.Unix(int64(i), 0)}
		if i%3 != 0 {
			half := i / 2
			list[i].Stars = &half
		}
	}
	repo := notes(db)
	if err := repo.CreateMany(context.Background(), list); err != nil {
		t.Fatal(err)
	}
	return repo
}

// views lists the views of the rows of a query, in its order, or by size when it has none.
func views(t *testing.T, q *prom.Query[Note], ordered bool) []int {
	t.Helper()
	list, err := q.All(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	got := make([]int, len(list))
	for i := range list {
		got[i] = list[i].Views
	}
	if !ordered {
		slices.Sort(got)
	}
	return got
}

// Ensure that conditions hold for the right rows, with NULL as SQL has it, nested to any depth.
// parity: Q5 Q6 Q7 Q8 Q9 Q14 Q15 B17 B28
func TestConditions(t *testing.T) {
	t.Parallel()
	two := 2
	and, or, not := prom.And[Note], prom.Or[Note], prom.Not[Note]
	var zero prom.Cond[Note]
	tests := map[string]struct {
		cond prom.Cond[Note]
		want []int // of the views 0 to 7, whose stars are NULL 0 1 NULL 2 2 NULL 3
	}{
		"eq":             {NoteViews.Eq(3), []int{3}},
		"ne":             {NoteViews.Ne(3), []int{0, 1, 2, 4, 5, 6, 7}},
		"gt":             {NoteViews.Gt(5), []int{6, 7}},
		"gte":            {NoteViews.Gte(6), []int{6, 7}},
		"lt":             {NoteViews.Lt(1), []int{0}},
		"lte":            {NoteViews.Lte(1), []int{0, 1}},
		"between":        {NoteViews.Between(2, 4), []int{2, 3, 4}},
		"between none":   {NoteViews.Between(4, 2), nil},
		"in":             {NoteViews.In(7, 2, 2, 99), []int{2, 7}},
		"in none":        {NoteViews.In(), nil},
		"not in":         {NoteViews.NotIn(0, 1, 2, 3), []int{4, 5, 6, 7}},
		"not in none":    {NoteViews.NotIn(), []int{0, 1, 2, 3, 4, 5, 6, 7}},
		"null eq":        {NoteStars.Eq(2), []int{4, 5}},
		"null ne":        {NoteStars.Ne(2), []int{1, 2, 7}},
		"null lt":        {NoteStars.Lt(2), []int{1, 2}},
		"null in":        {NoteStars.In(2, 3), []int{4, 5, 7}},
		"null in none":   {NoteStars.In(), nil},
		"null not in":    {NoteStars.NotIn(2, 3), []int{1, 2}},
		"null not none":  {NoteStars.NotIn(), []int{0, 1, 2, 3, 4, 5, 6, 7}},
		"is null":        {NoteStars.IsNull(), []int{0, 3, 6}},
		"not null":       {NoteStars.NotNull(), []int{1, 2, 4, 5, 7}},
		"is":             {NoteStars.Is(&two), []int{4, 5}},
		"is nil":         {NoteStars.Is(nil), []int{0, 3, 6}},
		"is not":         {NoteStars.IsNot(&two), []int{0, 1, 2, 3, 6, 7}},
		"is not nil":     {NoteStars.IsNot(nil), []int{1, 2, 4, 5, 7}},
		"not of null":    {not(NoteStars.Eq(2)), []int{1, 2, 7}},
		"not is":         {not(NoteStars.Is(&two)), []int{0, 1, 2, 3, 6, 7}},
		"not not":        {not(not(NoteViews.Eq(3))), []int{3}},
		"zero":           {zero, []int{0, 1, 2, 3, 4, 5, 6, 7}},
		"not zero":       {not(zero), []int{0, 1, 2, 3, 4, 5, 6, 7}},
		"and none":       {and(), []int{0, 1, 2, 3, 4, 5, 6, 7}},
		"or none":        {or(), nil},
		"not or none":    {not(or()), []int{0, 1, 2, 3, 4, 5, 6, 7}},
		"or zero":        {or(zero, NoteViews.Eq(1)), []int{1}},
		"and zero":       {and(zero, NoteViews.Eq(1)), []int{1}},
		"or":             {or(NoteViews.Eq(1), NoteStars.IsNull()), []int{0, 1, 3, 6}},
		"or in and":      {and(or(NoteViews.Eq(1), NoteViews.Eq(2)), NoteViews.Gt(1)), []int{2}},
		"and in or":      {or(and(NoteViews.Gt(1), NoteViews.Lt(3)), NoteViews.Eq(7)), []int{2, 7}},
		"not and":        {not(and(NoteViews.Gte(2), NoteViews.Lt(7))), []int{0, 1, 7}},
		"deep":           {or(and(not(or(NoteViews.Lt(6), and(NoteStars.IsNull(), zero)))), and(or(), NoteViews.Eq(1))), []int{7}},
		"true and null":  {and(NoteViews.Gte(0), NoteStars.Gt(-1)), []int{1, 2, 4, 5, 7}},
		"false and null": {not(and(NoteViews.Lt(0), NoteStars.Gt(-1))), []int{0, 1, 2, 3, 4, 5, 6, 7}},
		"true or null":   {or(NoteViews.Gte(0), NoteStars.Gt(-1)), []int{0, 1, 2, 3, 4, 5, 6, 7}},
	}
	dbtest.EachMode(t, func(t *testing.T, e dbtest.Engine) {
		repo := tiles(t, open(t, e.DSN), 8)
		for name, tt := range tests {
			if got := views(t, repo.Where(tt.cond), false); !slices.Equal(got, tt.want) {
				t.Errorf("%s: %v, not %v", name, got, tt.want)
			}
			if n := count(t, repo.Where(tt.cond)); n != len(tt.want) {
				t.Errorf("%s: the count is %d, not %d", name, n, len(tt.want))
			}
		}
	})
}

// Ensure that the number of values in a list has no limit, and that it stays one argument.
// suite: 18
func TestLongLists(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, e dbtest.Engine) {
		is := is.New(t)
		repo := tiles(t, open(t, e.DSN), 2000)
		for _, n := range []int{0, 1, 999, 1000, 32_767, 65_536, 1_000_000} {
			list, texts := make([]int, n), make([]string, min(n, 65_536))
			for i := range list {
				list[i] = i * 2
			}
			for i := range texts {
				texts[i] = fmt.Sprintf("n%04d", i*2)
			}
			even := min(n, 1000)
			is.Equal(count(t, repo.Where(NoteViews.In(list...))), even)
			if n < 1_000_000 {
				is.Equal(count(t, repo.Where(NoteTitle.In(texts...))), even)
				is.Equal(count(t, repo.Where(NoteViews.NotIn(list...))), 2000-even)
			}
			_, args, err := repo.Where(NoteViews.In(list...)).SQL()
			is.NoErr(err)
			is.Equal(len(args), 1)
		}
		dbtest.Reportf(t, 18, "IN of 0 to 1,000,000 values, one argument")
	})
}

// Ensure that a chain of 1,200 conditions is no deeper than the engines take, flat and in Where.
// suite: 18
func TestLongChains(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, e dbtest.Engine) {
		is := is.New(t)
		repo := tiles(t, open(t, e.DSN), 30)
		for _, n := range []int{15, 16, 17, 33, 1200} {
			equal, other := make([]prom.Cond[Note], n), make([]prom.Cond[Note], n)
			for i := range equal {
				equal[i], other[i] = NoteViews.Eq(i+10), NoteViews.Ne(i+10)
			}
			want := min(20, n)
			is.Equal(count(t, repo.Where(prom.Or(equal...))), want)
			is.Equal(count(t, repo.Where(prom.And(other...))), 30-want)
			is.Equal(count(t, repo.Where(other...)), 30-want)
			is.Equal(count(t, repo.Where(prom.Not(prom.Or(equal...)))), 30-want)
			deleted, err := repo.Where(NoteViews.Lt(0), prom.Or(equal...)).Delete(context.Background())
			is.NoErr(err)
			is.Equal(deleted, 0)
		}
		nested := NoteViews.Eq(1)
		for range 100 {
			nested = prom.Not(prom.And(nested, NoteViews.Gte(0)))
		}
		is.Equal(count(t, repo.Where(nested)), 1)
		dbtest.Reportf(t, 18, "And and Or of 1,200 terms, Not 100 deep")
	})
}

// Ensure that queries are values: each method returns a new one, and a base that goroutines share is never changed. parity: Q1
func TestQueriesAreValues(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, e dbtest.Engine) {
		is := is.New(t)
		repo := tiles(t, open(t, e.DSN), 40)
		base := repo.Where(NoteViews.Gte(10), NoteViews.Lt(30)).OrderBy(NoteStars.Asc())
		base = base.Where(NoteViews.Ne(11))
		before, _, err := base.SQL()
		is.NoErr(err)
		var wg sync.WaitGroup
		errs := make([]error, 8)
		for g := range errs {
			wg.Go(func() {
				for i := range 20 {
					q := base.Where(NoteViews.Eq(10 + (g+i)%20)).OrderBy(NoteViews.Desc()).Limit(1 + i)
					list, err := q.All(context.Background())
					if v := 10 + (g+i)%20; err == nil && v != 11 && (len(list) != 1 || list[0].Views != v) {
						err = fmt.Errorf("%d rows for %d", len(list), v)
					}
					errs[g] = errors.Join(errs[g], err)
				}
			})
		}
		wg.Wait()
		is.NoErr(errors.Join(errs...))
		after, _, err := base.SQL()
		is.NoErr(err)
		is.Equal(before, after)
		is.Equal(count(t, base), 19)

		conds := []prom.Cond[Note]{NoteViews.Eq(1), NoteViews.Eq(2)}
		either := repo.Where(prom.Or(conds...))
		conds[0] = NoteViews.Eq(99) // the caller's slice is its own
		is.Equal(count(t, either), 2)
	})
}

// Ensure that SQL written by hand takes arguments of every type, that question marks in quotes are left alone and doubled ones
// are one, and that squirrel's conditions work. parity: Q16
func TestRaw(t *testing.T) {
	t.Parallel()
	five, raw := 5, prom.Raw[Note]
	same := func(c prom.Cond[Note], want ...int) func(*testing.T, *prom.Repo[Note], string) {
		return func(t *testing.T, repo *prom.Repo[Note], name string) {
			t.Helper()
			if got := views(t, repo.Where(NoteViews.Lt(100), c, NoteViews.Gte(0)), false); !slices.Equal(got, want) {
				t.Errorf("%s: %v, not %v", name, got, want)
			}
		}
	}
	tests := map[string]func(*testing.T, *prom.Repo[Note], string){
		"int":           same(raw("views = ?", 5), 5),
		"uint8":         same(raw("views = ?", uint8(5)), 5),
		"pointer":       same(raw("views = ?", &five), 5),
		"nil":           same(raw("views = ?", nil)),
		"or":            same(raw("views = ? OR views = ?", 5, 6), 5, 6), // in parentheses of its own
		"text":          same(raw("title = ?", "n0005"), 5),
		"time":          same(raw("at = ?", time.Unix(5, 0)), 5),
		"float":         same(raw("views < ? + 0.0", 1.5), 0, 1),
		"quote":         same(raw("title <> '?' AND views = ?", 5), 5),
		"quotes":        same(raw("title <> 'it''s ? ??' AND views = ?", 5), 5),
		"identifier":    same(raw(`"views" = ? AND "title" <> '??'`, 5), 5),
		"comment":       same(raw("views /* what? */ = ?", 5), 5),
		"doubled quote": same(raw("title || '??' = ? || '??' AND views < ?", "n0005", 9), 5),
		"no argument":   same(raw("views = 5"), 5),
		"sq eq":         same(prom.Sqlizer[Note](squirrel.Eq{"views": []int{5, 6}}), 5, 6),
		"sq and":        same(prom.Sqlizer[Note](squirrel.And{squirrel.Gt{"views": 6}, squirrel.Or{squirrel.Eq{"title": "n0007"}, squirrel.Expr("1 = 0")}}), 7),
		"sq empty":      same(prom.Sqlizer[Note](squirrel.Eq{}), 0, 1, 2, 3, 4, 5, 6, 7),
		"sq sub":        same(prom.Sqlizer[Note](squirrel.Expr("views IN (?)", squirrel.Select("max(views)").From("note").Where("views < ?", 5))), 4),
	}
	dbtest.EachMode(t, func(t *testing.T, e dbtest.Engine) {
		repo := tiles(t, open(t, e.DSN), 8)
		for name, test := range tests {
			test(t, repo, name)
		}
		if e.Name == dbtest.NamePostgres {
			same(raw(`jsonb_build_object(title, 1) ?? ? AND '{"a?":1}'::jsonb ?? 'a?'`, "n0005"), 5)(t, repo, "operator ?")
			same(raw(`title = $a$n0005$a$ AND $$?$$ <> ? AND views = ANY(?)`, "", []int{4, 5}), 5)(t, repo, "dollar quotes")
		}
	})
}

// Ensure that SQL by hand that cannot be right is an error before it is sent, without its arguments in the text.
func TestRawRefused(t *testing.T) {
	t.Parallel()
	raw := prom.Raw[Note]
	conds := map[string]prom.Cond[Note]{
		"empty": raw(""), "spaces": raw(" \n"), "too few": raw("views = ?"), "too many": raw("views = 5", "secret"), "dollar": raw("views = $1", "secret"),
		"in quotes": raw("title = '?'", "secret"), "quote": raw("title = 'a"), "identifier": raw(`"views = 1`), "comment": raw("views = 1 /* "), "line": raw("views = 1 -- "),
		"numbered": raw("views = ?1", 5), "struct": raw("views = ?", struct{ S string }{"secret"}), "func": raw("views = ?", func() {}), "NUL": raw("title = ?", "secret\x00"),
		"UTF-8": raw("title = ?", "secret\xff"), "map": raw("views = ?", map[string]int{"secret": 1}), "mixed": raw("views = ANY(?)", []any{1, "secret"}),
		"Sqlizer nil": prom.Sqlizer[Note](nil), "Sqlizer fails": prom.Sqlizer[Note](squirrel.Eq{"a": map[string]int{}}),
	}
	dbtest.Each(t, func(t *testing.T, e dbtest.Engine) {
		repo := notes(open(t, e.DSN))
		for name, c := range conds {
			for _, cond := range []prom.Cond[Note]{c, prom.Not(c), prom.And(NoteViews.Eq(1), prom.Or(c))} {
				_, err := repo.Where(cond).All(context.Background())
				if !errors.Is(err, prom.ErrValidation) || strings.Contains(err.Error(), "secret") {
					t.Errorf("%s: %v", name, err)
				}
			}
		}
	})
}

// Ensure that the statement and the arguments of a query are shown without connecting. parity: Q22 Q49
func TestSQL(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, e dbtest.Engine) {
		is := is.New(t)
		db := open(t, e.DSN)
		q := notes(db).Where(NoteViews.In(1, 2), prom.Raw[Note]("title <> '??' AND views > ?", 7)).OrderBy(NoteTitle.Desc(), NoteStars.Asc()).Limit(3).Offset(4)
		text, args, err := q.SQL()
		is.NoErr(err)
		is.True(!db.IsOpen())
		columns := `SELECT "title", "body", "views", "stars", "at", "_id", "_created", "_updated" FROM "note" WHERE `
		want := map[string]string{
			dbtest.NameSQLite: columns + `"views" IN (SELECT value FROM json_each(?)) AND (title <> '??' AND views > ?)` +
				` ORDER BY "title" DESC, "stars" NULLS LAST LIMIT ? OFFSET ?`,
			dbtest.NamePostgres: columns + `"views" = ANY($1::bigint[]) AND (title <> '??' AND views > $2)` +
				` ORDER BY "title" DESC, "stars" LIMIT $3 OFFSET $4`,
		}
		is.Equal(text, want[e.Name])
		is.Equal(args, []any{[]int64{1, 2}, int64(7), int64(3), int64(4)})
		_, _, err = q.Limit(-1).SQL()
		is.True(errors.Is(err, prom.ErrValidation))
	})
}
