package core

import (
	"context"

	"github.com/prom-go/prom/internal/install"
)

// refuseOnCitus returns the error of what Citus does not do for a distributed table, nil elsewhere.
func (b *binding) refuseOnCitus(ctx context.Context, op, why string) error {
	if b.table.Distribution == nil {
		return nil
	}
	if has, err := b.db.HasCitus(ctx); err != nil || !has {
		return err
	}
	return install.Unsupported(op, b.table, why)
}
