package read_test

import (
	"context"
	"errors"
	"math"
	"testing"
	"time"

	"github.com/matryer/is"

	"github.com/prom-go/prom"
	"github.com/prom-go/prom/internal/behaviour/kit"
	"github.com/prom-go/prom/internal/dbtest"
	"github.com/prom-go/prom/internal/token"
	"github.com/prom-go/prom/schema"
)

// coin has a column of each kind that an order may have.
type coin struct {
	Text    string `prom:"key"`
	Small   int8
	Middle  int32
	Big     int64
	Count   uint64
	Part    float32
	Whole   float64
	At      time.Time
	Day     time.Time     `prom:"date"`
	Clock   time.Duration `prom:"clock"`
	UUID    prom.UUID
	Price   string `prom:"decimal=10.2"`
	Bytes   []byte
	Checked bool
}

// Ensure that a token that somebody made, since there is no key, is an error of validation on both engines, before any
// SQL, when it holds what no column can: it is as damaged as any other.
func TestForgedTokens(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, e dbtest.Engine) {
		is := is.New(t)
		var log kit.Statements
		repo := prom.NewRepo[coin](prom.Using(kit.Open(t, e.DSN, log.Option())))
		at := time.Date(2024, 2, 29, 12, 30, 0, 0, time.UTC)
		for _, text := range []string{"a", "b"} {
			kit.MustCreate(t, repo, coin{Text: text, At: at, Day: at, UUID: prom.NewUUID(), Price: "1.50"})
		}
		long := func(kind schema.Kind, us int64) schema.Value { return schema.TimeValue(kind, time.UnixMicro(us)) }
		for name, tt := range map[string]struct {
			good schema.Value
			bad  []schema.Value
		}{
			"text": {schema.TextValue(schema.Text, "a"), []schema.Value{schema.TextValue(schema.Text, "\xff"),
				schema.TextValue(schema.Text, "a\x00")}},
			"small": {schema.IntValue(schema.Int16, 3), []schema.Value{schema.IntValue(schema.Int16, 1<<15),
				schema.IntValue(schema.Int16, math.MinInt64)}},
			"middle": {schema.IntValue(schema.Int32, 3), []schema.Value{schema.IntValue(schema.Int32, 1<<31),
				schema.IntValue(schema.Int32, -1<<31-1)}},
			"big":   {schema.IntValue(schema.Int64, math.MinInt64), nil},
			"count": {schema.UintValue(3), nil},
			"part": {schema.FloatValue(schema.Float32, 1.5), []schema.Value{schema.FloatValue(schema.Float32, 1e300),
				schema.FloatValue(schema.Float32, 1e-300)}},
			"whole": {schema.FloatValue(schema.Float64, math.Inf(1)),
				[]schema.Value{schema.FloatValue(schema.Float64, math.NaN())}},
			"at": {schema.TimeValue(schema.Time, at), []schema.Value{long(schema.Time, math.MaxInt64),
				long(schema.Time, math.MinInt64), long(schema.Time, 1<<58)}},
			"day": {schema.TimeValue(schema.Date, at.Truncate(24*time.Hour)),
				[]schema.Value{long(schema.Date, math.MaxInt64), long(schema.Date, -1<<60)}},
			"clock": {schema.ClockValue(time.Hour), []schema.Value{schema.ClockValue(-time.Hour),
				schema.ClockValue(25 * time.Hour), schema.ClockValue(math.MaxInt64)}},
			"uuid": {schema.TextValue(schema.UUID, prom.NewUUID().String()), []schema.Value{
				schema.TextValue(schema.UUID, ""), schema.TextValue(schema.UUID, "x"), schema.TextValue(schema.UUID,
					"0190b4a0-0000-7000-8000-00000000000g")}},
			"price": {schema.TextValue(schema.Decimal, "1.50"), []schema.Value{schema.TextValue(schema.Decimal, ""),
				schema.TextValue(schema.Decimal, "NaN"),
				schema.TextValue(schema.Decimal, "1e5"), schema.TextValue(schema.Decimal, "1.505"), schema.TextValue(schema.Decimal,
					"123456789012")}},
			"bytes":   {schema.BytesValue([]byte{0, 255}), nil},
			"checked": {schema.BoolValue(true), nil},
		} {
			field, err := prom.FieldByName(repo, name)
			is.NoErr(err)
			q, of, rest := repo.OrderBy(field.Asc()), token.For("page", "coin", name+" false false",
				"text false false"), []schema.Value{schema.TextValue(schema.Text, "a")}
			if name == "text" {
				of, rest = token.For("page", "coin", name+" false false"), nil
			}
			forge := func(v schema.Value) string {
				return token.Seal(nil, of, token.AppendTuple([]byte{0}, append([]schema.Value{v}, rest...)))
			}
			if _, err = q.KeysetPage(context.Background(), forge(tt.good), 1); err != nil {
				t.Errorf("%s: a good token: %v", name, err)
			}
			bad := tt.bad
			if name == "count" && e.Name == dbtest.NameSQLite {
				bad = []schema.Value{schema.UintValue(math.MaxUint64)}
			}
			log.Take()
			for _, v := range bad {
				page, err := q.KeysetPage(context.Background(), forge(v), 1)
				var why *prom.TokenError
				if !errors.Is(err, prom.ErrValidation) || !errors.As(err, &why) || len(page.Rows) > 0 {
					t.Errorf("%s: %v: %v", name, v.Any(), err)
				}
			}
			is.Equal(len(log.Take()), 0)
		}
		is.NoErr(repo.Create(context.Background(), &coin{Text: "c", UUID: prom.NewUUID(), Price: "2"}))
	})
}

// Ensure that the same holds for the cursor of a watch.
func TestForgedCursors(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, e dbtest.Engine) {
		is := is.New(t)
		repo := prom.NewRepo[coin](prom.Using(kit.Open(t, e.DSN)))
		is.NoErr(repo.Install(context.Background()))
		forge := func(text string) *prom.WatchCursor {
			at := token.AppendTuple(nil, []schema.Value{schema.TextValue(schema.Text, text)})
			content := append(append(append([]byte{1}, at...), append([]byte{1}, at...)...), 0)
			return prom.NewWatchCursor(token.Seal(nil, token.For("watch", "coin", "text"), content))
		}
		ctx, cancel := context.WithTimeout(context.Background(), 50*time.Millisecond)
		defer cancel()
		is.NoErr(kit.FirstError(prom.Watch(ctx, repo.Query(), prom.WatchResume(forge("a")))))
		for _, text := range []string{"\xff", "a\x00b"} {
			err := kit.FirstError(prom.Watch(kit.Ended(t), repo.Query(), prom.WatchResume(forge(text))))
			var why *prom.TokenError
			is.True(errors.Is(err, prom.ErrValidation) && errors.As(err, &why))
		}
	})
}
