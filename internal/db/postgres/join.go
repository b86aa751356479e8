package postgres

import (
	"context"

	"github.com/jackc/pgx/v5"

	"github.com/prom-go/prom/internal/db/driver"
)

// Join takes part in a transaction that the program began, on whichever connection of PostgreSQL. Its end is the
// program's.
func (e *engine) Join(ctx context.Context, tx pgx.Tx) (driver.Tx, error) {
	if tx == nil || tx.Conn() == nil {
		return nil, &driver.Error{Kind: driver.KindOther, Detail: "the pgx.Tx has no connection"}
	}
	t := &pgTx{tx: tx}
	if err := t.Ended(); err != nil {
		return nil, err
	}
	c := tx.Conn()
	t.settings = sessionOf(c).settings
	if err := lookAt(ctx, c, t.settings); err != nil {
		return nil, err
	}
	return t, nil
}

// Ended returns an error of KindClosed when the program has ended the transaction. Its connection may be another
// goroutine's by then, so the pgx.Tx is asked first: it refuses an empty batch, and otherwise sends nothing.
func (t *pgTx) Ended() error {
	if err := t.tx.SendBatch(context.Background(), nothing).Close(); err != nil {
		return ErrorOf(err)
	}
	if t.status() == txIdle {
		return ErrorOf(pgx.ErrTxClosed)
	}
	return nil
}

// nothing is an empty batch, which pgx only reads.
var nothing = &pgx.Batch{}

// Pgx returns the transaction.
func (t *pgTx) Pgx() pgx.Tx { return t.tx }
