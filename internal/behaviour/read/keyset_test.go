package read_test

import (
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/matryer/is"

	"github.com/prom-go/prom"
	"github.com/prom-go/prom/internal/behaviour/kit"
	"github.com/prom-go/prom/internal/dbtest"
)

// sheet has a field of every kind that pages can be ordered by, with and without NULL.
type sheet struct {
	A      prom.UUID `prom:"key,auto"`
	B      int       `prom:"key"`
	Text   string
	Fold   string `prom:"nocase"`
	Note   *string
	Number int16
	Float  *float64
	Big    *int64
	At     *time.Time
	Day    time.Time      `prom:"date"`
	Clock  *time.Duration `prom:"clock"`
	Price  string         `prom:"decimal=12.2"`
	Cost   *string        `prom:"decimal=12.2"`
	Code   *prom.UUID
	Bytes  []byte
	Done   *bool
}

var sheetProto = prom.Proto[sheet]()

// sheetOrders are the fields of a sheet, each upwards.
var sheetOrders = []prom.Order[*sheet]{
	prom.OrderedOf(sheetProto, &sheetProto.A).Asc(),
	prom.NumberOf(sheetProto, &sheetProto.B).Asc(),
	prom.TextOf(sheetProto, &sheetProto.Text).Asc(),
	prom.TextOf(sheetProto, &sheetProto.Fold).Asc(),
	prom.NullTextOf(sheetProto, &sheetProto.Note).Asc(),
	prom.NumberOf(sheetProto, &sheetProto.Number).Asc(),
	prom.NullNumberOf(sheetProto, &sheetProto.Float).Asc(),
	prom.NullNumberOf(sheetProto, &sheetProto.Big).Asc(),
	prom.NullTimeOf(sheetProto, &sheetProto.At).Asc(),
	prom.TimeOf(sheetProto, &sheetProto.Day).Asc(),
	prom.NullOrderedOf(sheetProto, &sheetProto.Clock).Asc(),
	prom.TextOf(sheetProto, &sheetProto.Price).Asc(),
	prom.NullTextOf(sheetProto, &sheetProto.Cost).Asc(),
	prom.NullOrderedOf(sheetProto, &sheetProto.Code).Asc(),
	prom.OrderedOf(sheetProto, &sheetProto.Bytes).Asc(),
	prom.NullOrderedOf(sheetProto, &sheetProto.Done).Asc(),
}

// sheetDowns are the same, downwards.
var sheetDowns = []prom.Order[*sheet]{
	prom.OrderedOf(sheetProto, &sheetProto.A).Desc(),
	prom.NumberOf(sheetProto, &sheetProto.B).Desc(),
	prom.TextOf(sheetProto, &sheetProto.Text).Desc(),
	prom.TextOf(sheetProto, &sheetProto.Fold).Desc(),
	prom.NullTextOf(sheetProto, &sheetProto.Note).Desc(),
	prom.NumberOf(sheetProto, &sheetProto.Number).Desc(),
	prom.NullNumberOf(sheetProto, &sheetProto.Float).Desc(),
	prom.NullNumberOf(sheetProto, &sheetProto.Big).Desc(),
	prom.NullTimeOf(sheetProto, &sheetProto.At).Desc(),
	prom.TimeOf(sheetProto, &sheetProto.Day).Desc(),
	prom.NullOrderedOf(sheetProto, &sheetProto.Clock).Desc(),
	prom.TextOf(sheetProto, &sheetProto.Price).Desc(),
	prom.NullTextOf(sheetProto, &sheetProto.Cost).Desc(),
	prom.NullOrderedOf(sheetProto, &sheetProto.Code).Desc(),
	prom.OrderedOf(sheetProto, &sheetProto.Bytes).Desc(),
	prom.NullOrderedOf(sheetProto, &sheetProto.Done).Desc(),
}

var sheetNumber = prom.NumberOf(sheetProto, &sheetProto.Number)

// perhaps returns a pointer to a value, or nil.
func perhaps[V any](r *rand.Rand, v V) *V {
	if r.IntN(4) == 0 {
		return nil
	}
	return &v
}

