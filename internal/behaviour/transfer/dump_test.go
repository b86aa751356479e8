package transfer_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"math"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/matryer/is"

	"github.com/prom-go/prom"
	"github.com/prom-go/prom/internal/behaviour/kit"
	"github.com/prom-go/prom/internal/dbtest"
)

// Relic has a column of each kind.
type Relic struct {
	prom.Model
	Code   string `prom:"unique"`
	Flag   bool
	Small  int16
	Big    int64
	Wide   uint64
	Single float32
	Double float64
	Data   []byte
	Price  string `prom:"decimal=30.10"`
	At     time.Time
	Day    time.Time     `prom:"date"`
	Clock  time.Duration `prom:"clock"`
	UUID   prom.UUID
	Tags   map[string]any
	Text   *string
	Bytes  *[]byte
	When   *time.Time
	Many   *any `prom:"json"`
	Words  []string
	Sizes  []int64
	Dates  *[]time.Time
}

func relics() []Relic {
	text, null := "NULL, 'q' \"q\" \u2028 <&> \n \\ 日本", any(nil)
	empty, when := []byte{}, time.Date(1, 1, 1, 0, 0, 0, 1000, time.UTC)
	return []Relic{
		{Code: "full", Flag: true, Small: math.MinInt16, Big: math.MinInt64, Wide: math.MaxInt64, Single: math.MaxFloat32,
			Double: math.Inf(-1),
			Data:   []byte{0, 1, 255}, Price: "-12345678901234567890.0123456789", At: time.Date(9999, 12, 31, 23, 59, 59,
				999999000, time.UTC),
			Day: time.Date(2024, 2, 29, 0, 0, 0, 0, time.UTC), Clock: 24*time.Hour - time.Microsecond, UUID: prom.NewUUID(),
			Tags: map[string]any{"a": []any{1.0, nil, "x"}}, Text: &text, Bytes: &empty, When: &when, Words: []string{"", "a,b",
				"\"{}"}, Sizes: []int64{math.MinInt64, 1}, Dates: &[]time.Time{when}},
		{Code: "zero", Price: "0", At: time.Unix(0, 0), Day: time.Unix(0, 0), UUID: prom.NewUUID(), Tags: map[string]any{}},
		{Code: "edge", Big: math.MaxInt64, Double: math.SmallestNonzeroFloat64, Single: -0.1, Data: []byte("x"),
			Price: "0.0000000001",
			At:    time.Unix(1, 999), Day: time.Unix(1e9, 0), UUID: prom.NewUUID(), Tags: map[string]any{"q": "\"\\"}, Many: &null},
	}
}

// same compares what two databases hold, times by their instant.
func same(t *testing.T, got, want []Relic) {
	t.Helper()
	is := is.New(t)
	is.Equal(len(got), len(want))
	for i := range want {
		g, w := reflect.ValueOf(got[i]), reflect.ValueOf(want[i])
		for j := range g.NumField() {
			name := g.Type().Field(j).Name
			if name == "Model" {
				is.Equal(got[i].ID, want[i].ID)
				is.True(got[i].Created.Equal(want[i].Created))
				continue
			}
			if a, b := fmt.Sprintf("%+v", reflect.Indirect(g.Field(j))), fmt.Sprintf("%+v",
				reflect.Indirect(w.Field(j))); a != b {
				t.Errorf("row %d: %s is %s, want %s", i, name, a, b)
			}
		}
	}
}

