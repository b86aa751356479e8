package core

import (
	"context"
	"errors"

	"github.com/prom-go/prom/internal/db/driver"
)

// errView says why nothing is written through a model of a view.
var errView = errors.New("the model is one of a view, which is only read")

// Refresh does what RefreshView of package prom says.
func (r *Repo) Refresh(ctx context.Context, concurrently bool) error {
	const op = "refresh"
	switch {
	case !r.table.View:
		return ErrorOf(op, r.table, errors.New("the model is one of a table; say that it is one of a materialized view by the tag option materialized on a blank field"))
	case !r.table.Materialized:
		return ErrorOf(op, r.table, errors.New("the model is one of an ordinary view, which is always up to date"))
	}
	b, err := r.bind()
	if err != nil {
		return err
	}
	sql := "REFRESH MATERIALIZED VIEW "
	if concurrently {
		sql += "CONCURRENTLY "
	}
	_, err = b.db.Exec(ctx, &driver.Statement{Op: op, Table: r.table.Name, Write: true,
		SQL: sql + b.db.Dialect().Table(r.table.Name)})
	if err != nil {
		return ErrorOf(op, r.table, err)
	}
	return nil
}
