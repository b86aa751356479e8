package write_test

import (
	"context"
	"encoding/json"
	"errors"
	"math"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/matryer/is"

	"github.com/prom-go/prom"
	"github.com/prom-go/prom/internal/behaviour/kit"
	"github.com/prom-go/prom/internal/dbtest"
)

// Sample is a model of what the engines treat alike and what they do not.
type Sample struct {
	prom.Model
	Name   string `prom:"nocase"`
	Text   string
	Small  int8
	Big    uint64
	Ratio  float32
	Real   float64
	Amount string    `prom:"decimal=10.2"`
	Day    time.Time `prom:"date"`
	Raw    json.RawMessage
	Code   string `prom:"unique"`
}

var (
	sampleProto  = prom.Proto[Sample]()
	sampleName   = prom.TextOf(sampleProto, &sampleProto.Name)
	sampleText   = prom.TextOf(sampleProto, &sampleProto.Text)
	sampleSmall  = prom.NumberOf(sampleProto, &sampleProto.Small)
	sampleBig    = prom.NumberOf(sampleProto, &sampleProto.Big)
	sampleRatio  = prom.NumberOf(sampleProto, &sampleProto.Ratio)
	sampleAmount = prom.OrderedOf(sampleProto, &sampleProto.Amount)
)

// sample returns a value that may be stored, with a code of its own.
func sample(code string) Sample {
	return Sample{Code: code, Amount: "0", Raw: json.RawMessage("{}")}
}

func samples(db *prom.DB) *prom.Repo[Sample] { return prom.NewRepo[Sample](prom.Using(db)) }

// Ensure that what no engine, or one engine alone, could hold is refused on both before any SQL.
// parity: F28 E1
func TestRefusedOnBoth(t *testing.T) {
	t.Parallel()
	tests := map[string]func(*Sample){
		"NUL":             func(s *Sample) { s.Text = "a\x00b" },
		"not UTF-8":       func(s *Sample) { s.Text = "\xff" },
		"NaN":             func(s *Sample) { s.Real = math.NaN() },
		"year 10000":      func(s *Sample) { s.Day = time.Date(10000, 1, 1, 0, 0, 0, 0, time.UTC) },
		"too many digits": func(s *Sample) { s.Amount = "1.234" },
		"NUL in JSON":     func(s *Sample) { s.Raw = json.RawMessage(`"\u0000"`) },
	}
	dbtest.Each(t, func(t *testing.T, e dbtest.Engine) {
		repo := samples(kit.Open(t, e.DSN))
		for name, spoil := range tests {
			is := is.New(t)
			v := sample(name)
			spoil(&v)
			is.True(errors.Is(repo.Create(context.Background(), &v), prom.ErrValidation))
			is.True(v.IsNew())
		}
	})
}

// Ensure that values come back the same from both engines: infinities, a zero without its sign, canonical decimals,
// whole days. parity: F28 B12
func TestSameOnBoth(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, e dbtest.Engine) {
		is := is.New(t)
		ctx := context.Background()
		repo := samples(kit.Open(t, e.DSN))
		v := sample("a")
		v.Real, v.Ratio, v.Amount = math.Inf(1), 0.1, "+007.5"
		v.Day = time.Date(2024, 2, 29, 23, 59, 0, 0, time.FixedZone("", -5*3600))
		is.NoErr(repo.Create(ctx, &v))
		is.True(math.IsInf(v.Real, 1))
		is.Equal(v.Amount, "7.50")
		is.True(v.Day.Equal(time.Date(2024, 2, 29, 0, 0, 0, 0, time.UTC)))
		n, err := repo.Where(sampleRatio.Eq(0.1), sampleAmount.Lt("10")).Count(ctx) // by value: as a text it is greater
		is.NoErr(err)
		is.Equal(n, 1)

		v.Real = math.Copysign(0, -1)
		is.NoErr(repo.Save(ctx, &v))
		is.True(!math.Signbit(v.Real))
	})
}

