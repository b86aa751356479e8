package install

import (
	"context"
	"errors"

	"github.com/prom-go/prom/internal/db"
	"github.com/prom-go/prom/schema"
)

// LacksValues returns an error that names the values of the model's enums that those of the database lack, and nil when
// they lack none.
func LacksValues(ctx context.Context, db *db.DB, t *schema.Table) error {
	found, err := db.Inspect(ctx, t.Name)
	if err != nil {
		return err
	}
	diff := schema.Diff{Enums: t.Diff(found).Enums}
	if diff.Empty() {
		return nil
	}
	return drift(db, t, diff, &found)
}

// Widen lets the table take what its model takes, where that is additive: NULL, a longer text, a greater number. It
// reports whether it has changed anything.
func Widen(ctx context.Context, db *db.DB, t *schema.Table) (bool, error) {
	ctx = db.Unlimited(ctx)
	steps, _, err := Plan(ctx, db, t)
	if err != nil {
		return false, err
	}
	var wider []schema.Step
	for _, s := range steps {
		if s.Risk == schema.Additive && s.Table == t.Name {
			switch s.Kind {
			case schema.AlterColumn:
				if s.Aspect == schema.AspectNull {
					wider = append(wider, s)
				}
			case schema.ReplaceConstraint, schema.AddValue:
				wider = append(wider, s)
			}
		}
	}
	if wider == nil {
		return false, nil
	}
	a := newApplier(db, []*schema.Table{t}, wider)
	err = a.all(ctx) // without a wait for plans that are being applied, which may take long
	return len(a.done) > 0, errors.Join(append(a.refused, err)...)
}
