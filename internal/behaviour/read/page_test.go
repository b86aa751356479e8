package read_test

import (
	"context"
	"errors"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/matryer/is"

	"github.com/prom-go/prom"
	"github.com/prom-go/prom/internal/behaviour/kit"
	"github.com/prom-go/prom/internal/dbtest"
)

// Ensure that rows come in the order asked for, NULLs as the greatest of values on both engines. parity: Q27
func TestOrder(t *testing.T) {
	t.Parallel()
	var none prom.Order[*kit.Note]
	tests := map[string]struct {
		orders []prom.Order[*kit.Note]
		want   []int // of the views 0 to 7, whose stars are NULL 0 1 NULL 2 2 NULL 3
	}{
		"desc":        {[]prom.Order[*kit.Note]{kit.NoteViews.Desc()}, []int{7, 6, 5, 4, 3, 2, 1, 0}},
		"nulls last":  {[]prom.Order[*kit.Note]{kit.NoteStars.Asc(), kit.NoteViews.Asc()}, []int{1, 2, 4, 5, 7, 0, 3, 6}},
		"nulls first": {[]prom.Order[*kit.Note]{kit.NoteStars.Desc(), kit.NoteViews.Asc()}, []int{0, 3, 6, 7, 4, 5, 2, 1}},
		"several":     {[]prom.Order[*kit.Note]{kit.NoteStars.Asc(), kit.NoteViews.Desc()}, []int{1, 2, 5, 4, 7, 6, 3, 0}},
		"zero":        {[]prom.Order[*kit.Note]{none, kit.NoteTitle.Desc(), none}, []int{7, 6, 5, 4, 3, 2, 1, 0}},
		"part":        {[]prom.Order[*kit.Note]{prom.Second(kit.NoteAt).Desc()}, []int{7, 6, 5, 4, 3, 2, 1, 0}},
	}
	dbtest.EachMode(t, func(t *testing.T, e dbtest.Engine) {
		repo := kit.Tiles(t, kit.Open(t, e.DSN), 8)
		for name, tt := range tests {
			if got := kit.Views(t, repo.OrderBy(tt.orders...), true); !slices.Equal(got, tt.want) {
				t.Errorf("%s: %v, not %v", name, got, tt.want)
			}
		}
	})
}

// Ensure that limit, offset and page take the right rows and that All, Count, Has and One agree about them; a limit of
// 0 is no row. parity: Q30 Q31 Q32 Q35 Q36 Q37 B25
func TestPages(t *testing.T) {
	t.Parallel()
	dbtest.EachMode(t, func(t *testing.T, e dbtest.Engine) {
		repo := kit.Tiles(t, kit.Open(t, e.DSN), 8)
		all := repo.OrderBy(kit.NoteViews.Asc())
		for name, tt := range map[string]struct {
			q    *prom.Query[kit.Note]
			want []int
		}{
			"all":             {all, kit.UpTo(8)},
			"limit":           {all.Limit(3), []int{0, 1, 2}},
			"limit 0":         {all.Limit(0), nil},
			"limit more":      {all.Limit(99), kit.UpTo(8)},
			"last limit":      {all.Limit(3).Limit(1), []int{0}},
			"offset":          {all.Offset(6), []int{6, 7}},
			"offset 0":        {all.Offset(0), kit.UpTo(8)},
			"offset beyond":   {all.Offset(99), nil},
			"limit, offset":   {all.Limit(2).Offset(3), []int{3, 4}},
			"past the end":    {all.Offset(7).Limit(5), []int{7}},
			"page 1":          {all.Limit(3), []int{0, 1, 2}},
			"page 3":          {all.Limit(3).Offset(6), []int{6, 7}},
			"page 4":          {all.Limit(3).Offset(9), nil},
			"page of huge":    {all.Limit(1 << 62).Offset(1 << 62), nil},
			"limit 0, offset": {all.Limit(0).Offset(2), nil},
			"condition":       {all.Where(kit.NoteViews.Gt(2)).Limit(2).Offset(1), []int{4, 5}},
		} {
			is := is.New(t)
			ctx := context.Background()
			if got := kit.Views(t, tt.q, true); !slices.Equal(got, tt.want) {
				t.Errorf("%s: %v, not %v", name, got, tt.want)
			}
			n, err := tt.q.Count(ctx)
			is.NoErr(err)
			is.Equal(n, len(tt.want))
			has, err := tt.q.Exists(ctx)
			is.NoErr(err)
			is.Equal(has, len(tt.want) > 0)
			one, err := tt.q.First(ctx)
			if len(tt.want) == 0 {
				is.True(errors.Is(err, prom.ErrNotFound))
				continue
			}
			is.NoErr(err)
			is.Equal(one.Views, tt.want[0])
		}
		for _, q := range []*prom.Query[kit.Note]{all.Limit(-1), all.Offset(-1), all.Limit(3).Offset(-3),
			all.Limit(-1).Limit(2)} {
			is := is.New(t)
			_, err := q.All(context.Background())
			is.True(errors.Is(err, prom.ErrValidation))
			_, err = q.Count(context.Background())
			is.True(errors.Is(err, prom.ErrValidation))
		}
	})
}