// Ensure that nocase and the Fold forms ignore the case of A to Z, and a plain match is case-sensitive on a nocase
// column too.
// parity: X6 Q12
func TestCase(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, e dbtest.Engine) {
		is := is.New(t)
		ctx := context.Background()
		repo := samples(kit.Open(t, e.DSN))
		v := sample("a")
		v.Name, v.Text = "Äpfel", "Äpfel"
		is.NoErr(repo.Create(ctx, &v))
		count := func(cond prom.Cond[*Sample]) int {
			n, err := repo.Where(cond).Count(ctx)
			is.NoErr(err)
			return n
		}
		is.Equal(count(sampleName.Eq("ÄPFEL")), 1)
		is.Equal(count(sampleName.Eq("äpfel")), 0)
		is.Equal(count(prom.Fold(sampleText).Eq("ÄPFEL")), 1)
		is.Equal(count(prom.Fold(sampleText).Eq("äpfel")), 0)
		is.Equal(count(sampleName.Contains("PFEL")), 0)
		is.Equal(count(prom.Fold(sampleName).Contains("PFEL")), 1)
	})
}

// Ensure the known difference of large integers: SQLite refuses what an int64 does not hold.
// parity: E1
func TestLargeIntegers(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, e dbtest.Engine) {
		is := is.New(t)
		ctx := context.Background()
		repo := samples(kit.Open(t, e.DSN))
		v := sample("a")
		v.Big = math.MaxUint64
		err := repo.Create(ctx, &v)
		if e.Name == dbtest.NameSQLite {
			is.True(errors.Is(err, prom.ErrType))
			return
		}
		is.NoErr(err)
		is.Equal(v.Big, uint64(math.MaxUint64))
		n, err := repo.Where(sampleBig.Eq(math.MaxUint64)).Count(ctx)
		is.NoErr(err)
		is.Equal(n, 1)
	})
}

// Ensure that a sum never leaves what the field cannot hold. Below zero the engines' errors differ: it is the range, or
// the CHECK. parity: Q42
func TestBelowZero(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, e dbtest.Engine) {
		is := is.New(t)
		ctx := context.Background()
		repo := samples(kit.Open(t, e.DSN))
		v := sample("a")
		is.NoErr(repo.Create(ctx, &v))
		_, err := repo.WithoutWhere().Update(ctx, sampleBig.Sub(1))
		is.True(errors.Is(err, map[string]error{dbtest.NameSQLite: prom.ErrType, dbtest.NamePostgres: prom.ErrCheck}[e.Name]))
		is.NoErr(repo.Reload(ctx, &v))
		is.Equal(v.Big, uint64(0))

		v.Small = math.MaxInt8
		is.NoErr(repo.Save(ctx, &v))
		_, err = repo.WithoutWhere().Update(ctx, sampleSmall.Add(1))
		is.True(errors.Is(err, prom.ErrCheck)) // the column is wider than the field
		is.NoErr(repo.Reload(ctx, &v))
	})
}

// Ensure the known difference of JSON: PostgreSQL normalises what is stored, SQLite keeps its text, but for equal keys.
func TestJSONText(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, e dbtest.Engine) {
		is := is.New(t)
		repo := samples(kit.Open(t, e.DSN))
		v := sample("a")
		v.Raw = json.RawMessage(`{ "b":1,  "a" : "<" }`)
		is.NoErr(repo.Create(context.Background(), &v))
		want := map[string]string{dbtest.NameSQLite: string(v.Raw), dbtest.NamePostgres: `{"a": "<", "b": 1}`}[e.Name]
		is.Equal(string(v.Raw), want)
		is.NoErr(repo.Reload(context.Background(), &v))
		is.Equal(string(v.Raw), want)

		v.Raw = json.RawMessage(`{"a":"<",   "b": 1}`) // the same document
		if e.Name == dbtest.NamePostgres {
			is.Equal(len(repo.Modified(&v)), 0)
		}
		v.Raw = json.RawMessage(`{"b": 1, "a": 2, "a": 3}`)
		is.NoErr(repo.Save(context.Background(), &v))
		is.Equal(string(v.Raw), map[string]string{
			dbtest.NameSQLite:   `{"b":1,"a":3}`,
			dbtest.NamePostgres: `{"a": 3, "b": 1}`,
		}[e.Name])
	})
}

// Ensure the known difference of keys: SQLite counts on from the greatest key that there is, PostgreSQL from its own
// counter. parity: F38
func TestCountedKeys(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, e dbtest.Engine) {
		is := is.New(t)
		ctx := context.Background()
		repo := samples(kit.Open(t, e.DSN))
		vs := []Sample{sample("a"), sample("b")}
		is.NoErr(repo.CreateMany(ctx, vs))
		is.NoErr(repo.Delete(ctx, &vs[1]))
		next, by, after := sample("c"), sample("by hand"), sample("d")
		is.NoErr(repo.Create(ctx, &next))
		is.Equal(next.ID, map[string]int64{dbtest.NameSQLite: 2, dbtest.NamePostgres: 3}[e.Name])

		by.ID = next.ID + 1
		is.NoErr(repo.Create(ctx, &by))
		err := repo.Create(ctx, &after)
		if e.Name == dbtest.NameSQLite {
			is.NoErr(err)
			return
		}
		is.True(errors.Is(err, prom.ErrUnique)) // PostgreSQL's counter has not heard of the key set by hand
	})
}

