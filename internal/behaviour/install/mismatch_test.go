package install_test

import (
	"bytes"
	"context"
	"errors"
	"log/slog"
	"strings"
	"testing"
	"time"

	"github.com/matryer/is"

	"github.com/prom-go/prom"
	"github.com/prom-go/prom/internal/behaviour/kit"
	"github.com/prom-go/prom/internal/dbtest"
)

// A model whose fields have other types now, and one whose field has another name.
type (
	AgedBefore struct {
		prom.Model
		Age  int
		Born time.Time
		Name string
	}
	Aged struct {
		prom.Model
		Age  string
		Born int64
		Name string
	}
	AgedFits struct {
		prom.Model
		Age int32
	}
	Renamed struct {
		prom.Model
		Age   int
		Born  time.Time
		Title string
	}
)

func (AgedBefore) TableName() string { return "aged" }
func (AgedFits) TableName() string   { return "aged" }
func (Renamed) TableName() string    { return "aged" }

// Ensure that Install tells of a column that cannot hold or return its field: by the log, once, and as an error where
// the schema may not be changed.
func TestUnfitColumn(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, e dbtest.Engine) {
		is := is.New(t)
		ctx := context.Background()
		var log bytes.Buffer
		db := kit.Open(t, e.DSN, prom.Logger(slog.New(slog.NewTextHandler(&log, nil))))
		is.NoErr(prom.NewRepo[AgedBefore](prom.Using(db)).Install(ctx))
		is.NoErr(prom.NewRepo[AgedFits](prom.Using(db)).Install(ctx))
		is.Equal(strings.Count(log.String(), "level=WARN"), 0) // the change of the schema is at the level info
		repo := prom.NewRepo[Aged](prom.Using(db))
		for range 2 {
			is.NoErr(prom.Install(ctx, repo))
		}
		is.Equal(strings.Count(log.String(), "level=WARN"), 2)
		is.True(strings.Contains(log.String(), "table=aged column=age") &&
			strings.Contains(log.String(), "table=aged column=born"))

		checked := kit.Open(t, e.DSN, prom.Installing(prom.InstallCheck))
		is.NoErr(prom.NewRepo[AgedBefore](prom.Using(checked)).Install(ctx))
		err := prom.NewRepo[Aged](prom.Using(checked)).Install(ctx)
		is.True(errors.Is(err, prom.ErrDrift))
		is.Equal(kit.AsError(t, err).Columns, []string{"age", "born"})
		is.True(strings.Contains(err.Error(), "and should be one that holds a text, as the field Age of install_test.Aged"))
		is.NoErr(prom.NewRepo[Aged](prom.Using(kit.Open(t, e.DSN, prom.Installing(prom.InstallOff)))).Install(ctx))
	})
}

// Ensure that who renamed a field is told of the option was first, with the columns that may be meant.
func TestRenamedField(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, e dbtest.Engine) {
		is := is.New(t)
		ctx := context.Background()
		db := kit.Open(t, e.DSN)
		is.NoErr(prom.NewRepo[AgedBefore](prom.Using(db)).Create(ctx, &AgedBefore{Name: "n", Born: time.Now()}))
		renamed := prom.NewRepo[Renamed](prom.Using(db))
		advice := "if the column of field Title was renamed, add the tag option was=name, which keeps its values"
		for _, err := range []error{renamed.Install(ctx), renamed.Create(ctx, &Renamed{Title: "t"})} {
			is.True(errors.Is(err, prom.ErrDrift))
			was, pointer := strings.Index(err.Error(), advice), strings.Index(err.Error(), "make the field a pointer")
			is.True(was > 0 && was < pointer)
		}
		err := prom.NewRepo[Renamed](prom.Using(kit.Open(t, e.DSN, prom.Installing(prom.InstallCheck)))).Install(ctx)
		is.True(errors.Is(err, prom.ErrDrift) && strings.Contains(err.Error(), advice))
		plan, err := prom.Plan(ctx, renamed)
		is.NoErr(err)
		is.True(strings.Contains(plan.String(), advice))
	})
}