// sheets returns rows with few different values, so that many are equal.
func sheets(r *rand.Rand, n int) []sheet {
	texts := []string{"", "a", "A", "b", "B", "ab", "ä", "日本", "it's", "%", "-1"}
	prices := []string{"-1.00", "0.00", "9.50", "10.00", "100.25", "-20.10"}
	floats := []float64{0, -1.5, math.Inf(1), math.Inf(-1), 1e300, 0.1}
	text := func() string { return texts[r.IntN(len(texts))] }
	at := time.Date(2024, 1, 1, 0, 0, 0, 0, time.UTC)
	list := make([]sheet, n)
	for i := range list {
		list[i] = sheet{B: r.IntN(3), Text: text(), Fold: text(), Note: perhaps(r, text()), Number: int16(r.IntN(4) - 2),
			Float: perhaps(r, floats[r.IntN(len(floats))]), Big: perhaps(r, int64(r.IntN(3))<<40), At: perhaps(r,
				at.Add(time.Duration(r.IntN(4))*time.Microsecond)),
			Day: at.AddDate(0, 0, r.IntN(3)), Clock: perhaps(r,
				time.Duration(r.IntN(3))*time.Hour), Price: prices[r.IntN(len(prices))],
			Cost: perhaps(r, prices[r.IntN(len(prices))]), Code: perhaps(r,
				prom.UUID{byte(1 + r.IntN(3))}), Bytes: []byte(text()), Done: perhaps(r, r.IntN(2) == 0)}
	}
	return list
}

// keysOf lists the keys of rows.
func keysOf(list []sheet) []string {
	keys := make([]string, len(list))
	for i := range list {
		keys[i] = fmt.Sprint(list[i].A, list[i].B)
	}
	return keys
}

// Ensure that pages of any size, forwards and backwards, in orders of any fields and directions, with NULLs and equal
// values, are together the rows of one query in that order. parity: G13
func TestKeyset(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, e dbtest.Engine) {
		is := is.New(t)
		ctx := context.Background()
		seed := rand.Uint64()
		defer func() {
			if t.Failed() {
				t.Log("seed", seed)
			}
		}()
		r := rand.New(rand.NewPCG(seed, 1))
		repo := prom.NewRepo[sheet](prom.Using(kit.Open(t, e.DSN)), prom.TokenKey([]byte("0123456789abcdef")))
		list := sheets(r, 120)
		is.NoErr(repo.CreateMany(ctx, list))
		for round := range 60 {
			q, down := repo.Query(), false
			if round%3 == 0 {
				q = q.Where(sheetNumber.Gt(-2))
			}
			for _, i := range r.Perm(len(sheetOrders))[:r.IntN(4)] {
				o := sheetOrders[i]
				if down = r.IntN(2) == 0; down {
					o = sheetDowns[i]
				}
				switch r.IntN(4) {
				case 0:
					o = o.NullsFirst()
				case 1:
					o = o.NullsLast()
				}
				q = q.OrderBy(o)
			}
			all := q.OrderBy(sheetOrders[0], sheetOrders[1]) // the key is the last term, in the direction of the one before
			if down {
				all = q.OrderBy(sheetDowns[0], sheetDowns[1])
			}
			rows, err := all.All(ctx)
			is.NoErr(err)
			want, size := keysOf(rows), 1+r.IntN(50)
			var got []string
			var tokens []string
			token := ""
			for {
				page, err := q.KeysetPage(ctx, token, size)
				is.NoErr(err)
				got = append(got, keysOf(page.Rows)...)
				is.Equal(page.Prev != "", token != "")
				is.True(len(page.Rows) == size || page.Next == "")
				tokens = append(tokens, page.Prev)
				if page.Next == "" {
					break
				}
				token = page.Next
			}
			if !slices.Equal(got, want) {
				sql, _, _ := all.SQL()
				t.Fatalf("pages of %d rows are not those of %s:\n%v\n%v", size, sql, got, want)
			}
			end := len(want) - len(want)%size
			if end == len(want) {
				end -= size
			}
			for i := len(tokens) - 1; i > 0; i-- { // and back, from the last page
				page, err := q.KeysetPage(ctx, tokens[i], size)
				is.NoErr(err)
				is.Equal(keysOf(page.Rows), want[end-size:end])
				end -= size
				is.True(page.Next != "")
				is.Equal(page.Prev != "", end > 0)
				if end > 0 {
					tokens[i-1] = page.Prev
				}
			}
			is.Equal(end, 0)
		}
	})
}

