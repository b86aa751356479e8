package hooks_test

import (
	"context"
	"errors"
	"strings"
	"testing"

	"github.com/matryer/is"

	"github.com/prom-go/prom"
	"github.com/prom-go/prom/internal/behaviour/kit"
	"github.com/prom-go/prom/internal/dbtest"
)

// slugged is embedded by models, and has a hook.
type slugged struct{ Slug string }

func (s *slugged) BeforeSave(context.Context) error { s.Slug = "promoted"; return nil }

type page struct {
	prom.Model
	slugged
	Slugged slugged `prom:"-"`
}

// shop has a hook whose receiver is no pointer.
type shop struct {
	prom.Model
	Name string
}

func (s shop) AfterCreate(context.Context) error { return errors.New("after " + s.Name) }

// Ensure that the hooks of embedded structs and those of values count.
func TestHooks_Methods(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, e dbtest.Engine) {
		is := is.New(t)
		db := kit.Open(t, e.DSN)
		pages, shops := prom.NewRepo[page](prom.Using(db)), prom.NewRepo[shop]().Using(db)
		p := kit.MustCreate(t, pages, page{})
		is.Equal(p.Slug, "promoted")
		err := shops.Create(context.Background(), &shop{Name: "ada's"})
		is.Equal(err.Error(), "after ada's")
		is.Equal(len(kit.AllOf(t, shops)), 0)
	})
}

type (
	wrongArgs    struct{ N int }
	wrongResult  struct{ N int }
	wrongContext struct{ N int }
	stamped      struct{ At int }
	twice        struct {
		slugged
		stamped
	}
	once struct {
		slugged
		stamped
		N int
	}
)

func (*wrongArgs) Validate() error { return nil }

func (*wrongResult) AfterLoad(context.Context) (int, error) { return 0, nil }

func (*wrongContext) BeforeDelete(*prom.DB) error { return nil }

func (*stamped) BeforeSave(context.Context) error { return nil }

func (o *once) BeforeSave(ctx context.Context) error { return o.slugged.BeforeSave(ctx) }

// Ensure that a method that has the name of a hook and does not look like one is told at start-up, and so is one that
// two embedded structs have.
func TestHooks_Wrong(t *testing.T) {
	t.Parallel()
	panics := func(fn func(), parts ...string) {
		t.Helper()
		defer func() {
			t.Helper()
			err, _ := recover().(error)
			for _, part := range parts {
				if err == nil || !strings.Contains(err.Error(), part) {
					t.Errorf("the panic %v does not say %q", err, part)
				}
			}
		}()
		fn()
	}
	panics(func() { prom.NewRepo[wrongArgs]() }, "hooks_test.wrongArgs",
		"func (*wrongArgs) Validate(context.Context) error")
	panics(func() { prom.NewRepo[wrongResult]() }, "AfterLoad", "func (*wrongResult) AfterLoad(context.Context) error")
	panics(func() { prom.NewRepo[wrongContext]() }, "func (*wrongContext) BeforeDelete(context.Context) error")
	panics(func() { prom.NewRepo[twice]() }, "hooks_test.twice", "slugged", "BeforeSave", "declare it on *twice")
	prom.NewRepo[once]()
}
