package hooks_test

import (
	"context"
	"errors"
	"fmt"
	"testing"

	"github.com/matryer/is"

	"github.com/prom-go/prom"
	"github.com/prom-go/prom/internal/behaviour/kit"
	"github.com/prom-go/prom/internal/dbtest"
)

// booking has rules of its fields and one of its own, and no other hooks.
type booking struct {
	prom.Model
	Guest string `prom:"size=2..10"`
	Room  string `prom:"choices=red|blue,default=red"`
	Code  string `prom:"regex='^[a-z]*$'"`
	From  int    `prom:"min=1"`
	Until int
}

type verdictKey struct{}

// Validate refuses what ends before it begins, and adds what the context says.
func (b *booking) Validate(ctx context.Context) error {
	var broken prom.Violations
	if b.Until < b.From {
		broken.Add("Until", "it must not be before From")
	}
	b.Guest = "what Validate changes is lost"
	if verdict, ok := ctx.Value(verdictKey{}).(func() error); ok {
		return verdict()
	}
	return broken.Err()
}

func verdict(err error) context.Context {
	return context.WithValue(context.Background(), verdictKey{}, func() error { return err })
}

// brokenFields returns the fields of the violations in an error, in order.
func brokenFields(err error) (fields []string) {
	var broken prom.Violations
	errors.As(err, &broken)
	for _, v := range broken {
		fields = append(fields, v.Field)
	}
	return fields
}

// Ensure that all that is wrong with a value is told together: what breaks the rules of its fields and what its method
// Validate says, whatever writes it, and that nothing is written. parity: F16 F17 F19 F20 F21
func TestValidate(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, e dbtest.Engine) {
		is := is.New(t)
		ctx := context.Background()
		repo := prom.NewRepo[booking](prom.Using(kit.Open(t, e.DSN)))
		bad := booking{Guest: "SECRET SECRET", Room: "green", Code: "SECRET", From: 0, Until: -1}
		stored := kit.MustCreate(t, repo, booking{Guest: "ada", Room: "red", From: 1, Until: 2})
		spoilt := *stored
		spoilt.Guest, spoilt.Room, spoilt.Code, spoilt.From, spoilt.Until = bad.Guest, bad.Room, bad.Code, bad.From, bad.Until
		is.Equal(stored.Guest, "ada")

		for name, write := range map[string]func() error{
			"validate": func() error { return repo.Validate(ctx, &bad) },
			"create":   func() error { return repo.Create(ctx, &bad) },
			"many": func() error {
				return repo.CreateMany(ctx, []booking{{Guest: "ok", Room: "red", From: 1, Until: 1}, bad})
			},
			"save":   func() error { return repo.Save(ctx, &spoilt) },
			"loaded": func() error { return repo.Validate(ctx, &spoilt) },
			"upsert": func() error { b := bad; b.ID = stored.ID; return repo.Upsert(ctx, &b) },
			"batch": func() error {
				var b prom.Batch
				prom.Queue(&b, repo).Create(&bad)
				return b.Run(ctx)
			},
			"batch update": func() error {
				var b prom.Batch
				prom.Queue(&b, repo).Update(&spoilt)
				return b.Run(ctx)
			},
		} {
			err := write()
			is.True(errors.Is(err, prom.ErrValidation)) // of each
			is.Equal(fmt.Sprint(name, brokenFields(err)), name+"[Guest Room Code From Until]")
			is.Equal(kit.AsError(t, err).Columns, []string{"guest", "room", "code", "from", "until"})
			kit.NoSecret(t, err)
		}
		is.Equal(len(kit.AllOf(t, repo)), 1)
		is.Equal(bad.Guest, "SECRET SECRET")

		// The value that failed is told, however many there are.
		for _, n := range []int{2, 300, 700} {
			list := make([]booking, n)
			for i := range list {
				list[i] = booking{Guest: "guest", Room: "red", From: 1, Until: 1}
			}
			list[n-1].Until = 0
			var which *prom.ValueError
			is.True(errors.As(repo.CreateMany(ctx, list), &which))
			is.Equal(which.Index, n-1)
			is.Equal(brokenFields(which), []string{"Until"})
		}
		is.Equal(len(kit.AllOf(t, repo)), 1)

		// Validate checks what Save would write: the fields that changed, and defaults that are filled in.
		is.NoErr(repo.Validate(ctx, stored))
		is.NoErr(repo.Validate(ctx, &booking{Guest: "bob", Room: "blue", From: 3, Until: 3}))
		is.Equal(brokenFields(repo.Validate(ctx, &booking{Guest: "b", Room: "blue", From: 3, Until: 3})), []string{"Guest"})
		is.Equal(len(repo.Modified(stored)), 0)
	})
}