// Ensure that pages stay where they are when rows come and go, their own among them.
func TestKeysetChanges(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, e dbtest.Engine) {
		is := is.New(t)
		ctx := context.Background()
		repo := kit.Notes(kit.Open(t, e.DSN))
		list := make([]kit.Note, 9)
		for i := range list {
			list[i] = kit.Note{Title: "n", Views: 10 * i}
		}
		is.NoErr(repo.CreateMany(ctx, list))
		q := repo.OrderBy(kit.NoteViews.Desc())
		titles := func(token string) (views []int, page prom.KeysetPage[kit.Note]) {
			page, err := q.KeysetPage(ctx, token, 3)
			is.NoErr(err)
			for _, n := range page.Rows {
				views = append(views, n.Views)
			}
			return views, page
		}
		got, first := titles("")
		is.Equal(got, []int{80, 70, 60})
		kit.MustCreate(t, repo, kit.Note{Title: "new", Views: 75})
		_, err := repo.Where(kit.NoteViews.Eq(60)).Delete(ctx) // the row of the token
		is.NoErr(err)
		got, second := titles(first.Next)
		is.Equal(got, []int{50, 40, 30})
		got, _ = titles(second.Prev)
		is.Equal(got, []int{80, 75, 70})
		_, third := titles(second.Next)
		is.Equal(third.Next, "")
		_, err = repo.Where(kit.NoteViews.Lt(30)).Delete(ctx)
		is.NoErr(err)
		got, gone := titles(second.Next)
		is.Equal(len(got), 0)
		is.Equal(gone.Next, "")
		got, _ = titles(gone.Prev) // with the row that the token is of
		is.Equal(got, []int{50, 40, 30})
		_, err = repo.Where(kit.NoteViews.Gt(50)).Delete(ctx)
		is.NoErr(err)
		got, gone = titles(second.Prev)
		is.Equal(len(got), 0)
		is.Equal(gone.Prev, "")
		got, _ = titles(gone.Next)
		is.Equal(got, []int{50, 40, 30})
		_, err = repo.WithoutWhere().Delete(ctx)
		is.NoErr(err)
		got, gone = titles("")
		is.Equal(len(got), 0)
		is.Equal(gone.Prev+gone.Next, "")
	})
}

// Ensure that a token that is damaged, of another order, table or key is a validation error that is safe to show, and
// that tokens of an older key are taken.
func TestKeysetTokens(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, e dbtest.Engine) {
		is := is.New(t)
		ctx := context.Background()
		db := prom.Using(kit.Open(t, e.DSN))
		plain := prom.NewRepo[kit.Note](db)
		oldKey, newKey := []byte("an old key of it"), []byte("a new key of it.")
		older, newer := prom.NewRepo[kit.Note](db, prom.TokenKey(oldKey)), prom.NewRepo[kit.Note](db,
			prom.TokenKey(newKey, oldKey))
		strange := prom.NewRepo[kit.Note](db, prom.TokenKey(newKey))
		for i := range 6 {
			kit.MustCreate(t, plain, kit.Note{Title: "SECRET", Views: i})
		}
		next := func(repo *prom.Repo[kit.Note], orders ...prom.Order[*kit.Note]) string {
			page, err := repo.OrderBy(orders...).KeysetPage(ctx, "", 2)
			is.NoErr(err)
			is.True(page.Next != "")
			return page.Next
		}
		fails := func(what string, q *prom.Query[kit.Note], token string) {
			t.Helper()
			_, err := q.KeysetPage(ctx, token, 2)
			var bad *prom.TokenError
			if !errors.Is(err, prom.ErrValidation) || !errors.As(err, &bad) {
				t.Errorf("%s: %v", what, err)
				return
			}
			kit.NoSecret(t, err)
		}
		token := next(plain, kit.NoteTitle.Asc())
		q := plain.OrderBy(kit.NoteTitle.Asc())
		_, err := q.KeysetPage(ctx, token, 2)
		is.NoErr(err)
		for i := range token {
			other := byte('A')
			if token[i] == other {
				other = 'B'
			}
			fails("a changed letter", q, token[:i]+string(other)+token[i+1:])
			fails("a part", q, token[:i][:max(0, i-1)]+"!")
		}
		fails("cut", q, token[:len(token)-4])
		fails("longer", q, token+"AAAA")
		fails("line", q, token+"\n")
		fails("other direction", plain.OrderBy(kit.NoteTitle.Desc()), token)
		fails("other field", plain.OrderBy(kit.NoteViews.Asc()), token)
		fails("one more field", plain.OrderBy(kit.NoteTitle.Asc(), kit.NoteViews.Asc()), token)
		fails("other nulls", plain.OrderBy(kit.NoteTitle.Asc().NullsFirst()), token)
		fails("other table", prom.NewRepo[kit.Note](db, prom.Table("other")).OrderBy(kit.NoteTitle.Asc()), token)
		fails("no key", older.OrderBy(kit.NoteTitle.Asc()), token)
		fails("cursor", q, func() string {
			at := prom.NewWatchCursor("")
			is.NoErr(kit.FirstError(prom.Watch(kit.Ended(t), plain.Limit(1), prom.WatchFromStart(), prom.WatchResume(at))))
			return at.String()
		}())
		signed := next(older, kit.NoteTitle.Asc())
		_, err = newer.OrderBy(kit.NoteTitle.Asc()).KeysetPage(ctx, signed, 2)
		is.NoErr(err)
		fails("older key", strange.OrderBy(kit.NoteTitle.Asc()), signed)
		fails("signed", q, signed)

		// Who knows the form makes a checksum, and not a signature.
		raw, err := base64.RawURLEncoding.DecodeString(signed)
		is.NoErr(err)
		raw[len(raw)-1] ^= 1
		fails("forged", older.OrderBy(kit.NoteTitle.Asc()), base64.RawURLEncoding.EncodeToString(raw))
	})
}