// Ensure that what one engine has dumped is the same on every engine after it was restored, circles of references
// included, and that keys go on from there. parity: K14 B12
func TestDumpRestore(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, from dbtest.Engine) {
		is := is.New(t)
		ctx := context.Background()
		db := kit.Open(t, from.DSN)
		repo := prom.NewRepo[Relic](prom.Using(db))
		is.NoErr(repo.CreateMany(ctx, relics()))
		want := kit.AllOf(t, repo)
		parishes, chapels := kit.ParishesOf(t, db)
		all := func(db *prom.DB) []prom.AnyRepo {
			return []prom.AnyRepo{prom.NewRepo[kit.Chapel](prom.Using(db)), repo.Using(db),
				prom.NewRepo[kit.Parish](prom.Using(db))}
		}
		var dump, again bytes.Buffer
		is.NoErr(prom.Dump(ctx, &dump, all(db)...))
		is.Equal(strings.Count(dump.String(), "\n"), 1+3+3+2+2+1)

		dbtest.EachMode(t, func(t *testing.T, to dbtest.Engine) {
			is := is.New(t)
			target := kit.Open(t, to.DSN)
			is.NoErr(prom.Restore(ctx, bytes.NewReader(dump.Bytes()), all(target)...))
			same(t, kit.AllOf(t, repo.Using(target)), want)
			is.Equal(len(kit.AllOf(t, chapels.Using(target))), 2)
			for i, p := range kit.AllOf(t, parishes.Using(target)) {
				is.Equal(p.Main.Key(), int64(i+1))
				is.Equal(p.Near.Key(), p.ID)
			}
			next := kit.MustCreate(t, repo.Using(target), Relic{Code: "next", Price: "1", UUID: prom.NewUUID(), At: time.Now(),
				Day: time.Now()})
			is.Equal(next.ID, int64(4))
			is.NoErr(target.Tx(ctx, func(ctx context.Context) error { // references hold as before
				is.True(errors.Is(chapels.Using(target).Create(ctx, &kit.Chapel{Parish: prom.NewRef[kit.Parish](99)}),
					prom.ErrForeignKey))
				return nil
			}))
			is.NoErr(repo.Using(target).Delete(ctx, next))
			var second bytes.Buffer
			is.NoErr(prom.Dump(ctx, &second, all(target)...))
			// PostgreSQL writes JSON with spaces.
			is.Equal(len(strings.ReplaceAll(second.String(), " ", "")), len(strings.ReplaceAll(dump.String(), " ", "")))
		})
		is.NoErr(db.Tx(ctx, func(ctx context.Context) error { return prom.Dump(ctx, &again, all(db)...) }))
		is.Equal(again.String(), dump.String())
	})
}