// Ensure that an update by query assigns, adds and subtracts, tells how many rows there were, and maintains the time of
// the update unless it is assigned. parity: Q39 Q42
func TestUpdateQuery(t *testing.T) {
	t.Parallel()
	updated := prom.TimeOf(note, &note.Updated)
	dbtest.EachMode(t, func(t *testing.T, e dbtest.Engine) {
		is := is.New(t)
		ctx := context.Background()
		repo := kit.Tiles(t, kit.Open(t, e.DSN), 6) // stars NULL 0 1 NULL 2 2
		before, err := repo.OrderBy(kit.NoteID.Asc()).All(ctx)
		is.NoErr(err)
		n, err := repo.Where(kit.NoteViews.Lt(4)).Update(ctx, kit.NoteViews.Add(10), kit.NoteStars.Sub(1),
			kit.NoteTitle.Set("?'"))
		is.NoErr(err)
		is.Equal(n, 4)
		after, err := repo.OrderBy(kit.NoteID.Asc()).All(ctx)
		is.NoErr(err)
		for i, got := range after {
			changed := i < 4
			is.Equal(got.Views == i+10 && got.Title == "?'", changed)
			is.Equal(got.Updated.After(before[i].Updated), changed)
			is.True(got.Created.Equal(before[i].Created))
			is.Equal(got.Stars == nil, i%3 == 0) // NULL stays NULL
		}
		is.Equal([]int{*after[1].Stars, *after[2].Stars}, []int{-1, 0})

		day := time.Date(2001, 2, 3, 0, 0, 0, 0, time.UTC)
		n, err = repo.Where(kit.NoteViews.Eq(5)).Update(ctx, updated.Set(day))
		is.NoErr(err)
		is.Equal(n, 1)
		is.Equal(kit.Count(t, repo.Where(updated.Eq(day))), 1)
		n, err = repo.Where(kit.NoteViews.Eq(999)).Update(ctx, kit.NoteViews.Set(0))
		is.NoErr(err)
		is.Equal(n, 0)
	})
}

// Ensure that increments by many goroutines all count. parity: Q42
func TestIncrement(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, e dbtest.Engine) {
		is := is.New(t)
		repo := kit.Tiles(t, kit.Open(t, e.DSN), 1)
		var wg sync.WaitGroup
		errs := make([]error, 8)
		for g := range errs {
			wg.Go(func() {
				for range 25 {
					_, err := repo.Where(kit.NoteTitle.Eq("n0000")).Update(context.Background(), kit.NoteViews.Add(1))
					errs[g] = errors.Join(errs[g], err)
				}
			})
		}
		wg.Wait()
		is.NoErr(errors.Join(errs...))
		is.Equal(kit.Views(t, repo.Query(), true), []int{200})
	})
}

// Ensure that an increment beyond what the field's type holds is an error on both engines, and nothing is changed.
// TARGETS: 19
func TestIncrementOverflow(t *testing.T) {
	t.Parallel()
	type small struct {
		prom.Model
		Tiny int8
		Byte uint8
		Half int32
		Long int64
		Free uint32
	}
	smallProto := prom.Proto[small]()

	tiny := prom.NumberOf(smallProto, &smallProto.Tiny)
	octet := prom.NumberOf(smallProto, &smallProto.Byte)
	half := prom.NumberOf(smallProto, &smallProto.Half)
	long := prom.NumberOf(smallProto, &smallProto.Long)
	free := prom.NumberOf(smallProto, &smallProto.Free)
	dbtest.Each(t, func(t *testing.T, e dbtest.Engine) {
		is := is.New(t)
		ctx := context.Background()
		repo := prom.NewRepo[small](prom.Using(kit.Open(t, e.DSN)))
		v := small{Tiny: 127, Byte: 255, Half: 1<<31 - 1, Long: 1<<63 - 1, Free: 1<<32 - 1}
		is.NoErr(repo.Create(ctx, &v))
		for name, a := range map[string]prom.Assign[*small]{
			"int8": tiny.Add(1), "uint8": octet.Add(1), "int32": half.Add(1), "int64": long.Add(1), "uint32": free.Add(1), "int8-": tiny.Sub(-1),
		} {
			if _, err := repo.WithoutWhere().Update(ctx, a); err == nil {
				t.Errorf("%s: no error", name)
			}
		}
		got, err := repo.Get(ctx, v.ID)
		is.NoErr(err)
		is.Equal([]int64{int64(got.Tiny), int64(got.Byte), int64(got.Half), got.Long, int64(got.Free)},
			[]int64{127, 255, 1<<31 - 1, 1<<63 - 1, 1<<32 - 1})
	})
}