// Ensure that what has no pages of that kind is an error before any SQL.
func TestKeysetRefuses(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, e dbtest.Engine) {
		is := is.New(t)
		ctx := context.Background()
		db := kit.Open(t, e.DSN)
		repo := kit.Notes(db)
		for name, err := range map[string]error{
			"limit": kit.ErrOf(repo.Limit(1).KeysetPage(ctx, "", 1)), "offset": kit.ErrOf(repo.Query().Offset(1).KeysetPage(ctx,
				"", 1)),
			"size 0": kit.ErrOf(repo.Query().KeysetPage(ctx, "", 0)), "size": kit.ErrOf(repo.Query().KeysetPage(ctx, "",
				math.MaxInt)),
			"chance": kit.ErrOf(repo.OrderBy(prom.Random(prom.Proto[kit.Note]())).KeysetPage(ctx, "", 1)),
			"window": kit.ErrOf(repo.OrderBy(prom.RowNumber(prom.OrderWindow(kit.NoteViews.Asc())).Asc()).KeysetPage(ctx, "",
				1)),
			"key":   kit.ErrOf(prom.NewRepo[kit.Keyless](prom.Using(db)).Query().KeysetPage(ctx, "", 1)),
			"value": kit.ErrOf(repo.Where(kit.NoteTitle.Eq("\x00")).KeysetPage(ctx, "", 1)),
			"union": kit.ErrOf(prom.Union(repo.Query(), repo.Query()).KeysetPage(ctx, "", 1)),
			"page":  kit.ErrOf(repo.Query().Page(ctx, 0, 1, prom.WithoutTotal())), "page size": kit.ErrOf(repo.Query().Page(ctx,
				1, math.MaxInt, prom.WithoutTotal())),
		} {
			if !errors.Is(err, prom.ErrValidation) {
				t.Errorf("%s: %v", name, err)
			}
		}
		defer func() { is.True(strings.Contains(fmt.Sprint(recover()), "16")) }()
		prom.NewRepo[kit.Note](prom.TokenKey([]byte("short")))
	})
}

// Ensure that a page tells whether there are more rows, and how many there are in all when asked. parity: Q30 Q33
func TestPageByNumber(t *testing.T) {
	t.Parallel()
	dbtest.EachMode(t, func(t *testing.T, e dbtest.Engine) {
		is := is.New(t)
		ctx := context.Background()
		repo := kit.Notes(kit.Open(t, e.DSN))
		list := make([]kit.Note, 7)
		for i := range list {
			list[i] = kit.Note{Title: "n", Views: i}
		}
		is.NoErr(repo.CreateMany(ctx, list))
		q := repo.Where(kit.NoteViews.Lt(6)).OrderBy(kit.NoteViews.Asc())
		for _, tt := range []struct {
			n, size int
			want    []int
			more    bool
		}{
			{1, 2, []int{0, 1}, true}, {3, 2, []int{4, 5}, false}, {2, 4, []int{4, 5}, false}, {1, 6, []int{0, 1, 2, 3, 4, 5},
				false},
			{1, 5, []int{0, 1, 2, 3, 4}, true}, {9, 5, nil, false}, {2, 1 << 40, nil, false},
		} {
			page, err := q.Page(ctx, tt.n, tt.size)
			is.NoErr(err)
			var got []int
			for _, n := range page.Rows {
				got = append(got, n.Views)
			}
			if !slices.Equal(got, tt.want) || page.More != tt.more || page.Total != 6 || page.Number != tt.n ||
				page.Size != tt.size {
				t.Errorf("page %d of %d: %v %v of %d", tt.n, tt.size, got, page.More, page.Total)
			}
		}
		page, err := q.Page(ctx, 1, 2, prom.WithoutTotal())
		is.NoErr(err)
		is.Equal(page.Total, 0)
	})
}