// Ensure that the rules of many values are told with the value's number where no method checks them too.
func TestValidate_ManyPlain(t *testing.T) {
	t.Parallel()
	dbtest.EachMode(t, func(t *testing.T, e dbtest.Engine) {
		is := is.New(t)
		repo := prom.NewRepo[shortName](prom.Using(kit.Open(t, e.DSN)))
		for _, n := range []int{1, 256, 257, 3500} {
			list := make([]shortName, n)
			for i := range list {
				list[i].Name = "fits"
			}
			list[n-1].Name = "does not fit"
			var which *prom.ValueError
			is.True(errors.As(repo.CreateMany(context.Background(), list), &which))
			is.Equal(which.Index, n-1)
			is.Equal(brokenFields(which), []string{"Name"})
			is.Equal(list[0].ID, int64(0))
		}
		is.Equal(len(kit.AllOf(t, repo)), 0)
	})
}

// shortName has a rule and no hooks.
type shortName struct {
	prom.Model
	Name string `prom:"max=5"`
}

// Ensure what becomes of the errors that a method Validate may return: violations are gathered, and what else it says
// comes out as it is.
func TestValidate_Errors(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, e dbtest.Engine) {
		is := is.New(t)
		repo := prom.NewRepo[booking](prom.Using(kit.Open(t, e.DSN)))
		good := func() *booking { return &booking{Guest: "ada", Room: "red", From: 1, Until: 1} }
		own := errors.New("own")

		// Of violations alone, in whatever form.
		err := repo.Create(verdict(prom.Invalid("From", "no")), good())
		is.Equal(err.Error(), "prom: insert booking: invalid value: From: no")
		is.Equal(kit.AsError(t, err).Columns, []string{"from"})
		err = repo.Create(verdict(errors.Join(prom.Invalid("From", "no"), nil, prom.Invalid("", "not as a whole"))),
			&booking{Guest: "ada", Room: "red"})
		is.Equal(err.Error(), "prom: insert booking: invalid value: From: it must be at least 1; From: no; not as a whole")
		for _, none := range []error{nil, prom.Violations(nil), prom.Violations{}, errors.Join(prom.Violations{})} {
			is.NoErr(repo.Create(verdict(none), good()))
		}
		is.Equal(len(kit.AllOf(t, repo)), 4)

		// Of something else: unchanged, or beside the rules.
		err = repo.Create(verdict(own), good())
		is.True(err == own) //nolint:errorlint // unchanged
		is.True(!errors.Is(err, prom.ErrValidation))
		err = repo.Create(verdict(own), &booking{Guest: "a", Room: "red", From: 1})
		is.True(errors.Is(err, own) && errors.Is(err, prom.ErrValidation))
		is.Equal(brokenFields(err), []string{"Guest"})
		err = repo.Create(verdict(fmt.Errorf("%w: %w", own, prom.Invalid("Code", "taken"))), good())
		is.True(errors.Is(err, own) && errors.Is(err, prom.ErrValidation))
		is.Equal(brokenFields(err), []string{"Code"})
		err = repo.Create(verdict(fmt.Errorf("wrapped: %w", prom.Invalid("Code", "taken"))), good())
		is.True(errors.Is(err, prom.ErrValidation))
		is.Equal(kit.AsError(t, err).Columns, []string{"code"})

		// Of a query that failed: it says nothing about the value.
		_, failed := repo.Get(context.Background(), 1<<40)
		err = repo.Create(verdict(failed), good())
		is.True(errors.Is(err, prom.ErrNotFound) && !errors.Is(err, prom.ErrValidation))
		is.Equal(len(kit.AllOf(t, repo)), 4)
	})
}