// Ensure the known difference of transactions after a read that failed: PostgreSQL ends them, SQLite goes on. After a
// write that failed both go on. parity: T9
func TestFailedReadInTx(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, e dbtest.Engine) {
		is := is.New(t)
		ctx := context.Background()
		db := kit.Open(t, e.DSN)
		repo := samples(db)
		first := sample("taken")
		is.NoErr(repo.Create(ctx, &first))
		err := db.Tx(ctx, func(ctx context.Context) error {
			again, other := sample("taken"), sample("other")
			is.True(errors.Is(repo.Create(ctx, &again), prom.ErrUnique))
			return repo.Create(ctx, &other)
		})
		is.NoErr(err)

		err = db.Tx(ctx, func(ctx context.Context) error {
			_, err := repo.Where(prom.Raw(sampleProto, "1 = = 1")).All(ctx)
			is.True(errors.Is(err, prom.ErrSyntax))
			_, err = repo.Count(ctx)
			return err
		})
		if e.Name == dbtest.NamePostgres {
			is.True(errors.Is(err, prom.ErrClosed))
			return
		}
		is.NoErr(err)
	})
}

// Ensure that a context which has ended before a statement of a transaction is sent ends that statement alone.
func TestCanceledInTx(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, e dbtest.Engine) {
		is := is.New(t)
		ctx := context.Background()
		db := kit.Open(t, e.DSN)
		repo := samples(db)
		is.NoErr(repo.Install(ctx))
		err := db.Tx(ctx, func(ctx context.Context) error {
			ended, cancel := context.WithCancel(ctx)
			cancel()
			_, err := repo.Count(ended)
			is.True(errors.Is(err, prom.ErrCanceled) && errors.Is(err, context.Canceled))
			_, err = repo.Count(ctx)
			return err
		})
		is.NoErr(err)
	})
}

// Ensure that a nested transaction around a read that may fail lets both engines go on.
// parity: T4
func TestFailedReadNested(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, e dbtest.Engine) {
		is := is.New(t)
		ctx := context.Background()
		db := kit.Open(t, e.DSN)
		repo := samples(db)
		is.NoErr(repo.Install(ctx))
		is.NoErr(db.Tx(ctx, func(ctx context.Context) error {
			err := db.Tx(ctx, func(ctx context.Context) error {
				_, err := repo.Where(prom.Raw(sampleProto, "1 = = 1")).All(ctx)
				return err
			})
			is.True(errors.Is(err, prom.ErrSyntax))
			_, err = repo.Count(ctx)
			return err
		}))
	})
}

// Ensure who may read while a transaction is open: everybody on a file, nobody but itself in memory.
func TestReadBesideTx(t *testing.T) {
	t.Parallel()
	for name, dsn := range map[string]string{"file": dbtest.SQLite(t), "memory": dbtest.Memory()} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			is := is.New(t)
			ctx := context.Background()
			db := kit.Open(t, dsn+"?busy_timeout=50ms")
			repo := samples(db)
			is.NoErr(repo.Install(ctx))
			is.NoErr(db.Tx(ctx, func(inside context.Context) error {
				v, w := sample("inside"), sample("outside")
				is.NoErr(repo.Create(inside, &v))
				is.True(errors.Is(repo.Create(ctx, &w), prom.ErrBusy))
				n, err := repo.Count(ctx)
				if name == "memory" {
					is.True(errors.Is(err, prom.ErrBusy))
					return nil
				}
				is.NoErr(err)
				is.Equal(n, 0) // what was committed
				return nil
			}))
		})
	}
}

// Ensure that a file which cannot be made is an error of the connection, not of a value.
// parity: E1 R9
func TestUnopenable(t *testing.T) {
	t.Parallel()
	is := is.New(t)
	file := filepath.Join(t.TempDir(), "file")
	is.NoErr(os.WriteFile(file, nil, 0o600))
	_, err := samples(kit.Open(t, "sqlite://"+filepath.ToSlash(file)+"/app.db")).Count(context.Background())
	is.True(errors.Is(err, prom.ErrConnection))
	is.True(!errors.Is(err, prom.ErrValidation))
}