// Ensure that a page by limit and offset has the rows, the number and the total that it should, and that what is no page
// is an error. parity: Q30 Q33
func TestPageAt(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, e dbtest.Engine) {
		is := is.New(t)
		ctx := context.Background()
		repo := kit.Tiles(t, kit.Open(t, e.DSN), 8)
		q := repo.Where(kit.NoteViews.Lt(7)).OrderBy(kit.NoteViews.Asc())
		for _, tt := range []struct {
			limit, offset, rows, number int
			more                        bool
		}{{3, 0, 3, 1, true}, {3, 3, 3, 2, true}, {3, 6, 1, 3, false}, {3, 4, 3, 2, false}, {3, 7, 0, 3, false}, {7, 0, 7, 1,
			false}, {100, 99, 0, 1, false}} {
			page, err := q.PageAt(ctx, tt.limit, tt.offset)
			is.NoErr(err)
			is.Equal(len(page.Rows), tt.rows)
			for i, n := range page.Rows {
				is.Equal(n.Views, tt.offset+i)
			}
			is.Equal(page.Number, tt.number)
			is.Equal(page.Size, tt.limit)
			is.Equal(page.More, tt.more)
			is.Equal(page.Total, 7)
		}
		bare, err := q.PageAt(ctx, 3, 0, prom.WithoutTotal())
		is.NoErr(err)
		is.Equal(bare.Total, 0)
		is.True(bare.More)
		for _, at := range [][2]int{{0, 0}, {-1, 0}, {3, -1}, {math.MaxInt, 0}} {
			is.True(errors.Is(kit.ErrOf(q.PageAt(ctx, at[0], at[1])), prom.ErrValidation))
		}
		for _, at := range [][2]int{{0, 3}, {1, 0}, {-1, -1}, {1 << 62, 1 << 62}} {
			is.True(errors.Is(kit.ErrOf(q.Page(ctx, at[0], at[1])), prom.ErrValidation))
		}
	})
}

// Ensure that One is the one row that there is, and an error when there is none or several, whatever the query's page.
func TestOne(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, e dbtest.Engine) {
		is := is.New(t)
		ctx := context.Background()
		repo := kit.Tiles(t, kit.Open(t, e.DSN), 3)
		one, err := repo.Where(kit.NoteViews.Eq(1)).One(ctx)
		is.NoErr(err)
		is.Equal(one.Views, 1)
		for name, q := range map[string]*prom.Query[kit.Note]{"all": repo.Query(), "two": repo.Where(kit.NoteViews.Gt(0)),
			"a page of two": repo.Query().Limit(2), "of more": repo.Query().Limit(9)} {
			_, err := q.One(ctx)
			if !errors.Is(err, prom.ErrTooManyRows) || errors.Is(err, prom.ErrNotFound) {
				t.Errorf("%s: %v", name, err)
			}
		}
		limited, err := repo.OrderBy(kit.NoteViews.Desc()).Limit(1).One(ctx)
		is.NoErr(err)
		is.Equal(limited.Views, 2)
		for _, q := range []*prom.Query[kit.Note]{repo.Where(kit.NoteViews.Gt(9)), repo.Query().Limit(0),
			repo.Query().Offset(3)} {
			is.True(errors.Is(kit.ErrOf(q.One(ctx)), prom.ErrNotFound))
		}
		is.NoErr(repo.Tx(ctx, func(ctx context.Context) error { // which it leaves usable
			is.True(errors.Is(kit.ErrOf(repo.Query().One(ctx)), prom.ErrTooManyRows))
			return kit.ErrOf(repo.Query().First(ctx))
		}))
	})
}