// Ensure that deletes by query delete the right rows, and that updates and deletes without any condition, on a page, or
// with a wrong assignment are refused before any SQL. parity: Q40 F16
func TestWritesRefused(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, e dbtest.Engine) {
		is := is.New(t)
		ctx := context.Background()
		repo := kit.Tiles(t, kit.Open(t, e.DSN), 6)
		var zero prom.Cond[*kit.Note]
		some := repo.Where(kit.NoteViews.Lt(3))
		for name, q := range map[string]*prom.Query[kit.Note]{
			"no condition": repo.Query(), "zero condition": repo.Where(zero), "empty and": repo.Where(prom.And[*kit.Note](),
				prom.And(zero, prom.And(zero))),
			"limit": some.Limit(1), "offset": some.Offset(1), "order": some.OrderBy(kit.NoteViews.Asc()), "all rows, limit": repo.WithoutWhere().Limit(1), "bad": some.Limit(-1),
		} {
			_, err := q.Delete(ctx)
			_, err2 := q.Update(ctx, kit.NoteViews.Set(1))
			if !errors.Is(err, prom.ErrValidation) || !errors.Is(err2, prom.ErrValidation) {
				t.Errorf("%s: %v, %v", name, err, err2)
			}
		}
		for name, assigns := range map[string][]prom.Assign[*kit.Note]{
			"none": nil, "zero": make([]prom.Assign[*kit.Note], 2), "twice": {kit.NoteViews.Set(1),
				kit.NoteViews.Add(1)}, "rule": {kit.NoteTitle.Set("")}, "NUL": {kit.NoteTitle.Set("\x00")},
		} {
			if _, err := some.Update(ctx, assigns...); !errors.Is(err, prom.ErrValidation) {
				t.Errorf("%s: %v", name, err)
			}
		}
		is.Equal(kit.Views(t, repo.OrderBy(kit.NoteViews.Asc()), true), kit.UpTo(6))

		n, err := some.Delete(ctx)
		is.NoErr(err)
		is.Equal(n, 3)
		n, err = repo.WithoutWhere().Update(ctx, kit.NoteViews.Set(9))
		is.NoErr(err)
		is.Equal(n, 3)
		n, err = repo.WithoutWhere().Delete(ctx)
		is.NoErr(err)
		is.Equal(n, 3)
	})
}

// Ensure that numbers of pages which come from a request and cannot be are violations, as bad values are, each of them.
func TestPages_Violations(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, e dbtest.Engine) {
		ctx, q := kit.Ended(t), kit.Notes(kit.Open(t, e.DSN)).OrderBy(kit.NoteViews.Asc())
		for name, tt := range map[string]struct {
			err    error
			fields []string
		}{
			"page":       {kit.ErrOf(q.Page(ctx, 0, 10)), []string{"page"}},
			"size":       {kit.ErrOf(q.Page(ctx, 1, -1, prom.WithoutTotal())), []string{"size"}},
			"both":       {kit.ErrOf(q.Page(ctx, 0, 0)), []string{"page", "size"}},
			"limit":      {kit.ErrOf(q.PageAt(ctx, 0, 0)), []string{"limit"}},
			"offset":     {kit.ErrOf(q.PageAt(ctx, 10, -1)), []string{"offset"}},
			"keyset":     {kit.ErrOf(q.KeysetPage(ctx, "", 0)), []string{"size"}},
			"limit 0, -": {kit.ErrOf(q.PageAt(ctx, -5, -1)), []string{"limit", "offset"}},
		} {
			var broken prom.Violations
			if !errors.Is(tt.err, prom.ErrValidation) || !errors.As(tt.err, &broken) || len(broken) != len(tt.fields) {
				t.Errorf("%s: %v", name, tt.err)
				continue
			}
			for i, v := range broken {
				least := int64(1)
				if v.Field == "offset" {
					least = 0
				}
				if v.Field != tt.fields[i] || v.Column != "" || v.Rule != "min" || v.Limits.Min != least || v.Reason == "" {
					t.Errorf("%s: %+v", name, v)
				}
			}
		}
	})
}
