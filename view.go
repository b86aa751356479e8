package prom

import "context"

// RefreshOption is an option of [RefreshView].
type RefreshOption struct{ concurrently bool }

// Concurrently lets others read the view while it is refreshed. It needs a unique index over columns of the view,
// without a condition, and a view that has been filled before; see "REFRESH MATERIALIZED VIEW" in PostgreSQL's manual.
func Concurrently() RefreshOption { return RefreshOption{concurrently: true} }

// RefreshView runs the query of a materialized view again, and stores its rows in place of the old ones. The model says
// that it is one of a materialized view:
//
//	type Sales struct {
//		_     struct{} `prom:"materialized"`
//		Day   time.Time
//		Total int
//	}
//
// Without [Concurrently] nobody can read the view meanwhile. In a transaction the refresh is part of it. Only the owner
// of the view may refresh it. A model of a table or of an ordinary view, which is always up to date, is ErrValidation;
// so is each use of such a model on SQLite, which has no materialized views.
func RefreshView[T any](ctx context.Context, views *Repo[T], options ...RefreshOption) error {
	concurrently := false
	for _, o := range options {
		concurrently = concurrently || o.concurrently
	}
	return views.core.Refresh(ctx, concurrently)
}
