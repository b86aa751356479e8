package query_test

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
	"github.com/prom-go/prom/internal/behaviour/kit"
	"github.com/prom-go/prom/internal/dbtest"
)

// Ensure that no row is asked for or returned with a limit of none.
// parity: W3 Q32
func TestLimitOfNone(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, e dbtest.Engine) {
		is := is.New(t)
		ctx := context.Background()
		repo := kit.Notes(kit.Open(t, e.DSN))
		kit.MustCreate(t, repo, kit.Note{Title: "a"})
		list, err := repo.Limit(0).All(ctx)
		is.NoErr(err)
		is.Equal(len(list), 0)
		n, err := repo.Limit(0).Count(ctx)
		is.NoErr(err)
		is.Equal(n, 0)
		_, err = repo.Limit(0).First(ctx)
		is.True(errors.Is(err, prom.ErrNotFound))
	})
}

// Ensure that conditions hold for the right rows, with NULL as SQL has it, nested to any depth.
// parity: Q5 Q6 Q7 Q8 Q9 Q14 Q15 B17 B28
func TestConditions(t *testing.T) {
	t.Parallel()
	two := 2
	and, or, not := prom.And[*kit.Note], prom.Or[*kit.Note], prom.Not[*kit.Note]
	var zero prom.Cond[*kit.Note]
	tests := map[string]struct {
		cond prom.Cond[*kit.Note]
		want []int // of the views 0 to 7, whose stars are NULL 0 1 NULL 2 2 NULL 3
	}{
		"eq":            {kit.NoteViews.Eq(3), []int{3}},
		"ne":            {kit.NoteViews.Ne(3), []int{0, 1, 2, 4, 5, 6, 7}},
		"gt":            {kit.NoteViews.Gt(5), []int{6, 7}},
		"gte":           {kit.NoteViews.Gte(6), []int{6, 7}},
		"lt":            {kit.NoteViews.Lt(1), []int{0}},
		"lte":           {kit.NoteViews.Lte(1), []int{0, 1}},
		"between":       {kit.NoteViews.Between(2, 4), []int{2, 3, 4}},
		"between none":  {kit.NoteViews.Between(4, 2), nil},
		"in":            {kit.NoteViews.In(7, 2, 2, 99), []int{2, 7}},
		"in none":       {kit.NoteViews.In(), nil},
		"not in":        {kit.NoteViews.NotIn(0, 1, 2, 3), []int{4, 5, 6, 7}},
		"not in none":   {kit.NoteViews.NotIn(), []int{0, 1, 2, 3, 4, 5, 6, 7}},
		"null eq":       {kit.NoteStars.Eq(2), []int{4, 5}},
		"null ne":       {kit.NoteStars.Ne(2), []int{1, 2, 7}},
		"null lt":       {kit.NoteStars.Lt(2), []int{1, 2}},
		"null in":       {kit.NoteStars.In(2, 3), []int{4, 5, 7}},
		"null in none":  {kit.NoteStars.In(), nil},
		"null not in":   {kit.NoteStars.NotIn(2, 3), []int{1, 2}},
		"null not none": {kit.NoteStars.NotIn(), []int{0, 1, 2, 3, 4, 5, 6, 7}},
		"is null":       {kit.NoteStars.IsNull(), []int{0, 3, 6}},
		"not null":      {kit.NoteStars.NotNull(), []int{1, 2, 4, 5, 7}},
		"is":            {kit.NoteStars.Is(&two), []int{4, 5}},
		"is nil":        {kit.NoteStars.Is(nil), []int{0, 3, 6}},
		"is not":        {kit.NoteStars.IsNot(&two), []int{0, 1, 2, 3, 6, 7}},
		"is not nil":    {kit.NoteStars.IsNot(nil), []int{1, 2, 4, 5, 7}},
		"not of null":   {not(kit.NoteStars.Eq(2)), []int{1, 2, 7}},
		"not is":        {not(kit.NoteStars.Is(&two)), []int{0, 1, 2, 3, 6, 7}},
		"not not":       {not(not(kit.NoteViews.Eq(3))), []int{3}},
		"zero":          {zero, []int{0, 1, 2, 3, 4, 5, 6, 7}},
		"not zero":      {not(zero), []int{0, 1, 2, 3, 4, 5, 6, 7}},
		"and none":      {and(), []int{0, 1, 2, 3, 4, 5, 6, 7}},
		"or none":       {or(), nil},
		"not or none":   {not(or()), []int{0, 1, 2, 3, 4, 5, 6, 7}},
		"or zero":       {or(zero, kit.NoteViews.Eq(1)), []int{1}},
		"and zero":      {and(zero, kit.NoteViews.Eq(1)), []int{1}},
		"or":            {or(kit.NoteViews.Eq(1), kit.NoteStars.IsNull()), []int{0, 1, 3, 6}},
		"or in and":     {and(or(kit.NoteViews.Eq(1), kit.NoteViews.Eq(2)), kit.NoteViews.Gt(1)), []int{2}},
		"and in or":     {or(and(kit.NoteViews.Gt(1), kit.NoteViews.Lt(3)), kit.NoteViews.Eq(7)), []int{2, 7}},
		"not and":       {not(and(kit.NoteViews.Gte(2), kit.NoteViews.Lt(7))), []int{0, 1, 7}},
		"deep": {or(and(not(or(kit.NoteViews.Lt(6), and(kit.NoteStars.IsNull(), zero)))),
			and(or(), kit.NoteViews.Eq(1))), []int{7}},
		"true and null":  {and(kit.NoteViews.Gte(0), kit.NoteStars.Gt(-1)), []int{1, 2, 4, 5, 7}},
		"false and null": {not(and(kit.NoteViews.Lt(0), kit.NoteStars.Gt(-1))), []int{0, 1, 2, 3, 4, 5, 6, 7}},
		"true or null":   {or(kit.NoteViews.Gte(0), kit.NoteStars.Gt(-1)), []int{0, 1, 2, 3, 4, 5, 6, 7}},
	}
	dbtest.EachMode(t, func(t *testing.T, e dbtest.Engine) {
		repo := kit.Tiles(t, kit.Open(t, e.DSN), 8)
		for name, tt := range tests {
			if got := kit.Views(t, repo.Where(tt.cond), false); !slices.Equal(got, tt.want) {
				t.Errorf("%s: %v, not %v", name, got, tt.want)
			}
			if n := kit.Count(t, repo.Where(tt.cond)); n != len(tt.want) {
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
		repo := kit.Tiles(t, kit.Open(t, e.DSN), 2000)
		for _, n := range []int{0, 1, 999, 1000, 32_767, 65_536, 1_000_000} {
			list, texts := make([]int, n), make([]string, min(n, 65_536))
			for i := range list {
				list[i] = i * 2
			}
			for i := range texts {
				texts[i] = fmt.Sprintf("n%04d", i*2)
			}
			even := min(n, 1000)
			is.Equal(kit.Count(t, repo.Where(kit.NoteViews.In(list...))), even)
			if n < 1_000_000 {
				is.Equal(kit.Count(t, repo.Where(kit.NoteTitle.In(texts...))), even)
				is.Equal(kit.Count(t, repo.Where(kit.NoteViews.NotIn(list...))), 2000-even)
			}
			_, args, err := repo.Where(kit.NoteViews.In(list...)).SQL()
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
		repo := kit.Tiles(t, kit.Open(t, e.DSN), 30)
		for _, n := range []int{15, 16, 17, 33, 1200} {
			equal, other := make([]prom.Cond[*kit.Note], n), make([]prom.Cond[*kit.Note], n)
			for i := range equal {
				equal[i], other[i] = kit.NoteViews.Eq(i+10), kit.NoteViews.Ne(i+10)
			}
			want := min(20, n)
			is.Equal(kit.Count(t, repo.Where(prom.Or(equal...))), want)
			is.Equal(kit.Count(t, repo.Where(prom.And(other...))), 30-want)
			is.Equal(kit.Count(t, repo.Where(other...)), 30-want)
			is.Equal(kit.Count(t, repo.Where(prom.Not(prom.Or(equal...)))), 30-want)
			deleted, err := repo.Where(kit.NoteViews.Lt(0), prom.Or(equal...)).Delete(context.Background())
			is.NoErr(err)
			is.Equal(deleted, 0)
		}
		nested := kit.NoteViews.Eq(1)
		for range 100 {
			nested = prom.Not(prom.And(nested, kit.NoteViews.Gte(0)))
		}
		is.Equal(kit.Count(t, repo.Where(nested)), 1)
		dbtest.Reportf(t, 18, "And and Or of 1,200 terms, Not 100 deep")
	})
}

// Ensure that queries are values: each method returns a new one, and a base that goroutines share is never changed.
// parity: Q1
func TestQueriesAreValues(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, e dbtest.Engine) {
		is := is.New(t)
		repo := kit.Tiles(t, kit.Open(t, e.DSN), 40)
		base := repo.Where(kit.NoteViews.Gte(10), kit.NoteViews.Lt(30)).OrderBy(kit.NoteStars.Asc())
		base = base.Where(kit.NoteViews.Ne(11))
		before, _, err := base.SQL()
		is.NoErr(err)
		var wg sync.WaitGroup
		errs := make([]error, 8)
		for g := range errs {
			wg.Go(func() {
				for i := range 20 {
					q := base.Where(kit.NoteViews.Eq(10 + (g+i)%20)).OrderBy(kit.NoteViews.Desc()).Limit(1 + i)
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
		is.Equal(kit.Count(t, base), 19)

		conds := []prom.Cond[*kit.Note]{kit.NoteViews.Eq(1), kit.NoteViews.Eq(2)}
		either := repo.Where(prom.Or(conds...))
		conds[0] = kit.NoteViews.Eq(99) // the caller's slice is its own
		is.Equal(kit.Count(t, either), 2)
	})
}

// Ensure that SQL written by hand takes arguments of every type, that question marks in quotes are left alone and
// doubled ones are one, and that squirrel's conditions work. parity: Q16
func TestRaw(t *testing.T) {
	t.Parallel()
	five := 5
	raw := rawNote
	same := func(c prom.Cond[*kit.Note], want ...int) func(*testing.T, *prom.Repo[kit.Note], string) {
		return func(t *testing.T, repo *prom.Repo[kit.Note], name string) {
			t.Helper()
			if got := kit.Views(t, repo.Where(kit.NoteViews.Lt(100), c, kit.NoteViews.Gte(0)), false); !slices.Equal(got, want) {
				t.Errorf("%s: %v, not %v", name, got, want)
			}
		}
	}
	tests := map[string]func(*testing.T, *prom.Repo[kit.Note], string){
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
		"sq eq":         same(prom.Sqlizer(note, squirrel.Eq{"views": []int{5, 6}}), 5, 6),
		"sq and": same(prom.Sqlizer(note, squirrel.And{squirrel.Gt{"views": 6},
			squirrel.Or{squirrel.Eq{"title": "n0007"}, squirrel.Expr("1 = 0")}}), 7),
		"sq empty": same(prom.Sqlizer(note, squirrel.Eq{}), 0, 1, 2, 3, 4, 5, 6, 7),
		"sq sub": same(prom.Sqlizer(note, squirrel.Expr("views IN (?)",
			squirrel.Select("max(views)").From("note").Where("views < ?", 5))), 4),
	}
	dbtest.EachMode(t, func(t *testing.T, e dbtest.Engine) {
		repo := kit.Tiles(t, kit.Open(t, e.DSN), 8)
		for name, test := range tests {
			test(t, repo, name)
		}
		if e.Name == dbtest.NamePostgres {
			same(raw(`jsonb_build_object(title, 1) ?? ? AND '{"a?":1}'::jsonb ?? 'a?'`, "n0005"), 5)(t, repo, "operator ?")
			same(raw(`title = $a$n0005$a$ AND $$?$$ <> ? AND views = ANY(?)`, "", []int{4, 5}), 5)(t, repo, "dollar quotes")
		}
	})
}

func rawNote(sql string, args ...any) prom.Cond[*kit.Note] {
	return prom.Raw(prom.Proto[kit.Note](), sql, args...)
}

// Ensure that SQL by hand that cannot be right is an error before it is sent, without its arguments in the text.
func TestRawRefused(t *testing.T) {
	t.Parallel()
	raw := rawNote
	conds := map[string]prom.Cond[*kit.Note]{
		"empty": raw(""), "spaces": raw(" \n"), "too few": raw("views = ?"), "too many": raw("views = 5",
			"secret"), "dollar": raw("views = $1", "secret"),
		"in quotes": raw("title = '?'",
			"secret"), "quote": raw("title = 'a"), "identifier": raw(`"views = 1`), "comment": raw("views = 1 /* "), "line": raw("views = 1 -- "),
		"numbered": raw("views = ?1", 5), "struct": raw("views = ?", struct{ S string }{"secret"}), "func": raw("views = ?",
			func() {}), "NUL": raw("title = ?", "secret\x00"),
		"UTF-8": raw("title = ?", "secret\xff"), "map": raw("views = ?",
			map[string]int{"secret": 1}), "mixed": raw("views = ANY(?)", []any{1, "secret"}),
		"Sqlizer nil": prom.Sqlizer(note, nil), "Sqlizer fails": prom.Sqlizer(note, squirrel.Eq{"a": map[string]int{}}),
	}
	dbtest.Each(t, func(t *testing.T, e dbtest.Engine) {
		repo := kit.Notes(kit.Open(t, e.DSN))
		for name, c := range conds {
			for _, cond := range []prom.Cond[*kit.Note]{c, prom.Not(c), prom.And(kit.NoteViews.Eq(1), prom.Or(c))} {
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
		db := kit.Open(t, e.DSN)
		q := kit.Notes(db).Where(kit.NoteViews.In(1, 2), prom.Raw(note, "title <> '??' AND views > ?",
			7)).OrderBy(kit.NoteTitle.Desc(), kit.NoteStars.Asc()).Limit(3).Offset(4)
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
