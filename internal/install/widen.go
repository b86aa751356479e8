package install

import (
	"context"

	"github.com/prom-go/prom/conn"
	"github.com/prom-go/prom/schema"
)

// Widen lets the table take what its model takes, where that is additive: NULL, a longer text, a greater number. It reports whether it has
// changed anything.
func Widen(ctx context.Context, db *conn.DB, t *schema.Table) (bool, error) {
	steps, err := Plan(ctx, db, t)
	if err != nil {
		return false, err
	}
	var wider []schema.Step
	for _, s := range steps {
		if s.Risk == schema.Additive && s.Table == t.Name {
			switch s.Kind {
			case schema.AlterColumn, schema.ReplaceConstraint, schema.DropConstraint:
				wider = append(wider, s)
			}
		}
	}
	if wider == nil {
		return false, nil
	}
	done, err := Apply(ctx, db, []*schema.Table{t}, wider)
	return len(done) > 0, err
}
