package install_test

import (
	"context"
	"errors"
	"log/slog"
	"testing"

	"github.com/matryer/is"

	"github.com/prom-go/prom"
	"github.com/prom-go/prom/internal/behaviour/kit"
	"github.com/prom-go/prom/internal/dbtest"
)

// ending is a log that ends a context when a statement has failed.
type ending struct{ end context.CancelFunc }

func (l ending) Enabled(context.Context, slog.Level) bool { return true }

func (l ending) WithAttrs([]slog.Attr) slog.Handler { return l }

func (l ending) WithGroup(string) slog.Handler { return l }

func (l ending) Handle(_ context.Context, r slog.Record) error {
	r.Attrs(func(a slog.Attr) bool {
		if a.Key == "error" {
			l.end()
		}
		return true
	})
	return nil
}

// Ensure that a call whose context ends when it has found its table missing is told so, and not that there is no table,
// which would be made if there were time. A program that may make none is told what is missing.
func TestContextEndsBeforeInstallation(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, e dbtest.Engine) {
		for _, tt := range []struct {
			option string
			want   error
		}{{"install=auto", prom.ErrCanceled}, {"install=off", prom.ErrNoTable}} {
			is := is.New(t)
			ctx, cancel := context.WithCancel(context.Background())
			defer cancel()
			db := kit.Open(t, e.With(tt.option), prom.Logger(slog.New(ending{cancel})))
			err := kit.Things(db).Create(ctx, &kit.Thing{Name: "n"})
			is.True(ctx.Err() != nil)
			is.True(errors.Is(err, tt.want))
			is.Equal(errors.Is(err, context.Canceled), tt.want == prom.ErrCanceled)

			ctx, cancel = context.WithCancel(context.Background())
			defer cancel()
			db = kit.Open(t, e.With(tt.option), prom.Logger(slog.New(ending{cancel})))
			var b prom.Batch
			prom.Queue(&b, kit.Things(db)).Create(&kit.Thing{Name: "n"})
			is.True(errors.Is(b.Run(ctx), tt.want))
		}
	})
}