// Ensure that a dump that cannot be restored, whole, leaves nothing behind, and that the error says where it is wrong
// and holds no value. parity: K14
func TestRestoreRefuses(t *testing.T) {
	t.Parallel()
	const head = `{"format":"prom dump","version":1}` + "\n"
	const table = head + `{"table":"chapel","columns":["_id","parish_id","name","houses","closed","_created","_updated"]}` + "\n"
	const row = `[1,1,"SECRET",1,false,"2024-01-01T00:00:00Z","2024-01-01T00:00:00Z"]` + "\n"
	dbtest.Each(t, func(t *testing.T, e dbtest.Engine) {
		db := kit.Open(t, e.DSN)
		parishes, chapels := kit.ParishesOf(t, db)
		for _, tt := range []struct{ dump, want string }{
			{"", "line 1: the dump ends early"},
			{"SECRET", "line 1: it is not a line of a dump"},
			{`{"format":"other","version":1}`, "line 1: it is not a dump of version 1"},
			{head + `{"table":"SQL","columns":[]}`, `line 2: the dump has a table "SQL", and no repo of it was given`},
			{head + `{"table":"chapel","columns":["x"]}`, `line 2: the dump has a column "x" that kit.Chapel does not have`},
			{head + `{"table":"chapel","columns":["_id"]}`,
				`line 2: the dump has no column "parish_id", which kit.Chapel requires`},
			{head + `{"table":"chapel","columns":["_id","_id"]}`, `line 2: the dump has the column "_id" of kit.Chapel twice`},
			{head + `{"table":"chapel","columns":[]}` + "\n[]\n[]\n" + `{"rows":2}`,
				`line 2: the dump does not name the columns of the table "chapel"`},
			{head + `{"table":"chapel","columns":null}` + "\n" + `{"rows":0}`,
				`line 2: the dump does not name the columns of the table "chapel"`},
			{head + `{"table":"chapel"}` + "\n" + `{"rows":0}`,
				`line 2: the dump does not name the columns of the table "chapel"`},
			{head + `{"table":"chapel","columns":["_id"],"kinds":["int64","text"]}`,
				`line 2: the dump does not name the columns of the table "chapel"`},
			{head + `{"table":"chapel","column":["_id"]}`, "line 2: it is not a line of a dump"},
			{head + `{"table":"chapel","columns":["_id"],"rows":0}`, "line 2: it is not a line of a dump"},
			{head + `{"rows":-1}`, "line 2: the dump was written with -1 rows, and has 0"},
			{head + "{}", `line 2: the dump has a table "", and no repo of it was given`},
			{head + head, `line 2: the dump has a table "", and no repo of it was given`},
			{"\n" + table[len(head):], "line 2: it is not a dump of version 1"},
			{head + row, "line 2: a row comes before its table"},
			{table + `[1,2,3,4,5,6,7,8]`, "line 3: it is not a row of 7 values"},
			{table + `[]`, "line 3: it is not a row of 7 values"},
			{table + row[:20], "line 3: it is not a row of 7 values"},
			{table + row + row[:20], "line 4: it is not a row of 7 values"},
			{table + `[1]`, "line 3: it is not a row of 7 values"},
			{table + strings.Replace(row, "false", `"SECRET"`, 1),
				`line 3: column "closed": the value is not of the column's kind`},
			{table + strings.Replace(row, "[1,", `[9223372036854775808,`, 1),
				`line 3: column "_id": the value is not of the column's kind`},
			{table + strings.Replace(row, "2024-01-01", "SECRET", 1),
				`line 3: column "_created": the value is not of the column's kind`},
			{table + `{"rows":1}`, "line 3: the dump was written with 1 rows, and has 0"},
			{table + `{"rows":0}` + "\n" + row, "line 4: there is data after the end of the dump"},
			{table + strings.Replace(row, "[1", "[7", 1), "line 4: the dump ends early"},
			{table + row + `{"rows":1}`, "unique violation"},
			{table + strings.Replace(row, "[1,1", "[7,99", 1) + `{"rows":1}`, "foreign key violation"},
			{table + strings.Replace(row, `"SECRET"`, "null", 1) + `{"rows":1}`, "not-null violation"},
		} {
			is := is.New(t)
			err := prom.Restore(context.Background(), strings.NewReader(tt.dump), chapels, parishes)
			is.True(err != nil)
			if !strings.Contains(err.Error(), tt.want) || !strings.HasPrefix(err.Error(), "prom: ") {
				t.Errorf("got %v, want %s", err, tt.want)
			}
			kit.NoSecret(t, err)
			is.Equal(len(kit.AllOf(t, chapels)), 2)
		}
	})
}

// Ensure that more rows than fit one batch are restored, that repos of two connections are refused, and that a
// read-only connection is dumped, and not restored into. parity: K14 R10
func TestDumpMany(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, e dbtest.Engine) {
		is := is.New(t)
		ctx := context.Background()
		db := kit.Open(t, e.DSN)
		list := make([]kit.Note, 2500)
		for i := range list {
			list[i] = kit.Note{Title: fmt.Sprint("n", i), Body: strings.Repeat("x", i), At: time.Unix(int64(i), 0)}
		}
		repo := kit.Notes(db)
		is.NoErr(repo.CreateMany(ctx, list))
		reader := kit.Open(t, e.With("readonly=true"))
		var dump bytes.Buffer
		is.NoErr(prom.Dump(ctx, &dump, repo.Using(reader)))
		is.True(errors.Is(prom.Restore(ctx, bytes.NewReader(dump.Bytes()), repo.Using(reader)), prom.ErrReadOnly))
		is.NoErr(prom.UnsafeClear(ctx, repo))
		is.NoErr(prom.Restore(ctx, bytes.NewReader(dump.Bytes()), repo))
		got, err := repo.OrderBy(kit.NoteID.Asc()).All(ctx)
		is.NoErr(err)
		is.Equal(len(got), 2500)
		is.Equal(len(got[2499].Body), 2499)

		is.True(prom.Dump(ctx, &dump, repo, repo.Using(reader)) != nil)
		is.True(prom.Dump(ctx, &dump) != nil)
		is.True(prom.Dump(ctx, full{}, repo) != nil)
	})
}

// full is a writer whose disk is full.
type full struct{}

func (full) Write([]byte) (int, error) { return 0, errors.New("full") }
